import type { Problem } from './config-error.ts';
import { startOnce } from './maintenance-start.ts';
import type { ConfigInput } from './schema.ts';

/** What is left of a configuration without its malformed fields, which are `undefined`: anything may be lacking. */
type Partially<T> = T extends readonly (infer Item)[]
  ? readonly (Partially<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Partially<T[Key]> | undefined }
    : T;

export type PartialConfig = Partially<ConfigInput>;
type PartialOrg = Partially<ConfigInput['orgs'][number]>;
type PartialServer = Partially<NonNullable<ConfigInput['orgs'][number]['servers']>[number]>;
type Path = readonly PropertyKey[];

/** Where well-formed fields contradict one another, Okta, or the time that it is. */
export function crossFieldProblems(config: PartialConfig, now: number): readonly Problem[] {
  const orgs = indexed(config.orgs, ['orgs']);
  return [
    ...(['pages', 'tickets'] as const).flatMap((audience) =>
      indexed(config.alerts?.[audience], ['alerts', audience]).flatMap(([subscriber, path]) =>
        exactlyOne(subscriber, ['email', 'https'], path),
      ),
    ),
    ...ofMaintenance(config, now),
    ...duplicates(orgs, 'name', 'is the name of another org too: their metrics would mix'),
    ...orgs.flatMap(([org, path]) => ofOrg(org, path)),
  ];
}

function ofMaintenance(config: PartialConfig, now: number): readonly Problem[] {
  const windows = indexed(config.alerts?.maintenance, ['alerts', 'maintenance']);
  const known = (config.orgs ?? []).flatMap((org) => org?.name ?? []);
  // A malformed name may be the very one that is meant.
  const areKnown = known.length > 0 && known.length === config.orgs?.length;
  return [
    ...duplicates(windows, 'name', 'is the name of another window too'),
    ...windows.flatMap(([{ starts = '', minutes = 0, timeZone = 'UTC', orgs }, path]) => [
      ...(isOver(starts, minutes, timeZone, now)
        ? [{ path: [...path, 'starts'], message: 'lies in the past: take the window out' }]
        : []),
      ...indexed(orgs, [...path, 'orgs'])
        .filter(([name]) => areKnown && !known.includes(name))
        .map(([, at]) => ({ path: at, message: `is the name of no org here: there is ${known.join(', ')}` })),
    ]),
  ];
}

/** Whether a one-off window is over, by the clocks of its zone. */
function isOver(starts: string, minutes: number, timeZone: string, now: number): boolean {
  const start = startOnce(starts);
  if (start === undefined) return false;
  // Swedish dates are ISO 8601 but for the T.
  const wall = new Date(now).toLocaleString('sv-SE', { timeZone });
  return start + minutes * 60_000 <= Date.parse(`${wall.replace(' ', 'T')}Z`);
}

function ofOrg(org: PartialOrg, path: Path): readonly Problem[] {
  const servers = indexed(org.servers, [...path, 'servers']);
  return [
    ...('servers' in org ? [] : ofService(org, { id: 'org' }, path, [...path, 'servers'])),
    ...duplicates(servers, 'id', 'stands here twice: keep one'),
    ...servers.flatMap(([server, at]) => [
      ...ofAudience(server, at),
      ...ofExpectedClaims(server, at),
      ...ofService(org, server, path, at),
    ]),
    ...timeouts(org, path),
    ...(org.api ? exactlyOne(org.api, ['token', 'client'], [...path, 'api']) : []),
    ...indexed(org.api?.client?.scopes, [...path, 'api', 'client', 'scopes'])
      .filter(([scope]) => !isOktaScope(scope))
      .map(([, at]) => ({ path: at, message: 'is no scope of the management API: they begin with okta.' })),
  ];
}

function ofAudience(server: PartialServer, path: Path): readonly Problem[] {
  if (server.id !== 'org' || server.audience === undefined) return [];
  const message = "does not apply: what the Org server's access tokens hold is Okta's own business. Leave it out";
  return [{ path: [...path, 'audience'], message }];
}

function ofExpectedClaims(server: PartialServer, path: Path): readonly Problem[] {
  if (server.id !== 'org' || server.expects?.claims === undefined) return [];
  const message = "does not apply: the Org server's access tokens are opaque. Leave it out";
  return [{ path: [...path, 'expects', 'claims'], message }];
}

function timeouts({ slowAfterMs = 3_000, timeoutMs = 10_000 }: PartialOrg, path: Path): readonly Problem[] {
  if (slowAfterMs < timeoutMs) return [];
  return [{ path: [...path, 'slowAfterMs'], message: 'must be less than timeoutMs: nothing could ever be slow' }];
}

/**
 * Whether a server will accept the service application that falls to it.
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
function ofService(org: PartialOrg, server: PartialServer, orgPath: Path, path: Path): readonly Problem[] {
  const isOwn = 'service' in server;
  const service = isOwn ? server.service : org.service;
  const isScopesMalformed = 'scopes' in server && server.scopes === undefined;
  if (!service || server.id === undefined) return [];
  if (server.id === 'org' && (service.authentication ?? 'private_key_jwt') !== 'private_key_jwt') {
    const remedy = isOwn ? 'give it a key pair' : 'set this "service" on the custom servers instead';
    const message = `does not work at the Org server, which accepts private_key_jwt alone: ${remedy}`;
    return [{ path: [...(isOwn ? path : orgPath), 'service', 'authentication'], message }];
  }
  if (isScopesMalformed) return [];
  const scopes = indexed(server.scopes, [...path, 'scopes']);
  if (scopes.length === 0 && !server.scopes?.length) {
    const example = server.id === 'org' ? 'an okta.* scope: okta.users.read' : 'a scope of that server';
    const where = 'servers' in org ? '"scopes"' : `"servers": [{ "id": "org", "scopes": [ … ] }]`;
    const message = `needs ${where} because of "service": without one, client credentials get no token. Give ${example}`;
    return [{ path: 'scopes' in server ? [...path, 'scopes'] : path, message }];
  }
  return scopes.flatMap(([scope, at]) => {
    const message = server.id === 'org' ? notAtOrgServer(scope) : notAtCustomServer(scope);
    return message ? [{ path: at, message }] : [];
  });
}

function notAtOrgServer(scope: string): string | undefined {
  return isOktaScope(scope)
    ? undefined
    : 'is refused by the Org server, which gives a service okta.* scopes alone: use one, or a custom server';
}

function notAtCustomServer(scope: string): string | undefined {
  if (isOktaScope(scope)) return 'is refused by a custom server: okta.* scopes are for the Org server';
  return userScopes.has(scope)
    ? 'is refused for client credentials, which have no user: use a scope that you defined on the server'
    : undefined;
}

/** OpenID Connect's own (Core 1.0, sections 5.4 and 11), and Okta's for single sign-on between devices. */
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

function exactlyOne(value: object, keys: readonly string[], path: Path): readonly Problem[] {
  const given = keys.filter((key) => key in value).length;
  const either = keys.map((key) => `"${key}"`).join(' or ');
  return given === 1 ? [] : [{ path, message: given === 0 ? `needs ${either}` : `must have ${either}, not both` }];
}

function duplicates<Key extends string>(
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
