import type { Group } from '../../functions/model/probe.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import type { MonitoredOrg } from '../../lib/monitored-org.ts';
import { shortTimeouts } from '../scenarios/faults/configuration.ts';
import { caseStateTable } from '../scenarios/faults/system-log.ts';
import { forgetSignIns } from '../scenarios/faults/test-user.ts';
import { at } from '../scenarios/targets.ts';
import { EmulatedOrgs } from '../simulator/emulated-orgs.ts';
import type { Fault } from '../simulator/environment.ts';
import { type FunctionProcess, startFunction } from '../simulator/lambda/function-process.ts';
import { type ReportedFinding, reportedFindings } from '../simulator/reported-finding.ts';
import type { SelectedVariant } from './select.ts';
import { publishedPoints, type RunResult, type RunVerification, verifyRun } from './verify-run.ts';

/** Runs probe functions one after the other, in an environment of its own. */
export interface CaseWorker extends AsyncDisposable {
  /** Injects a variant's faults, runs the group that must report them, and restores. */
  try(selected: SelectedVariant): Promise<RunVerification>;
  /** Runs a group of an org that is healthy, whatever it looks like. */
  runHealthy(
    org: MonitoredOrg,
    group: Group,
    faults: readonly Fault[],
  ): Promise<{ readonly findings: readonly ReportedFinding[]; readonly error?: string }>;
}

/**
 * Starts the emulators of these orgs and a warm function for each group. An org may be there several times, configured
 * differently: it has one emulator all the same.
 */
export async function openCaseWorker(orgs: readonly MonitoredOrg[]): Promise<CaseWorker> {
  await using opening = new AsyncDisposableStack();
  const events = orgs.flatMap((org) => probeEvents(org).map((event) => ({ ...event, of: org })));
  const emulated = opening.use(await EmulatedOrgs.start(events.map(({ org }) => org)));
  const { aws, access } = emulated;
  await aws.tables.create(caseStateTable, { partition: 'org', sort: 'item' });
  const functions = new Map<Group, FunctionProcess>();
  /** Warm, unless its last run was killed. */
  const functionOf = (group: Group): FunctionProcess => {
    const known = functions.get(group);
    if (known?.alive) return known;
    // Cases change what these groups remember. Other groups remember by themselves.
    const isKept = group === 'system-log' || group === 'journey';
    const variables: Record<string, string> = isKept ? { STATE_TABLE: caseStateTable } : {};
    const started = startFunction(bundle(group).file, { ...access, variables });
    functions.set(group, started);
    return started;
  };
  opening.defer(async () => {
    await Promise.all([...functions.values()].map((each) => each.stop()));
  });

  async function run(org: MonitoredOrg, group: Group, faults: readonly Fault[]): Promise<RunResult> {
    const { name } = org.org;
    const configured = events.find((each) => each.group === group && each.of === org)?.org;
    if (!configured) throw new Error(`the configuration runs no ${group} at ${name}`);
    const { okta } = emulated.environment(name);
    const refusedBefore = okta.refusedPasswords();
    await using _ = await emulated.inject(name, faults);
    const { event, timeoutMs } = emulated.eventOf(configured);
    // A code is good for half a minute, and the runs of several cases are in one.
    const Key = { org: { S: event.name }, item: { S: 'sign-in' } };
    await aws.tables.call('DeleteItem', JSON.stringify({ TableName: caseStateTable, Key }));
    const result = await functionOf(group).invoke(event, timeoutMs);
    const points = publishedPoints(result.lines, aws.points);
    aws.clear();
    emulated.takeRequests();
    emulated.beginMinute();
    return { ...result, points, refusedPasswords: okta.refusedPasswords() - refusedBefore };
  }

  const opened = opening.move();
  return {
    async try({ case: one, variant, org }) {
      const faults = [shortTimeouts, at(variant.target, forgetSignIns), ...variant.faults];
      return verifyRun(one, variant, await run(org, variant.target.group, faults));
    },
    async runHealthy(org, group, faults) {
      const { lines, error } = await run(org, group, faults);
      return { findings: reportedFindings(lines), ...(error !== undefined && { error }) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
