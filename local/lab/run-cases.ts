import { type Severity, severityLevels } from '../../functions/model/finding.ts';
import type { Point } from '../../functions/model/metric.ts';
import { type Group, groups, publishMode } from '../../functions/model/probe.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import { type MonitoredOrg, planOf } from '../../lib/monitored-org.ts';
import { emfPoints } from '../self-hosted/aws-emulator/metrics.ts';
import { type FunctionProcess, startFunction } from '../self-hosted/lambda/function-process.ts';
import { LoopDelayMeter } from '../self-hosted/loop-delay.ts';
import { type ReportedFinding, reportedFindings } from '../self-hosted/reported-finding.ts';
import { type Delayed, runUndisturbed, totalDelay } from './busy-machine.ts';
import { type Job, runPool } from './pool.ts';
import type { Skipped } from './result.ts';
import { type Case, type Expected, expectedSender, type Variant } from './scenarios/case.ts';
import { longTimeouts, shortTimeouts, slowFindings } from './scenarios/faults/configuration.ts';
import { caseStateTable } from './scenarios/faults/system-log.ts';
import { forgetSignIns } from './scenarios/faults/test-user.ts';
import { healthyVariants } from './scenarios/healthy-variants.ts';
import { at } from './scenarios/targets.ts';
import type { SelectedVariant } from './select.ts';
import { EmulatedOrgs } from './simulation/emulated-orgs.ts';
import type { Fault } from './simulation/environment.ts';

/** A variant and how the monitor diagnosed it. */
export interface TriedVariant extends SelectedVariant, Delayed {
  readonly verification: RunVerification;
  readonly seconds: number;
}

/** A run while nothing is wrong. */
interface HealthyRun extends Delayed {
  readonly falseAlarm?: FalseAlarm;
}

/** A healthy run that reported a finding or failed. */
export interface FalseAlarm {
  readonly group: Group;
  /** The healthy variant, by its name. */
  readonly variant: string;
  readonly findings: readonly ReportedFinding[];
  readonly error?: string;
}

/** Its delay is that of all runs together. */
export interface CasesReport extends Delayed {
  readonly tried: readonly TriedVariant[];
  readonly skipped: readonly Skipped[];
  readonly healthyRuns: number;
  readonly falseAlarms: readonly FalseAlarm[];
  readonly seconds: number;
}

export interface CasesOptions {
  readonly orgs: readonly MonitoredOrg[];
  readonly variants: readonly SelectedVariant[];
  readonly healthyRuns: number;
  readonly progress?: (done: number, of: number) => void;
}

/** Tries every variant, and runs the groups while nothing is wrong. The report keeps the order of the variants. */
export async function runCases(options: CasesOptions): Promise<Omit<CasesReport, 'skipped'>> {
  const { orgs, variants, healthyRuns, progress } = options;
  const jobs: readonly Job<CaseWorker, TriedVariant | HealthyRun>[] = [
    ...variants.map((selected) => ({
      async run(worker: CaseWorker) {
        const triedAt = performance.now();
        const tried = await runUndisturbed(() => worker.try(selected));
        return { ...selected, ...tried, seconds: (performance.now() - triedAt) / 1000 };
      },
    })),
    ...healthyJobs(orgs, healthyRuns),
  ];
  const onDone = (done: number) => progress?.(done, jobs.length);
  const { outcomes, seconds } = await runPool(jobs, () => CaseWorker.open(orgs), { onDone });
  const delay = totalDelay(outcomes);
  return {
    tried: outcomes.flatMap((each) => ('verification' in each ? each : [])),
    healthyRuns,
    falseAlarms: outcomes.flatMap((each) => ('falseAlarm' in each ? (each.falseAlarm ?? []) : [])),
    seconds,
    ...(delay && { delay }),
  };
}

/** Takes the groups of all orgs in turn, and with each round the next healthy variant. */
function healthyJobs(orgs: readonly MonitoredOrg[], count: number): readonly Job<CaseWorker, HealthyRun>[] {
  const running = orgs.flatMap((org) =>
    groups.filter((group) => planOf(org, group).length > 0).map((group) => ({ org, group })),
  );
  const looks = Object.entries(healthyVariants);
  return Array.from({ length: count }, (_, index) => ({
    async run(worker: CaseWorker) {
      const at = running[index % running.length];
      const [variant, faults] = looks[Math.floor(index / running.length) % looks.length] ?? ['plain', []];
      if (!at) return {};
      const { verification, findings, error, delay } = await runUndisturbed(() =>
        worker.runHealthy(at.org, at.group, faults),
      );
      const falseAlarm = { group: at.group, variant, findings, ...(error !== undefined && { error }) };
      return { ...(!verification.passed && { falseAlarm }), ...(delay && { delay }) };
    },
  }));
}

/** An org in a group's event, and the org of the configuration that it is made of. */
type CaseEvent = ReturnType<typeof probeEvents>[number] & { readonly of: MonitoredOrg };

/** Runs probe functions one after the other, in its own environment. */
export class CaseWorker implements AsyncDisposable {
  readonly #events: readonly CaseEvent[];
  readonly #emulated: EmulatedOrgs;
  readonly #functions = new Map<Group, FunctionProcess>();
  readonly #loopDelay = new LoopDelayMeter();

  /** Starts the emulators of these orgs. An org may be there several times, configured differently: it has one emulator. */
  static async open(orgs: readonly MonitoredOrg[]): Promise<CaseWorker> {
    const events = orgs.flatMap((org) => probeEvents(org).map((event) => ({ ...event, of: org })));
    // Building takes seconds, in which the emulators of this process would answer no function that already runs.
    for (const { group } of events) bundle(group);
    const emulated = await EmulatedOrgs.start(events.map(({ org }) => org));
    await emulated.aws.tables.create(caseStateTable, { partition: 'org', sort: 'item' });
    return new CaseWorker(events, emulated);
  }

  private constructor(events: readonly CaseEvent[], emulated: EmulatedOrgs) {
    this.#events = events;
    this.#emulated = emulated;
  }

  /** Injects a variant's faults, runs the group that must report them, and restores. */
  async try({ case: one, variant, org }: SelectedVariant): Promise<Pick<TriedVariant, 'verification' | 'delay'>> {
    const timeouts = slowFindings.includes(variant.expected.code) ? shortTimeouts : longTimeouts;
    const faults = [timeouts, at(variant.target, forgetSignIns), ...variant.faults];
    const run = () => this.#run(org, variant.target.group, faults);
    for (let earlier = 1; earlier < (variant.runs ?? 1); earlier++) await run();
    const result = await run();
    return { verification: verifyRun(one, variant, result), ...(result.delay && { delay: result.delay }) };
  }

  /** Runs a group of an org that is healthy in one of its variants. */
  async runHealthy(org: MonitoredOrg, group: Group, faults: readonly Fault[]) {
    const { lines, error, delay } = await this.#run(org, group, faults);
    const findings = reportedFindings(lines);
    const verification = { passed: findings.length === 0 && error === undefined, failures: [] };
    return { verification, findings, ...(error !== undefined && { error }), ...(delay && { delay }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
    await this.#emulated[Symbol.asyncDispose]();
  }

  async #run(org: MonitoredOrg, group: Group, faults: readonly Fault[]): Promise<RunResult & Delayed> {
    const { name } = org.org;
    const configured = this.#events.find((each) => each.group === group && each.of === org)?.org;
    if (!configured) throw new Error(`the configuration runs no ${group} at ${name}`);
    const { aws } = this.#emulated;
    const { okta } = this.#emulated.environment(name);
    const refusedBefore = okta.refusedPasswords();
    await using _ = await this.#emulated.inject(name, faults);
    const { event, timeoutMs } = this.#emulated.eventOf(configured);
    // A code is good for half a minute, and the runs of several cases are in one.
    const Key = { org: { S: event.name }, item: { S: 'sign-in' } };
    await aws.tables.call('DeleteItem', JSON.stringify({ TableName: caseStateTable, Key }));
    if (group === 'status') await aws.tables.call('PutItem', JSON.stringify(monitoredBefore(event.name)));
    const endOfRun = this.#loopDelay.watchRun();
    const result = await this.#functionOf(group).invoke(event, timeoutMs).finally(endOfRun);
    const delay = this.#loopDelay.take();
    const points = publishedPoints(result.lines, aws.points);
    aws.clear();
    this.#emulated.takeRequests();
    this.#emulated.resetRateLimits();
    this.#emulated.beginMinute();
    return { ...result, points, refusedPasswords: okta.refusedPasswords() - refusedBefore, ...(delay && { delay }) };
  }

  /** Returns the function of a group. It is warm, unless its last run was killed. */
  #functionOf(group: Group): FunctionProcess {
    const known = this.#functions.get(group);
    if (known?.alive) return known;
    // Cases change what these groups remember. Other groups remember by themselves.
    const isKept = group === 'system-log' || group === 'journey' || group === 'status';
    const variables: Record<string, string> = isKept ? { STATE_TABLE: caseStateTable } : {};
    const started = startFunction(bundle(group).file, { ...this.#emulated.access, variables });
    this.#functions.set(group, started);
    return started;
  }
}

/** The org was monitored before, so what Okta announces now is news. */
function monitoredBefore(org: string) {
  const body = JSON.stringify({ silent: [] });
  const expiresAt = { N: String(Math.ceil(Date.now() / 1000) + 3_600) };
  const Item = {
    org: { S: org },
    item: { S: 'memory#status-page' },
    body: { S: body },
    revision: { N: '1' },
    expiresAt,
  };
  return { TableName: caseStateTable, Item };
}

/** A run's log, its error if it ended in one, and its metrics. */
export interface RunResult {
  readonly lines: readonly string[];
  readonly error?: string;
  /** The points that CloudWatch received, directly or by the log. */
  readonly points: readonly PublishedPoint[];
  /** How many passwords Okta refused. Several in a row lock a user out. */
  readonly refusedPasswords?: number;
}

type PublishedPoint = Pick<Point, 'identity' | 'value'>;

/** Whether the monitor diagnosed a variant correctly. */
export interface RunVerification {
  readonly passed: boolean;
  readonly findings: readonly ReportedFinding[];
  readonly failures: readonly string[];
}

/** The points that CloudWatch received, and those that the log holds in the embedded metric format. */
export function publishedPoints(lines: readonly string[], received: readonly PublishedPoint[]) {
  return [...received, ...lines.flatMap(emfPoints)];
}

/**
 * Verifies a run with a variant's faults: the expected finding at the expected target with the expected severity, and no
 * other failure or warning. Probes that need the failed probe's result may be skipped. The metrics, which are all that
 * alarms see, must agree.
 */
export function verifyRun(
  one: Pick<Case, 'severity'>,
  variant: Variant,
  { lines, error, points, refusedPasswords = 0 }: RunResult,
) {
  const findings = reportedFindings(lines);
  const failed = (failure: string): RunVerification => ({ passed: false, findings, failures: [failure] });
  if (error !== undefined) return failed(`the run ended in an error: ${error}`);
  const expected = findings.filter((finding) => isExpected(variant, finding));
  const others = findings.filter((finding) => !expected.includes(finding));
  if (expected.length === 0) return failed(findings.length === 0 ? 'no finding' : 'a different finding');
  if (expected.length + others.length > 1) return failed('more than one finding');
  const severity = variant.severity ?? one.severity;
  const wrong = expected.find((finding) => finding.severity !== severity);
  if (wrong) return failed(`expected the severity ${severity}, got ${wrong.severity}`);
  const sender = expectedSender(variant);
  const misascribed = sender && expected.find(({ answeredBy }) => answeredBy !== sender);
  if (misascribed) return failed(`expected an answer of ${sender}, got one of ${misascribed.answeredBy}`);
  if (refusedPasswords > 1) return failed(`${refusedPasswords} passwords were refused: at most one may be sent`);
  if (!metricsAgree(variant, severity, points)) return failed('the metrics do not report it');
  return { passed: true, findings, failures: [] };
}

function metricsAgree({ target, expected }: Variant, severity: Severity, points: readonly PublishedPoint[]): boolean {
  const severityPoints = points.filter(({ identity }) => identity.name === 'Severity');
  if (publishMode[target.group] === 'ownSeries') {
    const failing = points.filter(({ identity, value }) => identity.name === 'Success' && value === 0);
    const probes = failing.map(({ identity }) => identity.dimensions.Probe);
    return severityPoints.length === 0 && probes.length === 1 && probes[0] === target.probe;
  }
  const bad = severityPoints.filter(({ value }) => value > 0);
  const levels = new Map(bad.map(({ identity, value }) => [identity.dimensions.Domain, value]));
  const level = severityLevels[severity];
  return level === 0 ? levels.size === 0 : levels.size === 1 && levels.get(expected.domain) === level;
}

function isExpected({ target, expected, isWarning = false }: Variant, finding: ReportedFinding): boolean {
  const isAtTarget = finding.probe === target.probe && finding.server === target.server;
  return isAtTarget && isSame(expected, finding) && finding.isWarning === isWarning;
}

function isSame(expected: Expected, finding: ReportedFinding): boolean {
  const { code, domain, suspect } = expected;
  const isSuspect = suspect === undefined || suspect === finding.suspect;
  return code === finding.code && domain === finding.domain && isSuspect;
}
