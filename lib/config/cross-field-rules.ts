import { burnRates } from '../../functions/findings/slo.ts';
import { health as healthProbeList } from '../../functions/probes/index.ts';
import { mostOrgs, mostStacks } from '../limits/fleet-limits.ts';
import type { Problem } from './config-error.ts';
import { drillReceiverProblems, receiverProblems } from './receiver.ts';
import { pageOf } from './resolve-org.ts';
import type { ConfigInput } from './schema.ts';

/** A configuration in which malformed fields are `undefined`, so that any field may be absent. */
type Partially<T> = T extends readonly (infer Item)[]
  ? readonly (Partially<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Partially<T[Key]> | undefined }
    : T;

export type PartialConfig = Partially<ConfigInput>;
type PartialOrg = Partially<ConfigInput['orgs'][number]>;
type PartialServer = Partially<NonNullable<ConfigInput['orgs'][number]['servers']>[number]>;
type PartialAlerts = Pick<NonNullable<PartialConfig['alerts']>, 'pages' | 'tickets' | 'drills'>;
type Path = readonly PropertyKey[];

/** Well-formed fields that contradict each other, or that Okta would refuse together. */
export function crossFieldProblems(config: PartialConfig): readonly Problem[] {
  const orgs = indexed(config.orgs, ['orgs']);
  return [
    ...tooManyProblems(orgs.length),
    ...noneEnabledProblems(orgs.map(([org]) => org)),
    ...alertsProblems(config.alerts, ['alerts']),
    ...maintenanceProblems(config),
    ...duplicateProblems(
      orgs,
      'name',
      'is the name of another org: org names must be unique, because metrics are stored by name',
    ),
    ...sloProblems(config),
    ...orgs.flatMap(([org, path]) => orgProblems(org, path)),
    ...tellProblems(config, orgs),
  ];
}

/** What is told of a page needs a page: there is none for Okta's government and military clouds. */
function tellProblems(config: PartialConfig, orgs: readonly (readonly [PartialOrg, Path])[]): readonly Problem[] {
  return orgs.flatMap(([{ domain, statusPage }, path]) => {
    const hasPage = (statusPage?.page ?? config.statusPage?.page) !== undefined || domain === undefined;
    if (statusPage?.tell === undefined || hasPage || pageOf(domain) !== undefined) return [];
    const message = `has no effect: no status page is known for ${domain}. Set "statusPage.page", or remove it`;
    return [{ path: [...path, 'statusPage', 'tell'], message }];
  });
}

/** The short window of the fast burn-rate alarm must have a run. */
function sloProblems(config: PartialConfig): readonly Problem[] {
  const { shortMinutes } = burnRates.fast;
  const slow = indexed(config.orgs, ['orgs']).filter(([{ slo = config.slo, enabled, intervalMinutes }]) => {
    const flows = intervalMinutes?.flows ?? config.intervalMinutes?.flows ?? 1;
    return slo !== undefined && enabled !== false && flows > shortMinutes;
  });
  return [
    ...slow.map(([org, path]) => ({
      path: org.slo ? [...path, 'slo'] : [...path],
      message: `${org.slo ? '' : 'has the "slo" of the file, which '}needs runs at least every ${shortMinutes} minutes: set "intervalMinutes.flows" to ${shortMinutes} or less`,
    })),
    ...[[config, []] as const, ...indexed(config.orgs, ['orgs'])].flatMap(([{ slo }, path]) => {
      const domains = slo?.domains ?? [];
      return domains.flatMap((domain, at) =>
        domain !== undefined && domains.indexOf(domain) < at
          ? [{ path: [...path, 'slo', 'domains', at], message: `is in the list twice: remove one ${domain}` }]
          : [],
      );
    }),
  ];
}

/** Trap: CloudFormation would say so only in the middle of a deployment. */
function tooManyProblems(count: number): readonly Problem[] {
  if (count <= mostOrgs) return [];
  const message = `has ${count} orgs, and ${mostOrgs} are the most: each is a stack, and CloudFormation allows ${mostStacks} in an account and Region. Move some to a deployment in another account or Region`;
  return [{ path: ['orgs'], message }];
}

function noneEnabledProblems(orgs: readonly PartialOrg[]): readonly Problem[] {
  if (orgs.length === 0 || orgs.some(({ enabled }) => enabled !== false)) return [];
  return [{ path: ['orgs'], message: 'has no enabled org: remove "enabled": false from one, or run cdk destroy' }];
}

function alertsProblems(alerts: PartialAlerts | undefined, path: Path): readonly Problem[] {
  return (['pages', 'tickets', 'drills'] as const).flatMap((list) => {
    const receivers = indexed(alerts?.[list], [...path, list]);
    return [
      ...receivers.flatMap(([receiver, at]) => [
        ...receiverProblems(receiver, at),
        ...(list === 'drills' ? drillReceiverProblems(receiver, at) : []),
      ]),
      ...duplicateProblems(receivers, 'name', 'is the name of another receiver of this list'),
    ];
  });
}

function maintenanceProblems(config: PartialConfig): readonly Problem[] {
  const windows = indexed(config.alerts?.maintenance, ['alerts', 'maintenance']);
  const orgNames = (config.orgs ?? []).flatMap((org) => org?.name ?? []);
  // A window may refer to an org whose name is malformed.
  const areAllNamesValid = orgNames.length > 0 && orgNames.length === config.orgs?.length;
  return [
    ...duplicateProblems(windows, 'name', 'is the name of another window: window names must be unique'),
    ...windows.flatMap(([{ orgs }, path]) =>
      indexed(orgs, [...path, 'orgs'])
        .filter(([name]) => areAllNamesValid && !orgNames.includes(name))
        .map(([, at]) => ({ path: at, message: `is not an org in this file. Orgs: ${orgNames.join(', ')}` })),
    ),
  ];
}

function orgProblems(org: PartialOrg, path: Path): readonly Problem[] {
  const servers = indexed(org.servers, [...path, 'servers']);
  return [
    ...alertsProblems(org.alerts, [...path, 'alerts']),
    ...('servers' in org ? [] : serviceProblems(org, { id: 'org' }, path, [...path, 'servers'])),
    ...duplicateProblems(servers, 'id', 'is the ID of another server of this org: remove one of the two'),
    ...servers.flatMap(([server, at]) => [
      ...audienceProblems(server, at),
      ...expectedClaimsProblems(server, at),
      ...refreshTokenProblems(server, at),
      ...serviceProblems(org, server, path, at),
      ...resourceProblems(org, server, at),
      ...boundTokenProblems(org, server.web, [...at, 'web']),
    ]),
    ...boundTokenProblems(org, org.web, [...path, 'web']),
    ...timeoutProblems(org, path),
    ...userProblems(org, path),
    ...samlProblems(org, path),
    ...healthProblems(org, path),
    ...systemLogProblems(org, path),
    ...(org.api ? exactlyOneProblems(org.api, ['token', 'client'], [...path, 'api']) : []),
    ...indexed(org.api?.client?.scopes, [...path, 'api', 'client', 'scopes'])
      .filter(([scope]) => !isOktaScope(scope))
      .map(([, at]) => ({ path: at, message: 'is not a scope of the management API: use one that begins with okta.' })),
  ];
}

function audienceProblems(server: PartialServer, path: Path): readonly Problem[] {
  if (server.id !== 'org' || server.audience === undefined) return [];
  return [{ path: [...path, 'audience'], message: opaqueTokens }];
}

function expectedClaimsProblems(server: PartialServer, path: Path): readonly Problem[] {
  if (server.id !== 'org' || server.expects?.claims === undefined) return [];
  return [{ path: [...path, 'expects', 'claims'], message: opaqueTokens }];
}

const opaqueTokens = 'does not apply to the Org server, whose access tokens are opaque: remove it';

function refreshTokenProblems({ expects }: PartialServer, path: Path): readonly Problem[] {
  if (expects?.refreshTokenLeewaySeconds === undefined || expects.refreshTokenRotation !== false) return [];
  const message = 'contradicts "refreshTokenRotation": false: a refresh token that is not replaced has no grace period';
  return [{ path: [...path, 'expects', 'refreshTokenLeewaySeconds'], message }];
}

function resourceProblems(org: PartialOrg, server: PartialServer, path: Path): readonly Problem[] {
  const { resource } = server;
  if (!resource) return [];
  const at = [...path, 'resource'];
  const needed = resource.token === 'user' ? 'user' : 'service';
  if (needed === 'user' ? !('user' in org) : !('service' in org || 'service' in server))
    return [{ path: at, message: `needs a token: set "${needed}"` }];
  if (server.id !== 'org') return [];
  const message = 'does not apply to the Org server, whose access tokens are for Okta alone: remove it';
  return [{ path: at, message }];
}

function samlProblems(org: PartialOrg, path: Path): readonly Problem[] {
  const apps = indexed(org.samlApps, [...path, 'samlApps']);
  const [first] = apps;
  return [
    ...(first && !('user' in org) ? [{ path: first[1], message: 'needs a test user to sign on: set "user"' }] : []),
    ...duplicateProblems(apps, 'name', 'is the name of another SAML application of this org'),
    ...apps.flatMap(([{ ssoUrl }, at]) =>
      ssoUrl === undefined || org.domain === undefined || URL.parse(ssoUrl)?.host === org.domain
        ? []
        : [{ path: [...at, 'ssoUrl'], message: `must be on ${org.domain}, where the test user has its session` }],
    ),
  ];
}

/** Checks that use the management API, and announcements at certain times. */
function healthProblems(org: PartialOrg, path: Path): readonly Problem[] {
  const { health } = org;
  if (!health) return [];
  const at = [...path, 'health'];
  const { ticket = [30, 14], page = [7, 1] } = health.expiryDays ?? {};
  const latestTicket = Math.min(...ticket.filter((days) => days !== undefined));
  const late = indexed(page, [...at, 'expiryDays', 'page']).filter(([days]) => days >= latestTicket);
  const isDefault = health.expiryDays?.page === undefined;
  return [
    ...('api' in org ? [] : [{ path: at, message: 'needs a credential for the management API: set "api"' }]),
    ...(health.applications && health.allApplications
      ? [{ path: [...at, 'applications'], message: 'has no effect with "allApplications": remove one of the two' }]
      : []),
    ...(health.readSecrets && !health.clients
      ? [{ path: [...at, 'readSecrets'], message: 'needs applications whose secrets are checked: set "clients"' }]
      : []),
    ...late.slice(0, isDefault ? 1 : late.length).map(([, where]) => ({
      path: isDefault ? [...at, 'expiryDays'] : where,
      message: isDefault
        ? `must leave days for its pages: "page" (${page.join(', ')}) must be less than each of "ticket" (${ticket.join(', ')})`
        : `must be less than each of "ticket" (${ticket.join(', ')}): a page comes after the tickets`,
    })),
    ...requiredProblems(org, [...at, 'required']),
  ];
}

/** A probe that must be able to check needs a scope of those that the client asks for. */
function requiredProblems({ api, health }: PartialOrg, path: Path): readonly Problem[] {
  const scopes = api?.client && ['okta.users.read'];
  const granted = api?.client?.scopes ?? scopes;
  if (!granted) return [];
  return indexed(health?.required, path).flatMap(([id, at]) => {
    const { apiScopes } = healthProbeList.find((probe) => probe.id === id) ?? {};
    const missing = (apiScopes?.anyOf ?? []).filter((scope) => !granted.includes(scope));
    if (missing.length === 0) return [];
    return [{ path: at, message: `needs ${missing.join(', ')}: add it to api.client.scopes, and grant it in Okta` }];
  });
}

function systemLogProblems({ systemLog, ...org }: PartialOrg, path: Path): readonly Problem[] {
  if (!systemLog) return [];
  const { api } = org;
  if (!('api' in org)) return [{ path: [...path, 'systemLog'], message: 'needs the management API: set "api"' }];
  const client = api?.client;
  const areScopesMalformed = client !== undefined && 'scopes' in client && client.scopes === undefined;
  if (!client || areScopesMalformed || client.scopes?.includes('okta.logs.read')) return [];
  const message = 'needs okta.logs.read because of "systemLog": add it, and grant it to the application';
  return [{ path: [...path, 'api', 'client', 'scopes'], message }];
}

/** A malformed web application is reported by itself. */
function userProblems(org: PartialOrg, path: Path): readonly Problem[] {
  if (!org.user || 'web' in org || org.servers?.some((server) => server && 'web' in server)) return [];
  const message = 'needs a web application to sign in to: set "web" on the org or on a server';
  return [{ path: [...path, 'user'], message }];
}

/** A web application gets tokens only for a test user. */
function boundTokenProblems(org: PartialOrg, web: PartialOrg['web'], path: Path): readonly Problem[] {
  if (!web?.dpop || 'user' in org) return [];
  const message = 'does nothing without a test user, for whom alone tokens are issued here: set "user", or remove it';
  return [{ path: [...path, 'dpop'], message }];
}

function timeoutProblems({ slowAfterMs = 3_000, timeoutMs = 10_000 }: PartialOrg, path: Path): readonly Problem[] {
  if (slowAfterMs < timeoutMs) return [];
  const message = `must be less than timeoutMs (${timeoutMs}): a response that takes as long is not slow, it times out`;
  return [{ path: [...path, 'slowAfterMs'], message }];
}

/**
 * Whether a server accepts the service application that applies to it: its own, or the org's.
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
function serviceProblems(org: PartialOrg, server: PartialServer, orgPath: Path, path: Path): readonly Problem[] {
  const isOwn = 'service' in server;
  const service = isOwn ? server.service : org.service;
  if (!service || server.id === undefined) return [];
  if (server.id === 'org' && (service.authentication ?? 'private_key_jwt') !== 'private_key_jwt') {
    const remedy = isOwn ? 'use a key pair' : 'move this "service" to the custom servers';
    const message = `is not supported by the Org server, which accepts only private_key_jwt: ${remedy}`;
    return [{ path: [...(isOwn ? path : orgPath), 'service', 'authentication'], message }];
  }
  const areScopesMalformed = 'scopes' in server && server.scopes === undefined;
  if (areScopesMalformed) return [];
  const scopes = indexed(server.scopes, [...path, 'scopes']);
  if (scopes.length === 0 && !server.scopes?.length) return [missingScopesProblem(org, server, path)];
  return scopes.flatMap(([scope, at]) => {
    const message = server.id === 'org' ? orgServerScopeProblem(scope) : customServerScopeProblem(scope);
    return message ? [{ path: at, message }] : [];
  });
}

function missingScopesProblem(org: PartialOrg, server: PartialServer, path: Path): Problem {
  const reason = 'client credentials get no token without a scope';
  if (!('servers' in org)) {
    const example = '[{ "id": "org", "scopes": ["okta.users.read"] }]';
    return { path, message: `must be set because of "service": ${reason}. For example: ${example}` };
  }
  const scope =
    server.id === 'org' ? 'an okta.* scope such as okta.users.read' : 'a scope that you defined on the server';
  return 'scopes' in server
    ? { path: [...path, 'scopes'], message: `must not be empty because of "service": ${reason}. Use ${scope}` }
    : { path, message: `needs "scopes" because of "service": ${reason}. Use ${scope}` };
}

function orgServerScopeProblem(scope: string): string | undefined {
  return isOktaScope(scope)
    ? undefined
    : 'is refused by the Org server, which grants services only okta.* scopes: use one of these, or a custom server';
}

function customServerScopeProblem(scope: string): string | undefined {
  if (isOktaScope(scope)) return 'is refused by custom servers: only the Org server grants okta.* scopes';
  return userScopes.has(scope)
    ? 'is refused for client credentials, which have no user: use a scope that you defined on the server'
    : undefined;
}

/** The scopes of OpenID Connect (Core 1.0, sections 5.4 and 11), and Okta's for single sign-on across devices. */
const userScopes: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
  'device_sso',
]);

const isOktaScope = (scope: string) => scope.startsWith('okta.');

function exactlyOneProblems(value: object, keys: readonly string[], path: Path): readonly Problem[] {
  const count = keys.filter((key) => key in value).length;
  const quoted = keys.map((key) => `"${key}"`);
  if (count === 1) return [];
  const message = count === 0 ? `needs ${quoted.join(' or ')}` : `must have only one of ${quoted.join(' and ')}`;
  return [{ path, message }];
}

function duplicateProblems<Key extends string>(
  items: readonly (readonly [{ readonly [key in Key]?: string | undefined }, Path])[],
  key: Key,
  message: string,
): readonly Problem[] {
  const seen = new Set<string>();
  return items.flatMap(([item, path]) => {
    const value = item[key];
    const isRepeated = value !== undefined && seen.has(value);
    if (value !== undefined) seen.add(value);
    return isRepeated ? [{ path: [...path, key], message }] : [];
  });
}

function indexed<Item>(items: readonly (Item | undefined)[] | undefined, path: Path): (readonly [Item, Path])[] {
  return (items ?? []).flatMap((item, index) => (item === undefined ? [] : [[item, [...path, index]] as const]));
}
