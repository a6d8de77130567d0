import type { FindingCode } from '../diagnosis/finding.ts';
import { getItem, type ItemKey, putItem, type StateTable } from './state-table.ts';

/** What must be remembered of the sign-ins of an org's test user, so that they never lock it out. */
export interface SignInRecord {
  /** The version of the secret that was used. Another one is another password. */
  readonly version: string;
  /** Why Okta refused this version. Then nothing is tried until there is another one. */
  readonly refused?: FindingCode;
  /** Okta has accepted it before. */
  readonly accepted: boolean;
  /** When it was last used, in ms since the epoch. */
  readonly at: number;
  /** Passwords that were sent and of which nobody knows how it ended, because a run was cut off. */
  readonly open: number;
  /** The last half minute whose code was used: a code is good once. */
  readonly step?: number;
}

export interface SignInMemory {
  read(): Promise<SignInRecord | undefined>;
  /** Throws if it could not be written: then nothing may be sent. */
  write(record: SignInRecord): Promise<void>;
}

/** How long a reading or a writing may take. */
const timeoutMs = 2_000;

/** Longer than anybody leaves a refused secret. */
const keptMs = 400 * 24 * 60 * 60_000;

/** Remembers in the state table, or in the process where there is none, as on a workstation. */
export function signInMemory(table: StateTable | undefined, org: string, now: () => number): SignInMemory {
  if (!table) {
    return {
      read: async () => local.get(org),
      write: async (record) => void local.set(org, record),
    };
  }
  const key: ItemKey = { org, item: 'sign-in' };
  return {
    async read() {
      return recordIn((await getItem(table, key, AbortSignal.timeout(timeoutMs)))?.body);
    },
    async write(record) {
      const signal = AbortSignal.timeout(timeoutMs);
      const previous = await getItem(table, key, signal);
      const isWritten = await putItem(table, key, record, { previous, expiresAt: now() + keptMs }, signal);
      if (!isWritten) throw new Error('another run signs in at the same time');
    },
  };
}

const local = new Map<string, SignInRecord>();

/** Trap: an item that somebody changed by hand may lack anything. */
function recordIn(body: unknown): SignInRecord | undefined {
  const { version, refused, accepted, at, open, step } = Object(body) as Partial<SignInRecord>;
  if (typeof version !== 'string') return undefined;
  return {
    version,
    accepted: accepted === true,
    at: typeof at === 'number' ? at : 0,
    open: typeof open === 'number' ? open : 0,
    ...(typeof refused === 'string' && { refused }),
    ...(typeof step === 'number' && { step }),
  };
}
