import {
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretPost,
  modifyAssertion,
  PrivateKeyJwt,
} from 'oauth4webapi';
import type { Secret } from '../aws/secrets.ts';
import type { ClientAuthentication } from '../model/org.ts';
import { privateKeyOf } from './private-key.ts';
import { textOf } from './secret-members.ts';

/** Creates the client authentication for one endpoint from a secret. Throws `SecretUnreadable`. */
type AuthenticationFactory = (secret: Secret, name: string, endpoint: string) => Promise<ClientAuth> | ClientAuth;

/**
 * One factory per authentication method.
 *
 * Trap: Okta requires the called endpoint, not the issuer, as the audience of a client assertion. It rejects an
 * assertion for /token at /introspect.
 * https://developer.okta.com/docs/guides/build-self-signed-jwt/js/main/
 */
export const authenticationFactories: Readonly<Record<ClientAuthentication, AuthenticationFactory>> = {
  client_secret_basic: (secret, name) => clientSecretBasic(textOf(secret, name, 'clientSecret')),
  client_secret_post: (secret, name) => ClientSecretPost(textOf(secret, name, 'clientSecret')),
  private_key_jwt: async (secret, name, endpoint) =>
    PrivateKeyJwt(await privateKeyOf(secret, name), {
      [modifyAssertion]: (_header, payload) => {
        payload.aud = endpoint;
      },
    }),
};

/** Makes a client's authentication ahead of its request. The first use takes it, and each later one makes another. */
export async function prepareAuthentication(
  authentication: ClientAuth,
  server: AuthorizationServer,
  client: Client,
): Promise<ClientAuth> {
  const prepared = { body: new URLSearchParams(), headers: new Headers() };
  await authentication(server, client, prepared.body, prepared.headers);
  let isUsed = false;
  return (as, same, body, headers) => {
    if (isUsed) return authentication(as, same, body, headers);
    isUsed = true;
    for (const [name, value] of prepared.body) body.set(name, value);
    for (const [name, value] of prepared.headers) headers.set(name, value);
    return undefined;
  };
}

/**
 * Encodes the credentials with `encodeURIComponent` rather than RFC 6749's form encoding. Form encoding would escape
 * `-` and `_`, which Okta's ids and secrets often contain, and a server that does not decode them would reject the
 * client. A server that does decode them gets the same value either way.
 */
function clientSecretBasic(clientSecret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const credentials = [client.client_id, clientSecret].map(encodeURIComponent).join(':');
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}
