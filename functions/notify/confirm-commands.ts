import type { FindingDefinition } from '../findings/definition.ts';
import { findings } from '../findings/finding.ts';
import type { Exchange, RequestAuthentication } from '../model/exchange.ts';
import type { LogLine } from '../model/log-line.ts';
import type { Endpoint } from '../model/probe.ts';
import { formatTarget } from '../model/target.ts';
import { apiScopes, locate } from '../okta/endpoints.ts';

/**
 * The commands that show a failure from a laptop: the request that failed, with placeholders for everything that the log
 * does not hold, and the probe itself, which authenticates with the monitor's own credentials.
 *
 * Trap: people paste them into a shell. Only a plain URL and plain names are filled in.
 *
 * @param related the latest outcomes of the same server. A probe that verifies what another one received makes no request.
 */
export function confirmCommands(
  code: string,
  outcome: LogLine | undefined,
  related: readonly LogLine[] = [],
): readonly string[] {
  const known: FindingDefinition | undefined = Object.entries(findings).find(([each]) => each === code)?.[1];
  if (known?.isWorsenedByRepeating) return [];
  const { verify = '' } = known ?? {};
  if (!outcome) return isBelowHttp(verify) ? [verify] : [];
  const exchange = requestOf(outcome) ?? related.map(requestOf).find((request) => request !== undefined);
  return [exchange && commandFor(verify, exchange, outcome), checkCommand(outcome)].filter(
    (command) => command !== undefined,
  );
}

/** The host that an outcome's requests went to, with its port if it is not 443. */
export function hostOf(outcome: LogLine | undefined): string | undefined {
  const request = outcome && requestOf(outcome);
  return request && new URL(request.url).host;
}

/** The last request of an outcome whose URL can be pasted into a shell. */
function requestOf({ exchanges }: LogLine): Exchange | undefined {
  const last = exchanges.at(-1);
  return last && /^https:\/\/[\w.:/~-]+$/.test(last.url) && URL.canParse(last.url) ? last : undefined;
}

function commandFor(verify: string, exchange: Exchange, { probe, status }: LogLine): string | undefined {
  const { host, port } = new URL(exchange.url);
  if (isBelowHttp(verify)) {
    return verify.replaceAll('DOMAIN:443', port === '' ? `${host}:443` : host).replaceAll('DOMAIN', host);
  }
  const located = exchange.ofResource ? undefined : locate(exchange.url);
  if (located && unrepeatable.includes(located.endpoint)) return undefined;
  const isAboutToken = probe === 'verify' && status === 'failed' && located?.endpoint === 'token';
  const isTimed = verify.includes('%{time_');
  const show = isAboutToken ? '-s' : isTimed ? '-so /dev/null -w "%{http_code} %{time_starttransfer}\\n"' : '-i';
  const shape = located ? shapes[located.endpoint]?.(exchange, probe) : exchange.ofResource && accessTokenOf(exchange);
  const proof = exchange.proof ? ['-H "DPoP: $DPOP_PROOF"'] : [];
  return [`curl ${show} ${exchange.url}`, ...(shape || []), ...proof, ...(isAboutToken ? [decodeToken] : [])].join(' ');
}

/** DNS, TCP, TLS and AWS have commands of their own, which the finding names. */
function isBelowHttp(verify: string): boolean {
  return /^(dig|nc|openssl|aws) /.test(verify);
}

/** Shows the claims of the token, as the probe judged them. */
const decodeToken = `| jq -r '.access_token | split(".")[1] | gsub("-";"+") | gsub("_";"/") | @base64d'`;

type Shape = (exchange: Exchange, probe: string) => readonly string[];

const field = (name: string, variable: string) => `--data-urlencode "${name}=$${variable}"`;

/** The grants that the journey's probes redeem. A map, because the log may name any probe, even `__proto__`. */
const grants: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    code: [
      '-d grant_type=authorization_code',
      field('code', 'CODE'),
      field('redirect_uri', 'REDIRECT_URI'),
      field('code_verifier', 'CODE_VERIFIER'),
    ],
    refresh: ['-d grant_type=refresh_token', field('refresh_token', 'REFRESH_TOKEN')],
  }),
);

/**
 * Requests that cannot be repeated in a shell: a step of a sign-in is meaningless without the previous ones, and passwords do not belong
 * in a command. An answer with secrets does not belong in a terminal.
 */
const unrepeatable: readonly Endpoint[] = [
  'sign-in-introspect',
  'sign-in-identify',
  'sign-in-challenge',
  'sign-in-answer',
  'sign-in-cancel',
  'sign-in-redirect',
  'primary-authentication',
  'factor-verification',
  'session',
  'client-secrets',
];

const authorizationRequest: readonly string[] = [
  '-d response_type=code -d state=confirm -d code_challenge_method=S256',
  // The example of RFC 7636, appendix B.
  '-d code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  field('scope', 'SCOPE'),
];

const ofManagementApi = Object.fromEntries(
  Object.keys(apiScopes).map((endpoint) => [endpoint, (exchange: Exchange) => accessTokenOf(exchange)]),
) as Readonly<Partial<Record<Endpoint, Shape>>>;

/** How a request to each endpoint looks, apart from its URL. Endpoints that take no parameters are not listed. */
const shapes: Readonly<Partial<Record<Endpoint, Shape>>> = {
  ...ofManagementApi,
  token: ({ authentication }, probe) => [
    ...(grants.get(probe) ?? [
      '-d grant_type=client_credentials',
      probe === 'refuses-custom-scope' ? '-d scope=okta-synthetics.negative-test' : field('scope', 'SCOPE'),
    ]),
    ...credentials[authentication ?? 'private_key_jwt'],
  ],
  par: ({ authentication }) => [
    ...authorizationRequest,
    field('redirect_uri', 'REDIRECT_URI'),
    ...(authentication ? credentials[authentication] : [field('client_id', 'CLIENT_ID')]),
  ],
  userinfo: (exchange) => accessTokenOf(exchange),
  revoke: ({ authentication }) => [field('token', 'ACCESS_TOKEN'), ...credentials[authentication ?? 'private_key_jwt']],
  logout: () => ['-G', field('id_token_hint', 'ID_TOKEN')],
  introspect: ({ authentication }) => [
    field('token', 'ACCESS_TOKEN'),
    '-d token_type_hint=access_token',
    ...credentials[authentication ?? 'private_key_jwt'],
  ],
  authorize: (_, probe) => [
    `-G${probe === 'sign-in' ? '' : ' -d prompt=none'}`,
    ...authorizationRequest,
    field('client_id', 'CLIENT_ID'),
    probe === 'refuses-unknown-redirect-uri'
      ? '-d redirect_uri=https://okta-synthetics.invalid/callback'
      : field('redirect_uri', 'REDIRECT_URI'),
  ],
  users: (exchange) => ['-G -d limit=1', ...accessTokenOf(exchange)],
};

const credentials: Readonly<Record<RequestAuthentication, readonly string[]>> = {
  private_key_jwt: [
    field('client_id', 'CLIENT_ID'),
    '-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    field('client_assertion', 'CLIENT_ASSERTION'),
  ],
  client_secret_basic: ['-u "$CLIENT_ID:$CLIENT_SECRET"'],
  client_secret_post: [field('client_id', 'CLIENT_ID'), field('client_secret', 'CLIENT_SECRET')],
  api_token: ['-H "Authorization: SSWS $API_TOKEN"'],
  access_token: ['-H "Authorization: Bearer $ACCESS_TOKEN"'],
};

/** The headers with which a request uses a token: bound to a key or not, or an API token. */
function accessTokenOf({ authentication = 'api_token', proof }: Exchange): readonly string[] {
  return proof ? ['-H "Authorization: DPoP $ACCESS_TOKEN"'] : credentials[authentication];
}

/**
 * Runs the probe on the reader's own machine.
 *
 * Trap: a sign-in that fails must not be repeated. It would send the password of a user who may be locked.
 */
function checkCommand({ org, probe, server }: LogLine): string | undefined {
  if (probe === 'sign-in') return undefined;
  const target = formatTarget({ probe, server });
  return /^[\w-]+$/.test(org) && /^[\w@-]+$/.test(target)
    ? `npm run check -- --org ${org} --probe ${target}`
    : undefined;
}
