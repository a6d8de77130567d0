import type { Secret } from '../aws/secrets.ts';
import type { FindingCode } from '../findings/finding.ts';
import type { Org } from '../model/org.ts';
import { getItem, type ItemKey, putItem, type StateTable } from '../state/state-table.ts';

/** The passwords and codes sent with one version of a secret since a sign-in last proved it right. */
export interface Attempts {
  readonly passwords: number;
  readonly codes: number;
  /** Why Okta refused it. Then nothing more is sent. */
  readonly refused?: FindingCode;
  /** The result of the last sign-in. */
  readonly last?: FindingCode;
}

/** The memory of the sign-ins of an org's test user, which prevents a lock-out. */
export interface SignInRecord {
  /** Each version with attempts. A version that comes back has those that it had. */
  readonly versions: readonly (Attempts & { readonly version: string })[];
  /** Passwords of all versions since a sign-in last showed one to be right: Okta counts them together. */
  readonly sent: number;
  /** The last half minute whose code was used: a code is good once. */
  readonly step?: number;
}

/**
 * How many passwords and codes may be sent with one version, and how many passwords with several, of which no sign-in has
 * shown that they are right. Each new version is tried once in any case.
 *
 * Okta locks a user after ten wrong passwords, and a factor after five wrong codes. A deployed monitor and checks by hand
 * sign in as the same user, so together they stay below.
 */
export const limits = {
  scheduled: { passwords: 5, codes: 3, sent: 6 },
  byHand: { passwords: 3, codes: 1, sent: 3 },
} as const;

/** The store of the credentials sent for an org's test user. Each member throws if it fails. */
export interface SignInPlace {
  readonly limits: (typeof limits)[keyof typeof limits];
  /** Identifies a value of the secret, and says nothing of it. */
  versionOf(secret: Secret): string;
  read(): Promise<Stored | undefined>;
  /** Writes, unless there has been another write since the revision (0: there was nothing). Returns whether it did. */
  write(body: object, revision: number): Promise<boolean>;
}

interface Stored {
  readonly body: unknown;
  /** Counts the writes. */
  readonly revision: number;
}

export type SignInStore = (org: Pick<Org, 'name' | 'domain' | 'user'>) => SignInPlace;

/** The memory of one run. */
export interface SignInMemory extends Pick<SignInPlace, 'limits' | 'versionOf'> {
  /** Throws if it cannot be read. */
  read(): Promise<SignInRecord>;
  /** Throws if it could not be written, or if another run has written since `read`: then nothing may be sent. */
  note(record: SignInRecord): Promise<void>;
  /** Remembers how it ended: in the process, and in the store if it can be written. */
  end(record: SignInRecord): Promise<void>;
}

/** Thrown where attempts cannot be counted. Trap: people see the message. */
export class SignInsUncounted extends Error {
  override readonly name = 'SignInsUncounted';
}

/** How long a reading or a writing may take. */
const timeoutMs = 2_000;

/** Longer than a version of a secret lives. */
const keptMs = 10 * 365 * 24 * 60 * 60_000;

/** More versions with attempts than a person stores. */
const mostVersions = 1_000;

/** Keeps sign-ins in the state table. */
export function tableStore(table: StateTable, now: () => number): SignInStore {
  return ({ name: org }) => {
    const key: ItemKey = { org, item: 'sign-in' };
    return {
      limits: limits.scheduled,
      versionOf,
      read: () => getItem(table, key, AbortSignal.timeout(timeoutMs)),
      write(body, revision) {
        const previous = revision > 0 ? { ...key, body, revision } : undefined;
        const expiresAt = now() + keptMs;
        return putItem(table, key, body, { previous, expiresAt }, AbortSignal.timeout(timeoutMs));
      },
    };
  };
}

/** Keeps sign-ins in the process, for tests and for functions without a state table. */
export function processStore(): SignInStore {
  const kept = new Map<string, Stored>();
  return ({ name }) => ({
    limits: limits.scheduled,
    versionOf,
    read: async () => kept.get(name),
    async write(body, revision) {
      if ((kept.get(name)?.revision ?? 0) !== revision) return false;
      kept.set(name, { body, revision: revision + 1 });
      return true;
    },
  });
}

function versionOf({ version = 'the only one' }: Secret): string {
  return version;
}

/**
 * Opens the memory of each org. The process also remembers its own writes, so that nothing is forgotten where the store cannot
 * be written, is emptied, or is restored to an earlier state.
 */
export function openSignInMemory(store: SignInStore): (org: Org) => SignInMemory {
  const own = new Map<string, { readonly record: SignInRecord; readonly revision: number }>();
  return (org) => {
    const place = store(org);
    let revision = 0;
    const note = async (record: SignInRecord) => {
      if (!(await place.write(record, revision))) throw new SignInsUncounted('another run signs in at the same time');
      revision += 1;
      own.set(org.name, { record, revision });
    };
    return {
      limits: place.limits,
      versionOf: place.versionOf,
      async read() {
        const stored = await place.read();
        revision = stored?.revision ?? 0;
        const record = stored ? recordIn(stored.body) : { versions: [], sent: 0 };
        const known = own.get(org.name);
        return known && known.revision >= revision ? withMost(record, known.record) : record;
      },
      note,
      async end(record) {
        own.set(org.name, { record, revision: revision + 1 });
        await note(record).catch(() => {});
      },
    };
  };
}

/** The attempts with a version. */
export function attemptsWith(version: string, { versions }: SignInRecord): Attempts {
  return versions.find((each) => each.version === version) ?? { passwords: 0, codes: 0 };
}

/** Whether the limits allow another password with a version. */
export function mayBeSent(version: string, record: SignInRecord, most: SignInPlace['limits']): boolean {
  const { passwords, codes } = attemptsWith(version, record);
  return passwords === 0 || (passwords < most.passwords && codes < most.codes && record.sent < most.sent);
}

/** The record with the attempts of one version replaced. */
export function withAttempts(version: string, attempts: Attempts, record: SignInRecord): SignInRecord {
  const versions = [...record.versions.filter((each) => each.version !== version), { ...attempts, version }];
  return { ...record, versions: versions.slice(-mostVersions) };
}

/** The record after a sign-in has shown that a version is right. The other versions keep their attempts. */
export function withProof(version: string, record: SignInRecord): SignInRecord {
  return { ...record, versions: record.versions.filter((each) => each.version !== version), sent: 0 };
}

/** Whichever of two records says more of each version, with the first one's last half minute: an old one guards nothing. */
function withMost(one: SignInRecord, other: SignInRecord): SignInRecord {
  return other.versions.reduce(
    (record, { version, ...known }) => {
      const attempts = attemptsWith(version, record);
      const most = {
        passwords: Math.max(attempts.passwords, known.passwords),
        codes: Math.max(attempts.codes, known.codes),
      };
      return withAttempts(version, { ...known, ...attempts, ...most }, record);
    },
    { ...one, sent: Math.max(one.sent, other.sent) },
  );
}

/** Reads the stored value. Throws if it is malformed: a person or another version of the monitor may have written it. */
function recordIn(body: unknown): SignInRecord {
  const { versions, sent, version, open, refused, step } = Object(body) as Readonly<Record<string, unknown>>;
  // An earlier form has the last version alone.
  const isList = Array.isArray(versions);
  const all = isList ? versions : [{ version, passwords: open, codes: 0, refused }];
  return {
    versions: all.map(readAttempts),
    sent: readCount(isList ? sent : open),
    ...(typeof step === 'number' && { step }),
  };
}

function readAttempts(value: unknown): SignInRecord['versions'][number] {
  const { version, passwords, codes, refused, last } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof version !== 'string') throw unreadable();
  return {
    ...{ version, passwords: readCount(passwords), codes: readCount(codes) },
    ...(typeof refused === 'string' && { refused: refused as FindingCode }),
    ...(typeof last === 'string' && { last: last as FindingCode }),
  };
}

function readCount(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw unreadable();
}

function unreadable(): SignInsUncounted {
  return new SignInsUncounted('what is stored of earlier sign-ins cannot be read');
}
