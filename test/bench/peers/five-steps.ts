/** Discovery, keys, a token by client credentials, its verification, and introspection, at one server. */
export interface FiveSteps {
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
  readonly scope: string;
}

export function addressesOf({ issuer }: FiveSteps) {
  return {
    discovery: `${issuer}/.well-known/openid-configuration`,
    ...{ keys: `${issuer}/v1/keys`, token: `${issuer}/v1/token`, introspect: `${issuer}/v1/introspect` },
  };
}
