import type { OktaEmulator } from '../emulators/okta/okta-emulator.ts';

/** What was written to disk for people and tools that want a path. */
export interface OktaFiles {
  readonly ca: string;
  /** The service application's private key, as a JWK. */
  readonly privateKey: string;
}

export interface OktaDescription {
  readonly domain: string;
  readonly servers: readonly { id: string; issuer: string; audience: string; discovery: string }[];
  readonly clients: OktaEmulator['clients'];
  readonly person: OktaEmulator['person'];
  readonly apiToken: string;
  readonly statusPageUrl: string;
  readonly statusFeedUrl: string;
  readonly files: OktaFiles;
  /** Ready to be pasted. */
  readonly commands: readonly string[];
}

/** All that somebody needs to use a running embedded Okta. */
export function describeOkta(okta: OktaEmulator, files: OktaFiles): OktaDescription {
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
    person: okta.person,
    apiToken: okta.apiToken,
    statusPageUrl: okta.statusPageUrl,
    statusFeedUrl: okta.statusFeedUrl,
    files,
    commands: [
      `curl --cacert ${files.ca} -u '${secret.clientId}:${secret.clientSecret}' ` +
        `-d grant_type=client_credentials -d scope=${secret.scopes[0]} ${okta.issuers.default}/v1/token`,
      `curl --cacert ${files.ca} -H 'Authorization: SSWS ${okta.apiToken}' '${okta.origin}/api/v1/users?limit=1'`,
    ],
  };
}

type Row = readonly [label: string, value: string];

/** The same for eyes: titled, with values aligned. `title` may colour. */
export function formatDescription(description: OktaDescription, title: (text: string) => string): string {
  const { servers, clients, person, apiToken, statusPageUrl, statusFeedUrl, files, commands } = description;
  const sections: readonly [heading: string, rows: readonly Row[]][] = [
    ...servers.map(({ id, issuer, audience, discovery }): [string, Row[]] => [
      id === 'org' ? 'Org authorization server' : `Custom authorization server ${id}`,
      [
        ['issuer', issuer],
        ['audience', audience],
        ['discovery', discovery],
      ],
    ]),
    [
      'Service application (private_key_jwt)',
      [
        ['client id', clients.service.clientId],
        ['private key', files.privateKey],
        ['Org scopes', clients.service.orgScopes.join(' ')],
        ['custom scopes', clients.service.customScopes.join(' ')],
      ],
    ],
    [
      'Client with a secret (custom servers only)',
      [
        ['client id', clients.secret.clientId],
        ['client secret', clients.secret.clientSecret],
        ['scopes', clients.secret.scopes.join(' ')],
      ],
    ],
    [
      'Web application',
      [
        ['client id', clients.web.clientId],
        ['client secret', clients.web.clientSecret],
        ['redirect URI', clients.web.redirectUri],
        ['person', `${person.login} / ${person.password}`],
      ],
    ],
    ['Management API', [['SSWS token', apiToken]]],
    [
      'Status page',
      [
        ['page', statusPageUrl],
        ['feed', statusFeedUrl],
      ],
    ],
    ['Trust', [['CA', files.ca]]],
  ];
  const width = Math.max(...sections.flatMap(([, rows]) => rows.map(([label]) => label.length)));
  const blocks = sections.map(([heading, rows]) =>
    [title(heading), ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join('\n'),
  );
  return [...blocks, [title('Try it'), ...commands.map((command) => `  ${command}`)].join('\n')].join('\n\n');
}
