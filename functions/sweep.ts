import type { Context } from 'aws-lambda';
import { openCloudWatch, openEventBridge, openSns } from './aws/clients.ts';
import { emfLines } from './aws/emf.ts';
import { groups } from './model/probe.ts';
import { silenceSeries } from './model/series.ts';
import { within } from './model/time-limit.ts';
import { insecureSetting } from './model/tls.ts';
import { audienceAt } from './notify/audience.ts';
import { type Services, sweepIncident } from './notify/pipeline.ts';
import { readSettings } from './notify/settings.ts';
import { noteSilence, silentOrgs } from './notify/silence.ts';
import { publish } from './run/publish.ts';
import type { OpenIncident } from './state/incident-item.ts';
import { type Kept, keptOf } from './state/kept.ts';
import { scanOrgs } from './state/query-state.ts';
import { monitorPartition, type StoredItem, stateTable } from './state/state-table.ts';

/** Time reserved for publishing. */
const reserveMs = 10_000;

/** How long the evidence of one incident may take, so that a service that doesn't answer leaves time for the others. */
const incidentMs = 5_000;

const cloudWatch = openCloudWatch();
const senders = { sns: openSns(), events: openEventBridge() };
const { DEPLOYMENT: deployment, GROUPS = '', REMIND_AFTER_MINUTES } = process.env;
const table = stateTable(process.env);
const watched = groups.filter((group) => GROUPS.split(',').includes(group));
const remindAfterMs = REMIND_AFTER_MINUTES ? Number(REMIND_AFTER_MINUTES) * 60_000 : undefined;

/**
 * Reads all states, each minute: it announces a recovery before CloudWatch sees it, repeats a page
 * that stands, and counts the schedules that have stopped.
 *
 * If it fails, it throws, and an alarm counts that. Then CloudWatch announces the recovery, some minutes later.
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'> & Partial<Pick<Context, 'awsRequestId'>>,
): Promise<void> {
  if (!table) throw new Error('the environment variable STATE_TABLE is missing');
  const now = Date.now();
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs));
  const partitions = Map.groupBy(await scanOrgs(table, signal), ({ org }) => org);
  const all = [...partitions].map(([org, items]) => keptOf(org, items));
  const errors: unknown[] = [];
  const fail = (error: unknown) => void errors.push(error);
  await countSilence(all, partitions.get(monitorPartition) ?? [], now).catch(fail);
  for (const kept of all) {
    for (const known of kept.incidents.values()) {
      if (signal.aborted) {
        fail(signal.reason);
        break;
      }
      const servicesFor = (incident: OpenIncident) =>
        openServices(incident, within(incidentMs, signal), context.awsRequestId ?? '');
      await sweepIncident(known, kept, { now, remindAfterMs, deployment }, servicesFor).catch(fail);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts of the sweep failed`);
  const insecure = insecureSetting(process.env);
  if (insecure !== undefined) throw new Error(insecure);
}

/** Publishes how many schedules of each group are silent, and notes which, for the message about it. */
async function countSilence(all: readonly Kept[], monitor: readonly StoredItem[], now: number): Promise<void> {
  const orgs = all.filter(({ org }) => org !== monitorPartition);
  const silent = watched.map((group) => ({ group, silences: silentOrgs(group, orgs, now) }));
  const points = silent.map(({ group, silences }) => {
    const { identity, definition } = silenceSeries(group, deployment);
    return { identity, unit: definition.unit, value: silences.length };
  });
  // As for a run of probes: CloudWatch also takes metrics from the log.
  await publish(cloudWatch, points, now).catch(() => {
    for (const document of emfLines(points, now)) process.stdout.write(`${JSON.stringify(document)}\n`);
  });
  for (const { group, silences } of silent) {
    if (table && silences.length > 0) await noteSilence(table, group, silences, monitor, now);
  }
}

/** The tools of the stages for an incident, which names its route and topic. */
function openServices({ route, topicArn }: OpenIncident, signal: AbortSignal, owner: string): Services {
  const settings = readSettings({ ...process.env, ROUTE: route, PEOPLE_TOPIC_ARN: topicArn });
  return {
    settings,
    sources: { cloudWatch, logGroups: settings.logGroups, signal },
    outbox: { ...senders, audience: audienceAt(topicArn, settings), table, owner },
  };
}
