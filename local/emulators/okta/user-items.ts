import { seededAt } from './documents.ts';
import type { Factor, User } from './users.ts';

/** A user as the API shows it. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
export function userItem(user: User, origin: string) {
  const { id, login, email, firstName, lastName, status, created = seededAt, lastUpdated = created, ...rest } = user;
  const { passwordChanged = created } = user;
  const isActivated = status !== 'STAGED';
  return {
    ...{ id, status, created, activated: isActivated ? created : null, statusChanged: lastUpdated },
    ...{ lastLogin: user.created === undefined ? created : null, lastUpdated },
    passwordChanged: user.password === undefined && user.created !== undefined ? null : passwordChanged,
    type: { id: 'oty1default2user3typ' },
    profile: {
      ...{ firstName, lastName, mobilePhone: null, secondEmail: null, login, email },
      ...(rest.locale !== undefined && { locale: rest.locale }),
      ...(rest.department !== undefined && { department: rest.department }),
      ...(rest.costCenter !== undefined && { costCenter: rest.costCenter }),
      ...rest.attributes,
    },
    credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: `${origin}/api/v1/users/${id}` } },
  };
}

/** A factor as the API shows it. The secret is there only in the answer to its enrollment. */
export function factorItem(user: User, factor: Factor, origin: string, shows?: 'secret') {
  const href = `${origin}/api/v1/users/${user.id}/factors/${factor.id}`;
  const { created = seededAt } = user;
  return {
    ...{ id: factor.id, factorType: 'token:software:totp', provider: factor.provider },
    ...{ vendorName: factor.provider, status: factor.status, created, lastUpdated: created },
    profile: { credentialId: user.login },
    _links: {
      self: { href },
      user: { href: `${origin}/api/v1/users/${user.id}` },
      ...(factor.status === 'PENDING_ACTIVATION' && { activate: { href: `${href}/lifecycle/activate` } }),
    },
    ...(shows && {
      _embedded: {
        // Trap: `keyLength` is the length of the secret. Codes have six digits.
        activation: { timeStep: 30, sharedSecret: factor.secret, encoding: 'base32', keyLength: factor.secret.length },
      },
    }),
  };
}
