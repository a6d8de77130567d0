import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { customDomainUnreachable } from '../findings/at-fault.ts';
import type { UndiagnosedFailure } from '../findings/diagnose-run.ts';
import { diagnoseRun } from '../findings/diagnose-run.ts';
import { onlyRootCause } from '../findings/only-root-cause.ts';
import { onlyUntold, withWarnings } from '../findings/warnings.ts';
import { TransportError } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Org, Server } from '../model/org.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ArtifactName, Artifacts, Credentials, Fetch, Probe, ProbeContext, RunMemory } from '../model/probe.ts';
import { untilDeadline } from '../model/time-limit.ts';
import { isOfOrg, locate } from '../okta/endpoints.ts';
import { inLines } from '../okta/json-fields.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { enabledProbes, type PlannedProbe, planProbes, targetOf } from '../probes/plan.ts';
import type { Deadline } from './deadline.ts';
import { earlier } from './deadline.ts';
import { withFrequentRetries } from './frequent-retries.ts';
import type { Http } from './http.ts';
import { ReachOfRun } from './reach.ts';
import { type Held, type Restraint, unrestrained } from './restraint.ts';
import { type Attempt, onlyOnce, retryOnce } from './retry.ts';
import { isFirstOfHour, type RunTime, readRunTime, runAtOf } from './run-time.ts';

/** The side effects that a run may use. */
export interface RunOptions {
  readonly http: Pick<Http, 'send' | 'prepare' | 'fresh'>;
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly canonicalName: ProbeContext['canonicalName'];
  /** Probes that have not finished by then fail with a finding. All other outcomes are kept. */
  readonly deadline: Deadline;
  /** Absent if no schedule started the run. */
  readonly time?: RunTime;
  readonly memory: RunMemory;
  /** What to leave out because of the runs before. */
  readonly restraint?: Restraint;
}

/** What one probe of a run may use. */
interface ProbeOptions extends RunOptions {
  readonly time: RunTime;
}

/** The result of running all probes of one group for one org. */
export interface RunReport extends RunTime {
  readonly org: Org;
  readonly plan: readonly PlannedProbe[];
  readonly outcomes: readonly Outcome[];
  /** Errors in the monitor itself. Throw them once the outcomes are published. */
  readonly monitorErrors: readonly unknown[];
}

/** Left to what ends what other probes began, in milliseconds. */
const cleanUpReserveMs = 3_000;

/** How long a run waits for connections, secrets and signatures before its first request, in milliseconds. */
const preparationMs = 2_000;

type RawResult = Awaited<ReturnType<Probe['run']>>;

type ProbeRun = { readonly outcome: Outcome; readonly provides: Partial<Artifacts> } | UndiagnosedFailure;

/**
 * Runs an org's probes concurrently, each as soon as its inputs are available.
 *
 * A probe is skipped if the probe that provides its input did not pass, so that only the root cause fails. An error in
 * the monitor ends that probe only and is reported in `monitorErrors`.
 */
export async function run(org: Org, probes: readonly Probe[], options: RunOptions): Promise<RunReport> {
  const time = options.time ?? readRunTime(undefined, options.now());
  const plan = planProbes(org, probes);
  const { deadline, restraint = unrestrained } = options;
  const isCleanedUp = enabledProbes(plan).some(({ probe }) => probe.cleansUp);
  const deadlineOfOthers = isCleanedUp ? earlier(deadline, cleanUpReserveMs) : deadline;
  const started = new Map<PlannedProbe, Promise<ProbeRun>>();
  const startOnce = (planned: PlannedProbe): Promise<ProbeRun> => {
    const known = started.get(planned);
    if (known) return known;
    const before = async () => {
      const { after = [] } = planned.probe;
      const awaited = enabledProbes(plan).filter(
        ({ probe, target }) => after.includes(probe.id) && reaches(target, planned.target),
      );
      await Promise.all(awaited.map(startOnce));
    };
    const own = { ...options, time, deadline: planned.probe.cleansUp ? deadline : deadlineOfOthers };
    const promise = unlessRestrained(planned, () =>
      runProbe(org, planned, own, before, (name) => {
        const provider = enabledProbes(plan).find(
          ({ probe, target }) => probe.provides === name && reaches(target, planned.target),
        );
        return provider && startOnce(provider);
      }),
    );
    started.set(planned, promise);
    return promise;
  };
  const first = enabledProbes(plan).find((planned) => targetOf(planned) === restraint.first);
  const unlessRestrained = async (planned: PlannedProbe, start: () => Promise<ProbeRun>): Promise<ProbeRun> => {
    const held = restraint.held.get(targetOf(planned));
    if (held) return { outcome: heldOutcome(planned, held), provides: {} };
    if (!first || first === planned || isAnswered(await startOnce(first))) return start();
    const because = `the circuit breaker is open: Okta does not answer ${restraint.first} either`;
    return { outcome: heldOutcome(planned, { because }), provides: {} };
  };
  // Without it, the requests are only slower.
  const patience = AbortSignal.any([deadline.signal, AbortSignal.timeout(preparationMs)]);
  await untilDeadline(prepare(org, plan, options), patience).catch(() => {});
  const reach = new ReachOfRun(org, options);
  const asksForMetadata = enabledProbes(plan).some(({ probe }) => probe.provides === 'orgNames');
  // Asked beside the probes, so that the run is no longer for it.
  const sibling = asksForMetadata && !restraint.first ? reach.askSibling() : undefined;
  // What others wait for goes first.
  for (const planned of enabledProbes(plan)) if (planned.probe.provides) startOnce(planned);
  await nextTurn();
  const results = await Promise.all(enabledProbes(plan).map(startOnce));
  const { outcomes, monitorErrors } = await diagnoseRun(
    org,
    results.map((result) => ('outcome' in result ? result.outcome : result)),
    { look: (isConnection) => reach.look(isConnection) },
  );
  await sibling;
  const known = await withSibling(org, outcomes, reach, results);
  const seen = await withFrequentRetries(known, options.memory, options.now());
  return { ...time, org, plan, outcomes: inLines(onlyRootCause(withWarnings(seen, org))), monitorErrors };
}

/** Adds to the probe that read the org's metadata a warning about the other name that it shows, and remembers that. */
async function withSibling(
  { domain }: Org,
  outcomes: readonly Outcome[],
  reach: ReachOfRun,
  results: readonly ProbeRun[],
): Promise<readonly Outcome[]> {
  const reader = results.find((result) => 'outcome' in result && result.provides.orgNames !== undefined);
  if (!reader || !('outcome' in reader) || !reader.provides.orgNames) return outcomes;
  const failed = await reach.learn(reader.provides.orgNames);
  if (!failed || isOktaHost(new URL(failed.exchange.url).hostname)) return outcomes;
  const warning = customDomainUnreachable(failed, domain, await reach.isOktaEdge(failed.host));
  return outcomes.map((outcome) =>
    outcome === reader.outcome && outcome.status === 'passed'
      ? {
          ...outcome,
          exchanges: [...outcome.exchanges, failed.exchange],
          warnings: [...(outcome.warnings ?? []), warning],
        }
      : outcome,
  );
}

/**
 * Opens the connections that the probes will need and signs what can be signed, so that none of it is done while an answer
 * is on its way. There are half as many connections as requests: one request after another does not disturb either.
 */
async function prepare(
  org: Org,
  plan: readonly PlannedProbe[],
  { http, credentials, restraint = unrestrained }: RunOptions,
): Promise<void> {
  const asking = enabledProbes(plan).filter((planned) =>
    restraint.first === undefined ? !restraint.held.has(targetOf(planned)) : targetOf(planned) === restraint.first,
  );
  const requests = asking.flatMap((planned) => planned.requests.filter(isOfOrg).map(() => planned));
  const independent = new Set(
    requests.filter(({ probe: { inputs = [], after = [] } }) => inputs.length === 0 && after.length === 0),
  );
  const count = Math.min(independent.size, Math.ceil(requests.length / 2));
  await Promise.all([
    count > 0 && http.prepare(`https://${org.domain}`, count),
    ...asking
      .filter(({ probe }) => probe.requires?.includes('service'))
      .flatMap(({ probe, server }) => probe.requests.map((endpoint) => credentials.prepare(server, endpoint))),
  ]);
}

/** Announces again if the table cannot say whether it was announced: a duplicate is better than a loss. */
function knownAsTold(memory: RunMemory): Promise<ReadonlyMap<string, string>> {
  return memory.told().catch(() => new Map());
}

/** The outcome of a probe that does not ask. */
function heldOutcome({ probe, target }: PlannedProbe, { because, finding }: Held): Outcome {
  const base = { ...target, probe: probe.id, exchanges: [] };
  return finding ? { ...base, status: 'failed', readings: {}, finding } : { ...base, status: 'skipped', because };
}

/** Whether Okta is there again: it passed, or failed for another reason than a fault of the server. */
function isAnswered(first: ProbeRun): boolean {
  if ('outcome' in first) return first.outcome.status === 'passed';
  const { status = 500 } = first.exchanges.at(-1) ?? {};
  return status < 500 && status !== 429;
}

/** Whether a probe can affect another one: at the same server, or because one of them belongs to the whole org. */
function reaches(from: PlannedProbe['target'], to: PlannedProbe['target']): boolean {
  return from.server === undefined || to.server === undefined || from.server === to.server;
}

async function runProbe(
  org: Org,
  planned: PlannedProbe,
  options: ProbeOptions,
  before: () => Promise<void>,
  providerOf: (name: ArtifactName) => Promise<ProbeRun> | undefined,
): Promise<ProbeRun> {
  const { probe, server, target } = planned;
  const base = { ...target, probe: probe.id };
  const inputs: Partial<Artifacts> = {};
  await before();
  for (const name of [...(probe.inputs ?? []), ...(probe.mayUse ?? [])]) {
    const provider = await providerOf(name);
    const artifact = provider && 'provides' in provider ? provider.provides[name] : undefined;
    if (artifact === undefined) {
      if (probe.mayUse?.includes(name)) continue;
      const because = provider ? describe(provider) : `no ${name}`;
      return { outcome: { ...base, exchanges: [], status: 'skipped', because }, provides: {} };
    }
    Object.assign(inputs, { [name]: artifact });
  }
  const attemptOver = (http: Pick<Http, 'send'>) => runAttempt(org, planned, inputs as Artifacts, options, http);
  const attempt = async (isRetry: boolean) => {
    const first = await attemptOver(isRetry ? options.http.fresh() : options.http);
    // A server may close a connection between two requests. That is not a failure, so opening another is not a retry.
    if (probe.once || !isOfKeptConnection(first)) return first;
    const second = await attemptOver(options.http.fresh());
    return { ...second, exchanges: [...first.exchanges, ...second.exchanges] };
  };
  // While the circuit breaker is open, Okta gets one request a minute.
  const { final, ...attempts } =
    probe.once || options.restraint?.first !== undefined
      ? onlyOnce(await attempt(false))
      : await retryOnce(attempt, org.timeoutMs, options.deadline);
  const outcome = { ...base, ...attempts };
  if ('result' in final) {
    const { readings, notes = [], warnings = [], mended = [], provides = {} } = final.result;
    const isAsked = mended.length > 0 || warnings.some(({ once }) => once);
    const told = isAsked ? await knownAsTold(options.memory) : new Map<string, string>();
    const over = mended.filter((key) => told.has(key));
    // If the table refuses it, the next run forgets it.
    if (over.length > 0) await options.memory.forget(over).catch(() => {});
    const reported = onlyUntold({ warnings, notes }, told);
    return { outcome: { ...outcome, status: 'passed', readings, ...reported }, provides };
  }
  const { signal } = options.deadline;
  const isOutOfTime = signal.aborted && final.error === signal.reason;
  const { group } = probe;
  const client = probe.requires?.includes('web') && { client: 'web' as const };
  return { base: outcome, server, group, ...client, thrown: final.error, exchanges: final.exchanges, isOutOfTime };
}

function describe(provider: ProbeRun): string {
  return 'outcome' in provider
    ? `${provider.outcome.probe} ${provider.outcome.status}`
    : `${provider.base.probe} failed`;
}

function isOfKeptConnection(attempt: Attempt<RawResult>): boolean {
  if (!('error' in attempt)) return false;
  const { status, phases } = attempt.exchanges.at(-1) ?? {};
  // The server had closed the connection before the request came (RFC 9110, 15.5.9).
  const isTooLate = status === 408 && phases?.tcpMs === undefined;
  return isTooLate || (attempt.error instanceof TransportError && attempt.error.isOfKeptConnection);
}

/** Trap: an API of yours may have the paths and the headers of Okta's. Its ids, limits and errors are not those of the org. */
function asSeen(exchange: Exchange, { domain }: Org, { resource }: Server): Exchange {
  const { rateLimit: _, ...others } = exchange;
  const url = new URL(exchange.url);
  if (url.host === domain) return exchange;
  if (!resource || new URL(resource.url).host !== url.host) return others;
  const { requestId: _id, sender: _sender, error, ...own } = others;
  const said = error?.error;
  return { ...own, ofResource: true, ...(said !== undefined && { error: { shape: 'other', error: said } }) };
}

/** Runs a probe once, over the given connections. */
async function runAttempt(
  org: Org,
  { probe, server }: PlannedProbe,
  inputs: Artifacts,
  { now, credentials, canonicalName, deadline, time, memory }: ProbeOptions,
  http: Pick<Http, 'send'>,
): Promise<Attempt<RawResult>> {
  const exchanges: Exchange[] = [];
  const fetch: Fetch = (url, init = {}) =>
    http.send(url, init, (exchange) => exchanges.push(asSeen(exchange, org, server)), deadline.signal);
  try {
    const { signal } = deadline;
    const wait = (ms: number) => delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    const isHourly = isFirstOfHour(time);
    const at = { runAt: runAtOf(time), isHourly };
    const context = { org, server, now, fetch, exchanges, credentials, canonicalName, inputs, wait, memory, ...at };
    return { exchanges, result: await untilDeadline(probe.run(context), deadline.signal) };
  } catch (error) {
    return { exchanges: withoutCleanUp(exchanges), error };
  }
}

/** The exchanges up to the one that failed. What only ends a session comes after it, and shows nothing of why it failed. */
function withoutCleanUp(exchanges: readonly Exchange[]): readonly Exchange[] {
  const last = exchanges.findLastIndex(({ url }) => locate(url)?.endpoint !== 'session');
  return last < 0 ? exchanges : exchanges.slice(0, last + 1);
}
