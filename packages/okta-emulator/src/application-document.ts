import { type Application, type ClientKey, type ClientSecret, hashOfSecret, oauthClientOf } from './applications.ts';
import { type Body, objectAt, textsAt } from './documents.ts';
import { type ApiError, invalid } from './error-responses.ts';
import { switchLink } from './management-resource.ts';

/** The API's settings of an OpenID Connect application, without its keys and its secret. */
export interface GivenApplication {
  readonly document: Body;
  readonly keys: readonly Body[];
  readonly clientId: string | undefined;
  readonly secret: string | undefined;
}

const applicationTypes = ['web', 'native', 'browser', 'service'];
const authMethods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'];
const grantTypes = [
  ...['authorization_code', 'client_credentials', 'implicit', 'interaction_code', 'password', 'refresh_token'],
  ...['urn:ietf:params:oauth:grant-type:device_code', 'urn:ietf:params:oauth:grant-type:token-exchange'],
  ...['urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:ietf:params:oauth:grant-type:saml2-bearer'],
  'urn:openid:params:grant-type:ciba',
];
const responseTypes = ['code', 'id_token', 'token'];

const keyMembers = ['kty', 'kid', 'use', 'alg', 'e', 'n', 'crv', 'x', 'y'];
const minRsaBits = 2048;
const maxKeys = 50;

/** The attributes of an application that it has from the start, as recorded at real orgs. */
const defaults = {
  accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null },
  visibility: {
    ...{ autoLaunch: false, autoSubmitToolbar: false, hide: { iOS: true, web: true } },
    appLinks: { oidc_client_link: true },
  },
  settings: {
    ...{ app: {}, manualProvisioning: false, implicitAssignment: false, emOptInStatus: 'NONE' },
    notifications: { vpn: { network: { connection: 'DISABLED' }, message: null, helpUrl: null } },
  },
  oauthClient: {
    ...{ client_uri: null, logo_uri: null, redirect_uris: [], response_types: [], grant_types: [] },
    ...{ consent_method: 'TRUSTED', issuer_mode: 'ORG_URL', wildcard_redirect: 'DISABLED' },
    ...{ idp_initiated_login: { mode: 'DISABLED', default_scope: [] }, dpop_bound_access_tokens: false },
  },
} as const;

/**
 * Reads the body of a request that makes or replaces an application. Throws `ApiError` with every problem.
 *
 * `clientId` is the client id that the application has already, if it does.
 */
export function readApplication(body: Body, clientId?: string): GivenApplication {
  if (body.name !== 'oidc_client' || body.signOnMode !== 'OPENID_CONNECT') {
    throw new Error(
      'The emulator makes OpenID Connect applications only: name oidc_client, signOnMode OPENID_CONNECT.',
    );
  }
  const credentials = objectAt(body, 'credentials');
  const given = objectAt(credentials, 'oauthClient');
  const settings = objectAt(body, 'settings');
  const { jwks, ...client } = objectAt(settings, 'oauthClient');
  const method = given.token_endpoint_auth_method ?? 'client_secret_basic';
  const keys = jwks === undefined || jwks === null ? [] : keysOf(jwks);
  const isRenamed = clientId !== undefined && given.client_id !== undefined && given.client_id !== clientId;
  const problems = [
    ...labelProblems(body.label),
    ...problemsOf(client, method),
    ...(isRenamed ? ["client_id: 'client_id' cannot be changed."] : []),
  ];
  if (problems.length > 0) throw invalid('settings.oauthClient', ...problems);
  checkKeys(keys);

  const {
    id: _,
    status: __,
    created: ___,
    lastUpdated: ____,
    _links: _____,
    _embedded: ______,
    orn: _______,
    features: ________,
    ...kept
  } = body;
  const { client_secret: secret, ...shown } = given;
  const needsPkce = client.application_type !== 'service' && (given.pkce_required ?? method === 'none');
  return {
    clientId: typeof given.client_id === 'string' ? given.client_id : undefined,
    secret: typeof secret === 'string' ? secret : undefined,
    keys,
    document: {
      ...kept,
      accessibility: { ...defaults.accessibility, ...objectAt(body, 'accessibility') },
      visibility: { ...defaults.visibility, ...objectAt(body, 'visibility') },
      features: [],
      credentials: {
        userNameTemplate: { template: `\${source.login}`, type: 'BUILT_IN' },
        ...credentials,
        oauthClient: {
          ...{ autoKeyRotation: true, ...shown, token_endpoint_auth_method: method },
          pkce_required: needsPkce,
        },
      },
      settings: {
        ...{ ...defaults.settings, ...settings },
        notes: { admin: null, enduser: null, ...objectAt(settings, 'notes') },
        oauthClient: { ...defaults.oauthClient, ...client },
      },
    },
  };
}

function labelProblems(label: unknown): readonly string[] {
  return typeof label === 'string' && label !== '' ? [] : ['label: The field cannot be left blank'];
}

function problemsOf(client: Body, method: unknown): readonly string[] {
  const { application_type: type } = client;
  const isRedirected = textsAt(client, 'grant_types').some((grant) =>
    ['authorization_code', 'implicit'].includes(grant),
  );
  const unknown = (name: string, known: readonly string[]) =>
    textsAt(client, name)
      .filter((value) => !known.includes(value))
      .map((value) => `${name}: '${value}' is not a valid value.`);
  return [
    ...(applicationTypes.includes(String(type))
      ? []
      : ["application_type: 'application_type' must be one of 'web, native, browser, service'."]),
    ...(authMethods.includes(String(method)) ? [] : [`token_endpoint_auth_method: '${method}' is not a valid value.`]),
    ...(textsAt(client, 'grant_types').length > 0 ? [] : ["grant_types: 'grant_types' must have at least one value."]),
    ...unknown('grant_types', grantTypes),
    ...unknown('response_types', responseTypes),
    ...(isRedirected && textsAt(client, 'redirect_uris').length === 0
      ? ["redirect_uris: 'redirect_uris' must have at least one value for these grant types."]
      : []),
    ...(isRedirected && textsAt(client, 'response_types').length === 0
      ? ["response_types: 'response_types' must match the grant types."]
      : []),
    ...(textsAt(client, 'grant_types').includes('client_credentials') && type !== 'service'
      ? ["grant_types: 'client_credentials' is for applications of the type 'service'."]
      : []),
    ...(type === 'service' && method === 'none'
      ? ["token_endpoint_auth_method: an application of the type 'service' must authenticate."]
      : []),
  ];
}

function keysOf(jwks: unknown): readonly Body[] {
  const keys = Object(jwks).keys as unknown;
  if (!Array.isArray(keys)) throw invalid('jwks', "jwks: 'jwks' must have a list of keys.");
  return keys as readonly Body[];
}

/** A key as it is kept: its public members. Throws `ApiError` for a key that Okta does not take. */
export function readKey(given: Body): { readonly jwk: Body; readonly status: 'ACTIVE' | 'INACTIVE' } {
  const problem = keyProblem(given);
  if (problem) throw problem;
  const jwk = Object.fromEntries(keyMembers.flatMap((name) => (given[name] == null ? [] : [[name, given[name]]])));
  return { jwk, status: given.status === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE' };
}

function keyProblem(given: Body): ApiError | undefined {
  if (typeof given.d === 'string') return invalid('JsonWebKey', 'The key must not have private members.');
  if (given.kty !== 'RSA' && given.kty !== 'EC') return invalid('JsonWebKey', "The key type must be 'RSA' or 'EC'.");
  if (given.kty === 'EC' && (!given.x || !given.y)) return invalid('JsonWebKey', "An EC key must have 'x' and 'y'.");
  if (given.kty === 'RSA' && (!given.n || !given.e)) return invalid('JsonWebKey', "An RSA key must have 'n' and 'e'.");
  // The first bit of the modulus is set, so its length is that of the bytes, save for leading zeros.
  if (given.kty === 'RSA' && Buffer.from(String(given.n), 'base64url').length * 8 < minRsaBits) {
    return invalid('JsonWebKey', "RSA key length in the 'jwks' is less than '2,048' bits for the given key.");
  }
  return undefined;
}

/** Throws `ApiError` if the keys of an application cannot be told apart, or are too many. */
export function checkKeys(keys: readonly Body[]): void {
  const kids = keys.map(({ kid }) => kid);
  if (keys.length > 1 && (kids.some((kid) => !kid) || new Set(kids).size < kids.length)) {
    throw invalid('JsonWebKey', "All keys in the 'jwks' must have a unique `kid`.");
  }
  if (keys.length > maxKeys) {
    throw invalid(
      'JsonWebKey',
      `You can't create a new key. You have reached the maximum number of keys allowed (${maxKeys}). To add another key, you must first delete an existing one.`,
    );
  }
  keys.forEach(readKey);
}

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
      ...switchLink(href, status),
    },
  };
}

const credentialHref = ({ id }: Application, kind: string, itemId: string, origin: string) =>
  `${origin}/api/v1/apps/${id}/credentials/${kind}/${itemId}`;

/** A public key as `credentials/jwks` lists it. */
export function keyItem(application: Application, key: ClientKey, origin: string): Body {
  const { id, status, created, lastUpdated, jwk } = key;
  const _links = switchLink(credentialHref(application, 'jwks', id, origin), status);
  return { ...jwk, id, status, created, lastUpdated, _links };
}

/** A secret as `credentials/secrets` lists it. Trap: it is in clear text, as at Okta. */
export function secretItem(application: Application, secret: ClientSecret, origin: string): Body {
  const { id, status, created, lastUpdated, value } = secret;
  const _links = switchLink(credentialHref(application, 'secrets', id, origin), status);
  return { id, status, created, lastUpdated, client_secret: value, secret_hash: hashOfSecret(value), _links };
}
