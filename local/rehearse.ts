import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding } from '../functions/model/finding.ts';
import type { Org } from '../functions/model/org.ts';
import type { Group } from '../functions/model/probe.ts';
import { probes } from '../functions/probes/index.ts';
import { type Planned, planProbes } from '../functions/probes/plan.ts';
import type { LogLine } from '../functions/runtime/log.ts';
import type { Config } from '../lib/config/schema.ts';
import { probeEvents } from '../lib/probe-event.ts';
import { watchedOrgs } from '../lib/watched-org.ts';
import { type ReceivedPoint, startLoopbackAws } from './aws/loopback-aws.ts';
import type { Case, Cell } from './cases/case.ts';
import { impatient } from './cases/events.ts';
import { type Scene, stage } from './cases/scene.ts';
import { judge, type LoggedLine, pointsIn, type Verdict } from './cases/verdict.ts';
import { embedOrg } from './embedded-org.ts';
import { type InvocationResult, startFunction } from './function-process.ts';
import type { EmbeddedOkta } from './okta/embedded-okta.ts';
import { startOkta } from './okta/start-okta.ts';

/** One org after every one of its groups has run once. */
export interface RehearsedOrg {
  readonly org: Org;
  /** Where it really was: the embedded Okta. */
  readonly domain: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly LogLine[];
  /** What the runs say of themselves: no probe could. */
  readonly findings: readonly Finding[];
  /** What the embedded Okta served, our requests all. */
  readonly requests: EmbeddedOkta['requests'];
}

/** What one rehearsed minute came to. */
export interface Rehearsal {
  readonly orgs: readonly RehearsedOrg[];
  readonly calls: readonly string[];
  readonly points: readonly ReceivedPoint[];
  /** Errors of functions: the monitor's own, not Okta's. */
  readonly faults: readonly string[];
  /** The failure that was staged, and whether it was named rightly. */
  readonly staged?: StagedCell & { readonly verdict: Verdict };
}

/** A failure to be met on purpose. */
export interface StagedCell {
  readonly case: Case;
  readonly cell: Cell;
}

/**
 * Runs every group of every configured org once, as deployed: the built bundles and the schedules' own events, against
 * an embedded Okta an org, with AWS on loopback. With `staged`, something is wrong there.
 */
export async function rehearse(
  config: Config,
  bundleOf: (group: Group) => string,
  progress: (what: string) => void,
  staged?: StagedCell,
): Promise<Rehearsal> {
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-'));
  const secrets: Scene['secrets'] = new Map();
  await using aws = await startLoopbackAws(secrets);
  try {
    const faults: string[] = [];
    const orgs: RehearsedOrg[] = [];
    const results: (InvocationResult & { readonly group: Group })[] = [];
    for (const watched of watchedOrgs(config)) {
      progress(`starting an embedded Okta for ${watched.org.name}`);
      await using okta = await startOkta();
      const caFile = path.join(directory, `${watched.org.name}.pem`);
      await writeFile(caFile, okta.ca);
      const events = probeEvents(watched);
      progress(`running ${events.map(({ group }) => group).join(', ')} for ${watched.org.name}`);
      await using wrong = await stage({ okta, aws, secrets }, staged ? [impatient, ...staged.cell.steps] : []);
      const invoked = await Promise.all(
        events.map(async ({ group, org }) => {
          const embedded = embedOrg(org, okta);
          for (const [name, text] of embedded.secrets) secrets.set(name, text);
          const lambda = startFunction(bundleOf(group), { awsEndpoint: aws.url, caFile });
          const result = await lambda.invoke(wrong.event(embedded.org), wrong.timeoutMs);
          await lambda.stop();
          return { ...result, group };
        }),
      );
      const lines = invoked.flatMap((result) => result.lines.map((line) => JSON.parse(line) as LoggedLine));
      faults.push(...invoked.flatMap((result) => ('error' in result ? [result.error] : [])));
      results.push(...invoked);
      orgs.push({
        org: watched.org,
        domain: okta.domain,
        plan: planProbes(watched.org, probes),
        outcomes: lines.filter((line) => line.type === 'outcome'),
        findings: lines.filter((line) => line.type === 'finding').map(({ finding }) => finding),
        requests: [...okta.requests],
      });
    }
    const verdicts = results
      .filter(({ group }) => group === staged?.cell.site.group)
      .flatMap((met) =>
        staged ? [judge(staged.case, staged.cell, { ...met, points: pointsIn(met.lines, aws.points) })] : [],
      );
    const verdict = verdicts.find(({ right }) => right) ?? verdicts[0];
    return {
      orgs,
      calls: aws.calls,
      points: aws.points,
      faults,
      ...(staged && verdict && { staged: { ...staged, verdict } }),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}
