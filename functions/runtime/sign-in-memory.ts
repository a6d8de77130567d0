import type { FindingCode } from '../diagnosis/finding.ts';
import { getItem, type ItemKey, putItem, type StateTable, type StoredItem } from './state-table.ts';

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

/** The memory of one run. */
export interface SignInMemory {
  /** Throws AWS's errors. */
  read(): Promise<SignInRecord | undefined>;
  /** Throws if it could not be written, or if another run has written since `read`: then nothing may be sent. */
  write(record: SignInRecord): Promise<void>;
}

/** How long a reading or a writing may take. */
const timeoutMs = 2_000;

/** Longer than anybody leaves a refused secret. */
const keptMs = 400 * 24 * 60 * 60_000;

/**
 * Opens the memory of each org: in the state table, or in the process where there is none, as on a workstation.
 *
 * What could not be written to the table is remembered by the process at least, so that a refusal is.
 */
export function openSignInMemory(table: StateTable | undefined, now: () => number): (org: string) => SignInMemory {
  const own = new Map<string, SignInRecord>();
  return (org) =>
    table
      ? memoryInTable(table, org, now, own)
      : { read: async () => own.get(org), write: async (record) => void own.set(org, record) };
}

function memoryInTable(
  table: StateTable,
  org: string,
  now: () => number,
  own: Map<string, SignInRecord>,
): SignInMemory {
  const key: ItemKey = { org, item: 'sign-in' };
  let previous: StoredItem | undefined;
  return {
    async read() {
      previous = await getItem(table, key, AbortSignal.timeout(timeoutMs));
      const stored = recordIn(previous?.body);
      const known = own.get(org);
      return known?.refused !== undefined && known.version === stored?.version ? known : stored;
    },
    async write(record) {
      own.set(org, record);
      const expiry = { previous, expiresAt: now() + keptMs };
      const isWritten = await putItem(table, key, record, expiry, AbortSignal.timeout(timeoutMs));
      if (!isWritten) throw new Error('another run signs in at the same time');
      previous = { ...key, body: record, revision: (previous?.revision ?? 0) + 1 };
    },
  };
}

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
