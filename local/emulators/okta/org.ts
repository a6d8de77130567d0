import { randomBytes } from 'node:crypto';
import type { FindAccount } from 'oidc-provider';

/** The authorization servers: the Org server, `default`, and a custom one. */
export const serverIds = ['org', 'default', 'aus1a2b3c4d5e6f7g8h9'] as const;

export type ServerId = (typeof serverIds)[number];
export type CustomServerId = Exclude<ServerId, 'org'>;

export const customServerIds = serverIds.filter((id) => id !== 'org');

/** A custom server's access tokens are for its own audience. The Org server's are for Okta's APIs. */
const customAudiences: Record<CustomServerId, string> = {
  default: 'api://default',
  aus1a2b3c4d5e6f7g8h9: 'api://orders',
};

export interface ServerAddress {
  readonly id: ServerId;
  readonly origin: string;
  /** The path of the server, which also ends its issuer. Empty for the Org server. */
  readonly mount: string;
  readonly issuer: string;
  readonly audience: string;
}

export function serverAddress(id: ServerId, origin: string): ServerAddress {
  const mount = id === 'org' ? '' : `/oauth2/${id}`;
  return {
    id,
    origin,
    mount,
    issuer: origin + mount,
    audience: id === 'org' ? origin : customAudiences[id],
  };
}

/** The only user of the org. */
export const user = {
  id: '00u1mon2itor3user4id',
  login: 'monitor@example.com',
  password: 'correct-horse-battery-staple',
  firstName: 'Mona',
  lastName: 'Tor',
} as const;

export const findAccount: FindAccount = async (_ctx, id) => {
  if (id !== user.id) return undefined;
  return {
    accountId: id,
    claims: async () => ({
      sub: id,
      ver: 1,
      idp: '00o1emulated2okta3org',
      amr: ['pwd'],
      name: `${user.firstName} ${user.lastName}`,
      preferred_username: user.login,
      given_name: user.firstName,
      family_name: user.lastName,
      locale: 'en_US',
      zoneinfo: 'America/Los_Angeles',
      updated_at: 1_700_000_000,
      email: user.login,
      email_verified: true,
      groups: ['Everyone'],
    }),
  };
};

/** Random bytes as lower-case hexadecimal digits, as Okta's request ids are. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An id in Okta's format: a prefix for the type (`0oa`, `00u`, `aus`), then 17 letters or digits. */
export function oktaId(prefix: string, length = 17): string {
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
}
