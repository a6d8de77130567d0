import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Org } from '../../functions/model/org.ts';
import type { Group } from '../../functions/model/probe.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { startAwsEmulator } from '../emulators/aws/aws-emulator.ts';
import { startOktaEmulator } from '../emulators/okta/okta-emulator.ts';
import type { Case, Variant } from '../scenarios/case.ts';
import { shortTimeouts } from '../scenarios/faults/configuration.ts';
import { emulateOrg } from '../simulator/emulated-org.ts';
import { type Fault, inject, type TestEnvironment } from '../simulator/environment.ts';
import { type FunctionProcess, startFunction } from '../simulator/lambda/function-process.ts';
import { type Found, findingsIn, pointsIn, type RunResult, type RunVerification, verifyRun } from './verify-run.ts';

/** One world of its own, in which runs follow each other: an embedded Okta, AWS on loopback, and warm functions. */
export interface CaseWorker extends AsyncDisposable {
  /** What the org has switched on. */
  readonly groups: readonly Group[];
  /** Stages a cell, runs the group that must find it, and takes it back. */
  try(one: Case, cell: Variant): Promise<RunVerification>;
  /** Runs a group while nothing is wrong, whatever it may look like. */
  runHealthy(
    group: Group,
    looks: readonly Fault[],
  ): Promise<{ readonly found: readonly Found[]; readonly error?: string }>;
}

/** Opens a lane in which the example configuration's org is watched, as its schedules would. */
export async function openCaseWorker(
  bundleOf: (group: Group) => string,
  directory: string,
  name: string,
): Promise<CaseWorker> {
  const okta = await startOktaEmulator();
  const secrets: TestEnvironment['secrets'] = new Map();
  const aws = await startAwsEmulator(secrets);
  const scene = { okta, aws, secrets };
  const caFile = path.join(directory, `${name}.pem`);
  await writeFile(caFile, okta.ca);

  const config = loadConfig('lib/config/example.jsonc');
  const [watched] = monitoredOrgs({ ...config, orgs: config.orgs.map((one) => ({ ...one, negativeTests: true })) });
  if (!watched) throw new Error('the example configuration has no org');
  const lambdas = new Map<Group, FunctionProcess>();
  const events = new Map<Group, Org>();
  for (const { group, org } of probeEvents(watched)) {
    const embedded = emulateOrg(org, okta);
    for (const [name, text] of embedded.secrets) secrets.set(name, text);
    events.set(group, embedded.org);
    lambdas.set(group, startFunction(bundleOf(group), { awsEndpoint: aws.url, caFile }));
  }

  async function run(group: Group, steps: readonly Fault[]): Promise<RunResult> {
    const [event, lambda] = [events.get(group), lambdas.get(group)];
    if (!event || !lambda) throw new Error(`the example configuration runs no ${group}`);
    await using staged = await inject(scene, steps);
    const result = await lambda.invoke(staged.event(event), staged.timeoutMs);
    const points = pointsIn(result.lines, aws.points);
    aws.clear();
    okta.clearRequests();
    okta.resetRateLimits();
    return { ...result, points };
  }

  return {
    groups: [...events.keys()],
    async try(one, cell) {
      return verifyRun(one, cell, await run(cell.target.group, [shortTimeouts, ...cell.faults]));
    },
    async runHealthy(group, looks) {
      const { lines, error } = await run(group, looks);
      return { found: findingsIn(lines), ...(error !== undefined && { error }) };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...lambdas.values()].map((lambda) => lambda.stop()));
      await Promise.all([okta.close(), aws.close()]);
    },
  };
}
