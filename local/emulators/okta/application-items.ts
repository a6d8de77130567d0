import { type Application, type ClientKey, type ClientSecret, hashOfSecret, oauthClientOf } from './applications.ts';
import { type Body, objectAt } from './documents.ts';

/** A link that says by which methods it can be asked. */
export const hinted = (href: string, ...allow: readonly string[]) => ({ href, hints: { allow } });

/**
 * An application as the API shows it. Its secret is there only in the answer to what made it or changed it.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
 */
export function applicationItem(
  application: Application,
  origin: string,
  secret?: string,
): Body & { readonly id: string } {
  const { id, document, status, created, lastUpdated, keys, accessPolicyId } = application;
  const credentials = objectAt(document, 'credentials');
  const settings = objectAt(document, 'settings');
  const href = `${origin}/api/v1/apps/${id}`;
  return {
    ...{ id, ...document, status, lastUpdated, created },
    credentials: {
      ...credentials,
      oauthClient: {
        ...objectAt(credentials, 'oauthClient'),
        ...(secret !== undefined && { client_secret: secret }),
      },
    },
    settings: {
      ...settings,
      oauthClient: {
        ...oauthClientOf(application),
        ...(keys.length > 0 && { jwks: { keys: keys.map((key) => ({ ...key.jwk, id: key.id, status: key.status })) } }),
      },
    },
    _links: {
      self: { href },
      groups: { href: `${href}/groups` },
      users: { href: `${href}/users` },
      accessPolicy: { href: `${origin}/api/v1/policies/${accessPolicyId}` },
      ...(status === 'ACTIVE'
        ? { deactivate: hinted(`${href}/lifecycle/deactivate`, 'POST') }
        : { activate: hinted(`${href}/lifecycle/activate`, 'POST') }),
    },
  };
}

/** A public key as `credentials/jwks` lists it. */
export function keyItem(application: Application, key: ClientKey, origin: string): Body {
  const { id, status, created, lastUpdated, jwk } = key;
  return { ...jwk, id, status, created, lastUpdated, _links: switchOf(application, 'jwks', id, status, origin) };
}

/** A secret as `credentials/secrets` lists it. Trap: it is in clear text, as at Okta. */
export function secretItem(application: Application, secret: ClientSecret, origin: string): Body {
  const { id, status, created, lastUpdated, value } = secret;
  return {
    ...{ id, status, created, lastUpdated, client_secret: value, secret_hash: hashOfSecret(value) },
    _links: switchOf(application, 'secrets', id, status, origin),
  };
}

function switchOf(
  { id }: Application,
  kind: string,
  itemId: string,
  status: ClientKey['status'],
  origin: string,
): Body {
  const change = status === 'ACTIVE' ? 'deactivate' : 'activate';
  const href = `${origin}/api/v1/apps/${id}/credentials/${kind}/${itemId}/lifecycle/${change}`;
  return { [change]: hinted(href, 'POST') };
}
