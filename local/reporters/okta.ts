import type { OktaEmulator } from '../emulators/okta/index.ts';
import type { OktaFiles } from '../runner/kept-org.ts';

export interface OktaDescription {
  readonly domain: string;
  readonly servers: readonly { id: string; issuer: string; audience: string; discovery: string }[];
  readonly clients: OktaEmulator['clients'];
  readonly user: OktaEmulator['user'];
  readonly users: OktaEmulator['users'];
  readonly samlApps: OktaEmulator['samlApps'];
  readonly apiToken: string;
  readonly adminToken: string;
  readonly statusPageUrl: string;
  readonly statusFeedUrl: string;
  readonly files: OktaFiles;
  /** The failures that happen now, and where to choose others. */
  readonly cases: { readonly url: string; readonly active: readonly string[] };
  /** Shell commands to paste. */
  readonly commands: Readonly<Record<'token' | 'users' | 'check' | 'setup' | 'fail' | 'mend', string>>;
}

/** The URLs, clients and credentials needed to use a running Okta emulator. */
export function describeOkta(
  okta: OktaEmulator,
  { files, cases }: Pick<OktaDescription, 'files' | 'cases'>,
): OktaDescription {
  const { secret } = okta.clients;
  return {
    domain: okta.domain,
    servers: okta.servers.map((id) => ({
      id,
      issuer: okta.issuers[id],
      audience: okta.audiences[id],
      discovery: `${okta.issuers[id]}/.well-known/openid-configuration`,
    })),
    clients: okta.clients,
    user: okta.user,
    users: okta.users,
    samlApps: okta.samlApps,
    apiToken: okta.apiToken,
    adminToken: okta.adminToken,
    statusPageUrl: okta.statusPageUrl,
    statusFeedUrl: okta.statusFeedUrl,
    files,
    cases,
    commands: {
      token:
        `secret='${secret.clientSecret}'; curl ${okta.issuers.default}/v1/token --cacert ${files.ca} ` +
        `-u "${secret.clientId}:$secret" -d grant_type=client_credentials -d scope=${secret.scopes[0]}`,
      users: `curl '${okta.origin}/api/v1/users?limit=1' --cacert ${files.ca} -H 'Authorization: SSWS ${okta.apiToken}'`,
      check: `NODE_EXTRA_CA_CERTS=${files.ca} npm run check -- --config ${files.config} --secrets ${files.secrets}`,
      setup:
        `OKTA_API_TOKEN=${okta.adminToken} NODE_EXTRA_CA_CERTS=${files.ca} npm run setup -- --domain ${okta.domain} ` +
        '--org local --server default --secrets local-secrets.json --dry-run',
      fail: `curl -X PUT ${cases.url}/O1@token@default`,
      mend: `curl -X DELETE ${cases.url}`,
    },
  };
}

/** A label with a value, or with several values on a line each. */
type Row = readonly [label: string, ...values: readonly string[]];

/**
 * The description as text, in sections with aligned values. `title` may add colour.
 *
 * It fits 80 columns, unless the path of the folder for temporary files is long.
 */
export function formatDescription(description: OktaDescription, title: (text: string) => string): string {
  const {
    servers,
    clients,
    users,
    samlApps,
    apiToken,
    adminToken,
    statusPageUrl,
    statusFeedUrl,
    files,
    cases,
    commands,
  } = description;
  const sections: readonly [heading: string, rows: readonly Row[]][] = [
    ...servers.map(({ id, issuer, audience }): [string, Row[]] => [
      id === 'org' ? 'Org authorization server' : `Custom authorization server ${id}`,
      [
        ['issuer', issuer],
        ['audience', audience],
        ['scopes', ...(id === 'org' ? clients.service.orgScopes : clients.service.customScopes)],
      ],
    ]),
    [
      'Service application (private_key_jwt)',
      [
        ['client id', clients.service.clientId],
        ['private key', files.privateKey],
      ],
    ],
    [
      'Service application that requires DPoP',
      [
        ['client id', clients.dpop.clientId],
        ['private key', files.dpopPrivateKey],
      ],
    ],
    [
      'Client with a secret (custom servers only)',
      [
        ['client id', clients.secret.clientId],
        ['secret', clients.secret.clientSecret],
      ],
    ],
    [
      'Web application',
      [
        ['client id', clients.web.clientId],
        ['secret', clients.web.clientSecret],
        ['redirect URI', clients.web.redirectUri],
      ],
    ],
    [
      'Web application that requires DPoP',
      [
        ['client id', clients.dpopWeb.clientId],
        ['secret', clients.dpopWeb.clientSecret],
        ['redirect URI', clients.dpopWeb.redirectUri],
      ],
    ],
    [
      'Single-page application (PKCE, no secret)',
      [
        ['client id', clients.spa.clientId],
        ['redirect URI', clients.spa.redirectUri],
      ],
    ],
    ...Object.entries(users).map(([name, { login, password, totpSecret }]): [string, Row[]] => [
      `User ${name}`,
      [
        ['username', login],
        ['password', password],
        ...(totpSecret === undefined ? [] : [['TOTP secret', totpSecret] as const]),
      ],
    ]),
    ...Object.entries(samlApps).map(([name, { entityId, metadataUrl }]): [string, Row[]] => [
      `SAML application ${name}`,
      [
        ['entity id', entityId],
        ['metadata at', new URL(metadataUrl).pathname],
      ],
    ]),
    [
      'Management API',
      [
        ['read-only', apiToken],
        ['super admin', adminToken],
      ],
    ],
    [
      'Status page',
      [
        ['page', statusPageUrl],
        ['feed', statusFeedUrl],
      ],
    ],
    ['CA certificate to trust', [['file', files.ca]]],
    [
      'Failures',
      [
        ['now', cases.active.length > 0 ? cases.active.join(', ') : 'none'],
        ['choose', cases.url],
      ],
    ],
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(([label]) => label.length)));
  const blocks = sections.map(([heading, rows]) => [title(heading), ...rows.flatMap((row) => rowLines(row, width))]);
  const discovery = [title('Discovery'), '  <issuer>/.well-known/openid-configuration'];
  const examples = [title('Examples'), ...Object.values(commands).map(commandLines)];
  return [...blocks, discovery, examples].map((lines) => lines.join('\n')).join('\n\n');
}

function rowLines([label, ...values]: Row, width: number): readonly string[] {
  return values.map((value, index) => `  ${(index === 0 ? label : '').padEnd(width)}  ${value}`);
}

/** A command that does not fit into 80 columns has each option on its own line. It is still ready to paste. */
function commandLines(command: string): string {
  if (command.length <= 78) return `  ${command}`;
  return `  ${command.replaceAll(/ (?=--? ?\w|npm|NODE_)/g, ' \\\n    ').replace('; ', '\n  ')}`;
}
