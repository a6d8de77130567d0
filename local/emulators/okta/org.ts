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

/** The user who can sign in. */
export const user = {
  id: '00u1mon2itor3user4id',
  login: 'monitor@example.com',
  password: 'correct-horse-battery-staple',
  firstName: 'Mona',
  lastName: 'Tor',
  status: 'ACTIVE',
} as const;

export const users = [
  user,
  {
    id: '00u5ada6lovelace7use',
    login: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Byron',
    status: 'ACTIVE',
  },
  {
    id: '00u8alan9turing0user',
    login: 'alan@example.com',
    firstName: 'Alan',
    lastName: 'Mathison',
    status: 'SUSPENDED',
  },
] as const;

interface Group {
  readonly id: string;
  readonly type: 'BUILT_IN' | 'OKTA_GROUP';
  readonly name: string;
  readonly description: string;
  readonly members: readonly string[];
}

export const groups: readonly Group[] = [
  {
    id: '00g1everyone2group3i',
    type: 'BUILT_IN',
    name: 'Everyone',
    description: 'All users of the org',
    members: users.map(({ id }) => id),
  },
  {
    id: '00g4monitors5group6i',
    type: 'OKTA_GROUP',
    name: 'Monitors',
    description: 'Users that sign in for tests',
    members: [user.id],
  },
];

export const findAccount: FindAccount = async (_ctx, id) => {
  if (id !== user.id) return undefined;
  return {
    accountId: id,
    claims: async (use) => ({
      sub: id,
      ver: 1,
      idp: '00o1emulated2okta3org',
      amr: ['pwd'],
      name: `${user.firstName} ${user.lastName}`,
      preferred_username: user.login,
      email: user.login,
      // An ID token that comes with an access token has no more. The rest is at /userinfo.
      ...(use === 'userinfo' && userInfo(id)),
    }),
  };
};

function userInfo(id: string) {
  return {
    given_name: user.firstName,
    family_name: user.lastName,
    locale: 'en_US',
    zoneinfo: 'America/Los_Angeles',
    updated_at: 1_700_000_000,
    email_verified: true,
    groups: groups.filter(({ members }) => members.includes(id)).map(({ name }) => name),
  };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An id in Okta's format: a prefix for the type (`0oa`, `00u`, `aus`), then 17 letters or digits. */
export function oktaId(prefix: string, length = 17): string {
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
}
