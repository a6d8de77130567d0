import { parseSecret, type Secrets } from '../../functions/aws/secrets.ts';
import { processStore, type SignInStore } from '../../functions/journey/sign-in-memory.ts';
import { SecretUnreadable } from '../../functions/model/errors.ts';
import type { Org } from '../../functions/model/org.ts';
import type { Outcome } from '../../functions/model/outcome.ts';
import type { Credentials, Probe, RunMemory } from '../../functions/model/probe.ts';
import { formatTarget } from '../../functions/model/target.ts';
import { openCredentials } from '../../functions/run/credentials.ts';
import { deadlineIn } from '../../functions/run/deadline.ts';
import { openHttp } from '../../functions/run/http.ts';
import type { Restraint } from '../../functions/run/restraint.ts';
import { type RunReport, run } from '../../functions/run/run.ts';
import type { RunTime } from '../../functions/run/run-time.ts';
import { openUserCredentials } from '../../functions/run/user-credentials.ts';
import { openMemory } from '../../functions/state/memory.ts';
import { emulateOrg } from '../../local/lab/simulation/emulated-org.ts';
import type { OktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { fullOrg } from './full-org.ts';

/** Secrets in memory, which a test may rotate. `reads` lists each read from the store. */
export function memorySecrets(stored: Map<string, string>): Secrets & { readonly reads: string[] } {
  const cache = new Map<string, string>();
  const reads: string[] = [];
  return {
    reads,
    async read(name, { fresh = false } = {}) {
      if (fresh || !cache.has(name)) {
        reads.push(name);
        const text = stored.get(name);
        if (text === undefined) throw new SecretUnreadable(name, 'ResourceNotFoundException');
        cache.set(name, text);
      }
      return parseSecret(name, cache.get(name));
    },
  };
}

export interface RunProbesOptions {
  readonly org?: Org;
  /** A final change to the org, after it was pointed at the Okta emulator. */
  readonly adjust?: (org: Org) => Org;
  readonly secrets?: Secrets;
  readonly deadlineMs?: number;
  readonly now?: () => number;
  /** When a schedule started the run. Absent for a run that was started by hand. */
  readonly time?: RunTime;
  readonly restraint?: Restraint;
  /** The memory of a test's runs. Without it, each begins anew. */
  readonly memory?: RunMemory;
  /** The credentials of a warm container, from `openContainer`. Otherwise each run has a new one. */
  readonly container?: Container;
}

export type Container = (org: Org) => Credentials;

/** The state that a function keeps between its runs. */
export function openContainer(
  secrets: Secrets,
  now: () => number = Date.now,
  store: SignInStore = processStore(),
): Container {
  const [client, user] = [openCredentials(secrets, now), openUserCredentials(secrets, store, now)];
  return (org) => ({ ...client(org), ...user(org) });
}

/** Runs probes against the Okta emulator, over TLS, as a function does. */
export async function runProbes(
  okta: OktaEmulator,
  probes: readonly Probe[],
  options: RunProbesOptions = {},
): Promise<RunReport> {
  const emulated = emulateOrg(options.org ?? fullOrg, okta);
  const org = options.adjust?.(emulated.org) ?? emulated.org;
  const now = options.now ?? Date.now;
  const deadline = deadlineIn(options.deadlineMs ?? 20_000);
  const http = openHttp({ signal: deadline.signal, now, ca: okta.ca, timeoutMs: org.timeoutMs });
  const secrets = options.secrets ?? memorySecrets(new Map(emulated.secrets));
  try {
    return await run(org, probes, {
      http,
      credentials: (options.container ?? openContainer(secrets, now))(org),
      now,
      canonicalName: async () => undefined,
      deadline,
      memory: options.memory ?? openMemory(undefined, now)(org.name),
      ...(options.time && { time: options.time }),
      ...(options.restraint && { restraint: options.restraint }),
    });
  } finally {
    await http.close();
  }
}

/** The outcome of one probe. */
export function outcomeOf({ outcomes }: RunReport, probe: string, server?: string): Outcome {
  const found = outcomes.find((outcome) => outcome.probe === probe && outcome.server === server);
  if (!found) throw new Error(`no outcome of ${formatTarget({ probe, server })}`);
  return found;
}

/** Each outcome as a line: `token@default: passed`, or the finding's code instead of `failed`. */
export function outcomeLines({ outcomes }: Pick<RunReport, 'outcomes'>): string[] {
  return outcomes.map((outcome) => {
    const result = outcome.status === 'failed' ? outcome.finding.code : outcome.status;
    return `${formatTarget(outcome)}: ${result}`;
  });
}

/** The lines of outcomes that did not pass. */
export function notPassed(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.endsWith(': passed'));
}
