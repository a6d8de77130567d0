import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Org } from '../functions/model/org.ts';
import type { Group } from '../functions/model/probe.ts';
import { probes } from '../functions/probes/index.ts';
import { type Planned, planProbes } from '../functions/probes/plan.ts';
import type { LogLine } from '../functions/runtime/log.ts';
import type { Config } from '../lib/config/schema.ts';
import { probeEvents } from '../lib/probe-event.ts';
import { watchedOrgs } from '../lib/watched-org.ts';
import { type ReceivedPoint, startLoopbackAws } from './aws/loopback-aws.ts';
import { embedOrg } from './embedded-org.ts';
import { startFunction } from './function-process.ts';
import type { EmbeddedOkta } from './okta/embedded-okta.ts';
import { startOkta } from './okta/start-okta.ts';

/** One org after every one of its groups has run once. */
export interface RehearsedOrg {
  readonly org: Org;
  /** Where it really was: the embedded Okta. */
  readonly domain: string;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly LogLine[];
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
}

/**
 * Runs every group of every configured org once, as deployed: the built bundles and the schedules' own events, against
 * an embedded Okta an org, with AWS on loopback.
 */
export async function rehearse(
  config: Config,
  bundleOf: (group: Group) => string,
  progress: (what: string) => void,
): Promise<Rehearsal> {
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-'));
  const secrets = new Map<string, string>();
  await using aws = await startLoopbackAws(secrets);
  try {
    const faults: string[] = [];
    const orgs: RehearsedOrg[] = [];
    for (const watched of watchedOrgs(config)) {
      progress(`starting an embedded Okta for ${watched.org.name}`);
      await using okta = await startOkta();
      const caFile = path.join(directory, `${watched.org.name}.pem`);
      await writeFile(caFile, okta.ca);
      const events = probeEvents(watched);
      progress(`running ${events.map(({ group }) => group).join(', ')} for ${watched.org.name}`);
      const invoked = await Promise.all(
        events.map(async ({ group, org }) => {
          const embedded = embedOrg(org, okta);
          for (const [name, text] of embedded.secrets) secrets.set(name, text);
          const lambda = startFunction(bundleOf(group), { awsEndpoint: aws.url, caFile });
          const result = await lambda.invoke(embedded.org);
          return { ...result, log: await lambda.stop() };
        }),
      );
      faults.push(...invoked.flatMap((result) => ('error' in result ? [result.error] : [])));
      orgs.push({
        org: watched.org,
        domain: okta.domain,
        plan: planProbes(watched.org, probes),
        outcomes: invoked.flatMap(({ log }) => log.map((line) => JSON.parse(line) as LogLine)),
        requests: [...okta.requests],
      });
    }
    return { orgs, calls: aws.calls, points: aws.points, faults };
  } finally {
    await rm(directory, { recursive: true });
  }
}
