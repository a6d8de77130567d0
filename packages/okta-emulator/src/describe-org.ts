import type { KeptOrg, OrgFiles } from './kept-org.ts';
import type { OktaEmulator } from './okta-emulator.ts';

/** The URLs, clients and credentials needed to use a running emulator. */
export interface OrgDescription
  extends Pick<
    OktaEmulator,
    'domain' | 'clients' | 'user' | 'users' | 'samlApps' | 'apiToken' | 'adminToken' | 'statusPageUrl'
  > {
  readonly servers: readonly { id: string; issuer: string; audience: string; discovery: string }[];
  readonly files: OrgFiles;
  /** Shell commands to paste. */
  readonly commands: Readonly<Record<'token' | 'users', string>>;
}

export function describeOrg({ okta, files }: KeptOrg): OrgDescription {
  const { domain, clients, user, users, samlApps, apiToken, adminToken, statusPageUrl } = okta;
  const { clientId, clientSecret, scopes } = clients.secret;
  return {
    domain,
    servers: okta.servers.map((id) => ({
      id,
      issuer: okta.issuers[id],
      audience: okta.audiences[id],
      discovery: `${okta.issuers[id]}/.well-known/openid-configuration`,
    })),
    clients,
    user,
    users,
    samlApps,
    apiToken,
    adminToken,
    statusPageUrl,
    files,
    commands: {
      token:
        `secret='${clientSecret}'; curl ${okta.issuers.default}/v1/token --cacert ${files.ca} ` +
        `-u "${clientId}:$secret" -d grant_type=client_credentials -d scope=${scopes[0]}`,
      users: `curl '${okta.origin}/api/v1/users?limit=1' --cacert ${files.ca} -H 'Authorization: SSWS ${apiToken}'`,
    },
  };
}

/** A label with a value, or with several values on a line each. */
type Row = readonly [label: string, ...values: readonly string[]];
type Section = readonly [heading: string, ...rows: readonly Row[]];

/**
 * The description as text, in sections with aligned values. `title` may add colour.
 *
 * It fits 80 columns, unless the path of the folder for its files is long.
 */
export function formatOrg(
  description: OrgDescription,
  title: (text: string) => string = (text) => text,
  more: readonly Section[] = [],
): string {
  const sections = [...sectionsOf(description), ...more];
  const width = Math.max(...sections.flatMap(([, ...rows]) => rows.map(([label]) => label.length)));
  const blocks = sections.map(([heading, ...rows]) => [title(heading), ...rows.flatMap((row) => rowLines(row, width))]);
  const discovery = [title('Discovery'), '  <issuer>/.well-known/openid-configuration'];
  const examples = [title('Examples'), ...Object.values(description.commands).map(commandLines)];
  return [...blocks, discovery, examples].map((lines) => lines.join('\n')).join('\n\n');
}

function sectionsOf(description: OrgDescription): readonly Section[] {
  const { servers, clients, users, samlApps, files } = description;
  const { service, dpop, secret, web, dpopWeb, spa } = clients;
  const webRows = ({ clientId, clientSecret, redirectUri }: typeof web): Row[] => [
    ['client id', clientId],
    ['secret', clientSecret],
    ['redirect URI', redirectUri],
  ];
  return [
    ...servers.map(
      ({ id, issuer, audience }): Section => [
        id === 'org' ? 'Org authorization server' : `Custom authorization server ${id}`,
        ['issuer', issuer],
        ['audience', audience],
        ['scopes', ...(id === 'org' ? service.orgScopes : service.customScopes)],
      ],
    ),
    ['Service application (private_key_jwt)', ['client id', service.clientId], ['private key', files.privateKey]],
    ['Service application that requires DPoP', ['client id', dpop.clientId], ['private key', files.dpopPrivateKey]],
    ['Client with a secret (custom servers only)', ['client id', secret.clientId], ['secret', secret.clientSecret]],
    ['Web application', ...webRows(web)],
    ['Web application that requires DPoP', ...webRows(dpopWeb)],
    ['Single-page application (PKCE, no secret)', ['client id', spa.clientId], ['redirect URI', spa.redirectUri]],
    ...Object.entries(users).map(
      ([name, { login, password, totpSecret }]): Section => [
        `User ${name}`,
        ['username', login],
        ['password', password],
        ...(totpSecret === undefined ? [] : [['TOTP secret', totpSecret] as const]),
      ],
    ),
    ...Object.entries(samlApps).map(
      ([name, { entityId, metadataUrl }]): Section => [
        `SAML application ${name}`,
        ['entity id', entityId],
        ['metadata at', new URL(metadataUrl).pathname],
      ],
    ),
    ['Management API', ['read-only', description.apiToken], ['super admin', description.adminToken]],
    ['Status page', ['page', description.statusPageUrl]],
    ['CA certificate to trust', ['file', files.ca]],
  ];
}

function rowLines([label, ...values]: Row, width: number): readonly string[] {
  return values.map((value, index) => `  ${(index === 0 ? label : '').padEnd(width)}  ${value}`);
}

/** Puts each option of a command that does not fit into 80 columns on its own line, still ready to paste. */
function commandLines(command: string): string {
  if (command.length <= 78) return `  ${command}`;
  return `  ${command.replaceAll(/ (?=--? ?\w|npm|NODE_)/g, ' \\\n    ').replace('; ', '\n  ')}`;
}
