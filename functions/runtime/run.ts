import { diagnose } from '../diagnosis/diagnose.ts';
import { finding } from '../diagnosis/finding.ts';
import { onlyRootCause } from '../diagnosis/only-root-cause.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import { withWarnings } from '../diagnosis/warnings-of.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Org } from '../model/org.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ArtifactName, Artifacts, Credentials, Fetch, Probe, ProbeContext } from '../model/probe.ts';
import { type Planned, planProbes, switchedOn } from '../probes/plan.ts';
import type { Deadline } from './deadline.ts';
import type { Http } from './http.ts';
import { retryOnce, type Try } from './retry.ts';

/** What a run is made of besides its probes: every effect is passed in. */
export interface RunOptions {
  readonly http: Pick<Http, 'send' | 'fresh'>;
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly canonicalName: ProbeContext['canonicalName'];
  /** Probes that are not done by then end as findings, and all others are kept. */
  readonly deadline: Deadline;
}

/** All probes of one group for one org, once. */
export interface RunReport {
  readonly org: Org;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly plan: readonly Planned[];
  readonly outcomes: readonly Outcome[];
  /** What went wrong in the monitor itself. It must surface once the outcomes are safe. */
  readonly monitorErrors: readonly unknown[];
}

type ProbeFound = Awaited<ReturnType<Probe['run']>>;

type Settled =
  | { readonly outcome: Outcome; readonly provides: Partial<Artifacts> }
  | { readonly monitorError: unknown };

/**
 * Runs an org's probes, each as soon as its inputs are there and all others at the same time.
 *
 * A probe whose input another failed to get is skipped, so that only the root cause fails. An error that is no fault
 * of the target ends that probe alone and is reported as a fault.
 */
export async function run(org: Org, probes: readonly Probe[], options: RunOptions): Promise<RunReport> {
  const startedAt = options.now();
  const plan = planProbes(org, probes);
  const settled = new Map<Planned, Promise<Settled>>();
  const settle = (planned: Planned): Promise<Settled> => {
    const known = settled.get(planned);
    if (known) return known;
    const promise = runProbe(org, planned, options, (name) => {
      const provider = switchedOn(plan).find(
        ({ probe, target }) => probe.provides === name && target.server === planned.target.server,
      );
      return provider && settle(provider);
    });
    settled.set(planned, promise);
    return promise;
  };
  const results = await Promise.all(switchedOn(plan).map(settle));
  const outcomes = results.flatMap((result) => ('outcome' in result ? [result.outcome] : []));
  return {
    org,
    startedAt,
    plan,
    outcomes: onlyRootCause(withWarnings(outcomes, org)),
    monitorErrors: results.flatMap((result) => ('monitorError' in result ? [result.monitorError] : [])),
  };
}

async function runProbe(
  org: Org,
  planned: Planned,
  options: RunOptions,
  providerOf: (name: ArtifactName) => Promise<Settled> | undefined,
): Promise<Settled> {
  const { probe, server, target } = planned;
  const base = { ...target, probe: probe.id };
  const inputs: Partial<Artifacts> = {};
  for (const name of probe.inputs ?? []) {
    const provider = await providerOf(name);
    const artifact = provider && 'provides' in provider ? provider.provides[name] : undefined;
    if (artifact === undefined) {
      const because =
        provider && 'outcome' in provider ? `${provider.outcome.probe} ${provider.outcome.status}` : `no ${name}`;
      return { outcome: { ...base, exchanges: [], status: 'skipped', because }, provides: {} };
    }
    Object.assign(inputs, { [name]: artifact });
  }
  const { final, ...told } = await retryOnce(
    (isSecond) => attempt(org, planned, inputs as Artifacts, options, isSecond ? options.http.fresh() : options.http),
    org.timeoutMs,
    options.deadline,
  );
  const outcome = { ...base, ...told };
  if ('result' in final) {
    const { readings, notes = [], warnings = [], provides = {} } = final.result;
    return { outcome: { ...outcome, status: 'passed', readings, notes, warnings }, provides };
  }
  const { error, exchanges } = final;
  const { signal } = options.deadline;
  const isTimeUp = signal.aborted && error === signal.reason;
  const found = isTimeUp ? finding('out-of-time') : diagnose(error, exchanges, { org, server });
  if (!found) return { monitorError: error };
  const { readings = {} } = error instanceof ProbeFailure ? error.seen : {};
  return { outcome: { ...outcome, status: 'failed', readings, finding: found }, provides: {} };
}

/** Asks a probe's question once, over the given connections. */
async function attempt(
  org: Org,
  { probe, server }: Planned,
  inputs: Artifacts,
  { now, credentials, canonicalName, deadline }: RunOptions,
  http: Pick<Http, 'send'>,
): Promise<Try<ProbeFound>> {
  const exchanges: Exchange[] = [];
  const fetch: Fetch = (url, init = {}) => http.send(url, init, (exchange) => exchanges.push(exchange));
  try {
    const context = { org, server, now, fetch, exchanges, credentials, canonicalName, inputs };
    return { exchanges, result: await untilDeadline(probe.run(context), deadline.signal) };
  } catch (error) {
    return { exchanges, error };
  }
}

/** Whatever a probe waits for, even what knows nothing of the deadline, is given up when the time is up. */
async function untilDeadline<Value>(work: Promise<Value>, deadline: AbortSignal): Promise<Value> {
  deadline.throwIfAborted();
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(deadline.reason);
  deadline.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}
