import type { FindAccount } from 'oidc-provider';

/** The one person of the embedded org. */
export const person = {
  id: '00u1mon2itor3user4id',
  login: 'monitor@example.com',
  password: 'correct-horse-battery-staple',
  firstName: 'Mona',
  lastName: 'Tor',
} as const;

export const findAccount: FindAccount = async (_ctx, id) => {
  if (id !== person.id) return undefined;
  return {
    accountId: id,
    claims: async () => ({
      sub: id,
      ver: 1,
      idp: '00o1embedded2okta3org',
      amr: ['pwd'],
      name: `${person.firstName} ${person.lastName}`,
      preferred_username: person.login,
      given_name: person.firstName,
      family_name: person.lastName,
      locale: 'en_US',
      zoneinfo: 'America/Los_Angeles',
      updated_at: 1_700_000_000,
      email: person.login,
      email_verified: true,
      groups: ['Everyone'],
    }),
  };
};
