import { readFileSync } from 'node:fs';
import { parseSecret, type Secrets } from '../../../functions/aws/secrets.ts';
import type { SignInStore } from '../../../functions/journey/sign-in-memory.ts';
import { SecretUnreadable } from '../../../functions/model/errors.ts';
import type { Finding } from '../../../functions/model/finding.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { enabledProbes } from '../../../functions/probes/plan.ts';
import { canonicalName } from '../../../functions/run/connection.ts';
import { openCredentials } from '../../../functions/run/credentials.ts';
import { deadlineIn, runTimeoutMs, waitMsOf } from '../../../functions/run/deadline.ts';
import { openHttp } from '../../../functions/run/http.ts';
import { logLines, stampOf } from '../../../functions/run/log.ts';
import { type RunReport, run } from '../../../functions/run/run.ts';
import { openUserCredentials } from '../../../functions/run/user-credentials.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { signInFile } from '../../self-hosted/history/sign-in-file.ts';
import type { HttpsProxy } from '../proxy.ts';
import type { RepeatedRuns } from './repeat-check.ts';
import { runsOf, type SelectedOrg } from './select-probes.ts';

/** One org whose probes ran once. */
export interface CheckedOrg extends SelectedOrg {
  /** The AWS Region of the functions that ran them. Absent if this machine did. */
  readonly region?: string;
  /** One for each enabled probe of the plan, in its order. */
  readonly outcomes: readonly LogLine[];
  /** Present if it ran several times. */
  readonly repeated?: RepeatedRuns;
}

/** Runs the selected probes once, somewhere. The signal ends it at once, with the signal's reason. */
export type CheckOrgs = (selected: readonly SelectedOrg[], signal?: AbortSignal) => Promise<readonly CheckedOrg[]>;

export interface CheckOptions {
  readonly proxy?: HttpsProxy | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Counts the passwords of the test user. By default, a file of the person who runs the command. */
  readonly signIns?: SignInStore;
}

/**
 * Runs the selected probes once on this machine, against the real orgs. Nothing is published.
 *
 * Trap: DNS, TLS and latency are those of this machine's network, not of Lambda's.
 */
export async function checkOrgs(
  selected: readonly SelectedOrg[],
  secrets: Secrets,
  { proxy, signal, signIns = signInFile() }: CheckOptions = {},
): Promise<readonly CheckedOrg[]> {
  // First for all orgs: the proxy's faults must not look like Okta's.
  await Promise.all(selected.map(({ org }) => proxy?.verify(`https://${org.domain}`, org.timeoutMs)));
  return Promise.all(selected.map((each) => checkOrg(each, secrets, { proxy, signal, signIns })));
}

async function checkOrg(
  selected: SelectedOrg,
  secrets: Secrets,
  { proxy, signal, signIns }: CheckOptions & { readonly signIns: SignInStore },
): Promise<CheckedOrg> {
  const { org, plan } = selected;
  const timeUp = deadlineIn(runTimeoutMs(org.timeoutMs, waitMsOf(org, 'journey')));
  const deadline = signal ? { ...timeUp, signal: AbortSignal.any([timeUp.signal, signal]) } : timeUp;
  const http = openHttp({
    ...{ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs },
    ...(proxy && { createAgent: proxy.createAgent }),
  });
  const credentialsFor = openCredentials(secrets, Date.now);
  const userCredentialsFor = openUserCredentials(secrets, signIns, Date.now);
  const memoryOf = openMemory(undefined, Date.now);
  const runs = runsOf(selected).map((each) =>
    run(each.org, each.probes, {
      ...{ http, now: Date.now, canonicalName, deadline, memory: memoryOf(each.org.name) },
      credentials: { ...credentialsFor(each.org), ...userCredentialsFor(each.org) },
    }),
  );
  const reports = await Promise.all(runs);
  await http.close();
  signal?.throwIfAborted();
  const outcomes = reports.flatMap((report) => [...logLines(report), ...brokenProbes(report)]);
  return {
    ...{ org, plan },
    outcomes: enabledProbes(plan).flatMap(
      ({ probe, target }) => outcomes.find((each) => each.probe === probe.id && each.server === target.server) ?? [],
    ),
  };
}

/**
 * Probes that ended with an error of the monitor itself. They have no outcome, so each is reported as a failed
 * one: no row of the plan may be missing.
 */
export function brokenProbes({ plan, outcomes, monitorErrors, ...time }: Omit<RunReport, 'org'>): readonly LogLine[] {
  const without = enabledProbes(plan).filter(
    ({ probe, target }) => !outcomes.some((each) => each.probe === probe.id && each.server === target.server),
  );
  // A run keeps the order of its plan, in its outcomes as in its errors.
  return without.map(({ probe, target }, index) => ({
    ...{ type: 'outcome', ...stampOf(time), ...target, probe: probe.id },
    ...{ status: 'failed', exchanges: [], readings: {}, finding: bug(monitorErrors[index]) },
  }));
}

/** Trap: an error's message may quote the request. Only its name and the place where it was thrown are shown. */
function bug(error: unknown): Finding {
  const name = error instanceof Error ? error.name : 'unknown error';
  const place = error instanceof Error ? /\b(functions\/[\w./-]+\.ts:\d+)/.exec(error.stack ?? '')?.[1] : undefined;
  return {
    ...{ code: 'monitor-error', domain: 'monitor', severity: 'ticket', brief: 'bug in the monitor' },
    summary: `A bug in this monitor ended the probe: ${name}${place ? ` at ${place}` : ''}. Please report it with this line.`,
    ...{ causes: [], remedy: [] },
  };
}

/** Secrets from a JSON file, `{"name": {"clientSecret": …}}`, for trying a configuration before anything is in AWS. */
export function fileSecrets(file: string): Secrets {
  const stored = readStored(file);
  return {
    async read(name) {
      const value = stored[name];
      if (value === undefined) throw new SecretUnreadable(name, `it is not in ${file}: add it there by this name`);
      return parseSecret(name, JSON.stringify(value));
    },
  };
}

function readStored(file: string): Readonly<Record<string, unknown>> {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser's own message would quote the file.
    const why = error instanceof SyntaxError ? 'it is not JSON' : (error as NodeJS.ErrnoException).code;
    throw new ConfigError(`The secrets file ${file} cannot be read: ${why}.`);
  }
  if (typeof stored === 'object' && stored !== null && !Array.isArray(stored)) return Object(stored);
  throw new ConfigError(`The secrets file ${file} must be an object: {"name of a secret": {"clientSecret": "…"}}.`);
}
