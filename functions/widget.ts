import type { Context } from 'aws-lambda';
import { openCloudWatch } from './aws/clients.ts';
import { type Measured, nothingMeasured, type OrgBoard } from './board/board.ts';
import { type Html, html } from './board/html.ts';
import type { MeasuredSeries } from './board/measured-series.ts';
import { orgBoard, worstFirst } from './board/org-board.ts';
import { readMeasured } from './board/read-measured.ts';
import { type BoardLinks, renderMonitor, renderOrgs, renderOrgWithin, renderProblems } from './board/render.ts';
import { widgetStyles } from './board/styles.ts';
import { readWidgetEvent, type WidgetRequest } from './board/widget-event.ts';
import { defaultDeployment, resourceName } from './model/deployment.ts';
import { consoleOf } from './notify/aws-console.ts';
import { keptOf, readKept } from './state/kept.ts';
import { scanOrgs } from './state/query-state.ts';
import { monitorPartition, stateTable } from './state/state-table.ts';

/** Time reserved for rendering. */
const reserveMs = 3_000;

/** Lambda refuses an answer of more than 6 MB. This much is quick to show, too. */
export const mostBytes = 1_000_000;

const { DEPLOYMENT: deployment = defaultDeployment, RUNBOOK: runbook, SERIES, PARTITION, AWS_REGION } = process.env;
const cloudWatch = openCloudWatch({ maxAttempts: 2 });
const table = stateTable(process.env);
const series: readonly MeasuredSeries[] = SERIES ? JSON.parse(SERIES) : [];

/**
 * A custom widget of CloudWatch: how all orgs are, or one in detail (`params.org`). It returns HTML without a script, or
 * Markdown if it is asked to describe itself.
 *
 * The widget reports data that cannot be read, by the name of the error alone.
 */
export async function handler(event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<string> {
  const now = Date.now();
  const request = readWidgetEvent(event, now);
  if (request.isAboutWidget) return documentation;
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs));
  const content =
    request.org === undefined ? await allOrgs(now, signal) : await oneOrg(request.org, request, now, signal);
  return html`<style>${widgetStyles(request.theme)}</style><div class="okta-board cwdb-no-default-styles">${content}</div>`.toString();
}

async function allOrgs(now: number, signal: AbortSignal): Promise<Html> {
  const read = await attempt('The state table', async () => (table ? await scanOrgs(table, signal) : noTable()));
  if ('problem' in read) return renderProblems([read.problem]);
  const partitions = Map.groupBy(read.value, ({ org }) => org);
  const { [monitorPartition]: monitor, ...orgs } = Object.fromEntries(
    [...partitions].map(([org, items]) => [org, orgBoard(keptOf(org, items), { deployment, now })]),
  );
  return html`${renderMonitor(monitor, links)}${renderOrgs(worstFirst(Object.values(orgs)))}`;
}

async function oneOrg(org: string, request: WidgetRequest, now: number, signal: AbortSignal): Promise<Html> {
  const read = await attempt('The state table', async () => (table ? await readKept(table, org, signal) : noTable()));
  if ('problem' in read) return renderProblems([read.problem]);
  const board = orgBoard(read.value, { deployment, now });
  const measured = await readSeries(board, request, now, signal);
  return renderOrgWithin(mostBytes, { ...board, measured }, links);
}

async function readSeries(
  board: OrgBoard,
  { range }: WidgetRequest,
  now: number,
  signal: AbortSignal,
): Promise<Measured> {
  const options = { org: board.org, deployment, grid: board.grid, series, range, now, signal };
  const read = await attempt("CloudWatch's metrics", () => readMeasured(cloudWatch, options));
  return 'problem' in read ? { ...nothingMeasured, problems: [read.problem] } : read.value;
}

/** Trap: the message of an error may have names of resources in it. */
async function attempt<Value>(
  what: string,
  read: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly problem: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    const name = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'unknown error';
    return { problem: `${what} could not be read: ${name}.` };
  }
}

function noTable(): never {
  throw new Error('the environment variable STATE_TABLE is missing');
}

const console = consoleOf(`arn:${PARTITION ?? 'aws'}:lambda:${AWS_REGION ?? ''}:`);

const links: BoardLinks = {
  ...(runbook !== undefined && { runbook }),
  ...(console && {
    alarm: console.alarm,
    log: (group, around) => console.log(`/aws/lambda/${resourceName(deployment, group)}`, around),
  }),
};

const documentation = `## How the monitored Okta orgs are

Shows who must act, the checks of the last hour and the open incidents. It reads the monitor's state table and its metrics,
and changes nothing.

### Widget parameters

Parameter | Description
---|---
**org** | The name of an org, as in the monitor's configuration. Without it, the widget shows all orgs, the worst first.

### Example parameters

\`\`\` yaml
org: acme
\`\`\`
`;
