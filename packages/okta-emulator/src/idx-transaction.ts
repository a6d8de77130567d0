import { randomBytes } from 'node:crypto';
import { oktaId } from './org.ts';

/** How a user can prove who they are: Okta's keys of authenticators. */
export type AuthenticatorKey = 'okta_password' | 'google_otp' | 'okta_verify';

/** One sign-in at Identity Engine. */
export interface Transaction {
  /** The state token of the redirect at the end. */
  readonly id: string;
  /** The token with which the page or the application begins. */
  readonly startToken: string;
  readonly issuer: string;
  readonly client: { readonly id: string; readonly label: string };
  /** What happens when the user has signed in. */
  readonly finish: Finish;
  readonly expiresAtMs: number;
  /** The part of the state handle that changes with every answer. */
  context: string;
  identifier?: string;
  /** The user's id, once the user is known. */
  user?: string;
  proved: Set<AuthenticatorKey>;
  /** The authenticator that the client chose. */
  selected?: AuthenticatorKey;
  /** Steps that need no proof and are done. */
  passed: Set<string>;
}

/** A redirect to the application or to its request, or a code for the application itself. */
type Finish =
  | { readonly kind: 'redirect'; readonly server: string; readonly uid: string }
  | { readonly kind: 'return'; readonly path: string }
  | { readonly kind: 'interaction-code'; readonly server: string; readonly form: URLSearchParams };

const lifetimeMs = 3_600_000;

export function stateHandle({ id, context }: Transaction): string {
  return `${id}~c.${context}`;
}

/** The sign-ins that are under way. */
export function createTransactions(now: () => number) {
  const transactions = new Map<string, Transaction>();
  return {
    begin(given: Pick<Transaction, 'issuer' | 'client' | 'finish'>, startToken = stateToken()): Transaction {
      for (const [id, { expiresAtMs }] of transactions) if (expiresAtMs <= now()) transactions.delete(id);
      const transaction: Transaction = {
        ...given,
        id: `02.id.${oktaId('', 42)}`,
        startToken,
        expiresAtMs: now() + lifetimeMs,
        context: oktaId('', 42),
        proved: new Set(),
        passed: new Set(),
      };
      transactions.set(transaction.id, transaction);
      return transaction;
    },

    /** By the state token or interaction handle that it began with. */
    findByStart: (token: string) =>
      [...transactions.values()].find(({ startToken, expiresAtMs }) => startToken === token && expiresAtMs > now()),

    /** By the newest state handle. Those of earlier answers are refused. */
    findByHandle(handle: string): Transaction | undefined {
      const found = this.findById(handle.split('~')[0] ?? '');
      return found && stateHandle(found) === handle ? found : undefined;
    },

    findById(id: string): Transaction | undefined {
      const found = transactions.get(id);
      return found && found.expiresAtMs > now() ? found : undefined;
    },

    /** Changes the state handle. */
    advance(transaction: Transaction): void {
      transaction.context = oktaId('', 42);
    },

    end({ id }: Transaction): void {
      transactions.delete(id);
    },
  };
}

export type Transactions = ReturnType<typeof createTransactions>;

/**
 * The state token of a sign-in page: encrypted, and in the compact format of JWE with an empty second part.
 *
 * Trap: its base64url has hyphens, which the page escapes.
 */
function stateToken(): string {
  const header = { zip: 'DEF', alias: 'encryptionkey', ver: '1', oid: oktaId('00o'), enc: 'A256GCM', alg: 'dir' };
  const part = (bytes: number) => randomBytes(bytes).toString('base64url');
  const start = Buffer.from(JSON.stringify(header)).toString('base64url');
  return `${start}..${part(12)}.${part(900)}-.${part(16)}`;
}
