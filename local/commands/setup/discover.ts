import { existsSync, readFileSync } from 'node:fs';
import { defaultDeployment } from '../../../functions/model/deployment.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { parseConfig } from '../../../lib/config/load-config.ts';
import { UsageError } from '../../lab/result.ts';
import { ownMembers, rawConfig } from './configuration.ts';
import { at, isObject, type Json } from './json.ts';
import type { OktaApi } from './okta-api.ts';
import { OktaRefusal } from './refusals.ts';
import {
  type CustomServer,
  customServer,
  defaultLogin,
  defaultRedirectUri,
  descriptionOf,
  type Settings,
} from './settings.ts';

/** The command line's settings. The configuration, or a default, supplies the others. */
export interface SetupRequest {
  readonly domain: string;
  readonly config: string;
  readonly org?: string | undefined;
  /** The id of a custom server; `org` for none. */
  readonly server?: string | undefined;
  readonly testUser: boolean;
  readonly login?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly systemLog: boolean;
  readonly health: boolean;
}

/** The org as the configuration file describes it. */
export interface KnownOrg extends Pick<Settings, 'org' | 'deployment'> {
  /** Its entry. Empty if it has none. */
  readonly entry: Json;
}

/**
 * Reads the configuration file, if there is one. Throws `ConfigError` if it is invalid, and `UsageError` if it has the
 * name for another org.
 */
export function knownOrg({ config, domain, org }: Pick<SetupRequest, 'config' | 'domain' | 'org'>): KnownOrg {
  const raw = existsSync(config) ? readValid(config) : {};
  const orgs = Array.isArray(raw.orgs) ? raw.orgs.filter(isObject) : [];
  const entry =
    orgs.find(({ name }) => name === org) ?? orgs.find((each) => org === undefined && each.domain === domain);
  const name = org ?? (typeof entry?.name === 'string' ? entry.name : labelOf(domain));
  const other = entry ?? orgs.find((each) => each.name === name);
  if (other && other.domain !== domain)
    throw new UsageError(`${config} has the org "${name}" at another domain: give this one another name with --org.`);
  if (!/^[a-z0-9-]{1,32}$/.test(name))
    throw new UsageError('--org must be 1 to 32 lowercase letters, digits or hyphens.');
  const deployment = typeof raw.deployment === 'string' ? raw.deployment : defaultDeployment;
  return { org: name, deployment, entry: entry ?? {} };
}

/** Trap: without orgs a file is invalid, and it is what `--remove` leaves of a file that people have changed. */
function readValid(config: string): Json {
  const text = readFileSync(config, 'utf8');
  const raw = rawConfig(text);
  try {
    parseConfig(text, config);
  } catch (error) {
    if (!(error instanceof ConfigError) || !Array.isArray(raw.orgs) || raw.orgs.length > 0) throw error;
  }
  return raw;
}

function labelOf(domain: string): string {
  const [label = ''] = domain.split(/[.:]/);
  return label
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 32);
}

/** Asks which of several custom servers it is to be. Undefined for none. */
export type ChooseServer = (servers: readonly CustomServer[]) => Promise<CustomServer | undefined>;

/** Reads the org's properties from Okta. Throws `OktaRefusal` if the credential is refused, and `UsageError`. */
export async function discover(
  request: SetupRequest,
  { org, deployment, entry }: KnownOrg,
  okta: OktaApi,
  chooseServer: ChooseServer,
  isRemoval = false,
): Promise<Settings> {
  const { domain, config } = request;
  const names = { org, deployment };
  const own = ownMembers(entry, names);
  const organization = await organizationAt(domain, okta);
  const href = at(organization, '_links', 'organization', 'href');
  const ofOwn = (member: 'user' | 'web', name: string) => (own.includes(member) ? at(entry, member, name) : undefined);
  const usualLogin = request.testUser || isRemoval ? defaultLogin(names) : undefined;
  const login = request.login ?? ofOwn('user', 'login') ?? usualLogin;
  const redirectUri = request.redirectUri ?? ofOwn('web', 'redirectUri');
  const hasOption = (option: 'systemLog' | 'health') => own.includes('api') && entry[option] !== undefined;
  return {
    ...{ domain, config, ...names, engine: organization.pipeline === 'v1' ? 'classic' : 'identity' },
    oktaUrl: (typeof href === 'string' ? URL.parse(href)?.origin : undefined) ?? `https://${domain}`,
    redirectUri: typeof redirectUri === 'string' ? redirectUri : defaultRedirectUri,
    systemLog: request.systemLog || hasOption('systemLog'),
    health: request.health || hasOption('health'),
    ...(typeof login === 'string' && { login }),
    ...(await serverOf(request, entry, names, okta, isRemoval ? ownServer(okta, names) : chooseServer)),
  };
}

/** Reads the public metadata of an org. Throws `UsageError` if the org does not exist: names of missing orgs resolve too. */
async function organizationAt(domain: string, okta: OktaApi): Promise<Json> {
  const organization = await okta.get('/.well-known/okta-organization', 'organization').catch((error: unknown) => {
    if (error instanceof OktaRefusal && error.refused.status === 404) return undefined;
    throw error;
  });
  if (typeof organization?.id === 'string') return organization;
  throw new UsageError(`${domain} does not answer as an Okta org does: check --domain.`);
}

async function serverOf(
  { server: named, config }: SetupRequest,
  entry: Json,
  names: Pick<Settings, 'org' | 'deployment'>,
  okta: OktaApi,
  choose: ChooseServer,
): Promise<Pick<Settings, 'server' | 'noServers'>> {
  if (named === 'org') return {};
  let servers: readonly CustomServer[];
  try {
    servers = (await okta.list('/api/v1/authorizationServers?limit=200', 'servers')).map(customServer);
  } catch (error) {
    if (error instanceof OktaRefusal && !error.refusal.isTotal) return { noServers: error.refusal };
    throw error;
  }
  const configured = Array.isArray(entry.servers)
    ? entry.servers.map((each) => at(each, 'id')).find((id) => id !== 'org')
    : undefined;
  const id = named ?? configured;
  if (id === undefined) {
    const chosen = await choose(servers);
    return chosen ? { server: chosen } : {};
  }
  const server = servers.find((each) => each.id === id);
  if (server) return { server };
  const list = servers.map((each) => `  ${each.id}  ${each.name}`).join('\n');
  const where = named === undefined ? `${config} names the server ${id} of "${names.org}", which` : `--server ${id}`;
  throw new UsageError(`${where} is no custom server of this org. They are:\n${list || '  none'}`);
}

/** The server that has something of ours. */
function ownServer(okta: OktaApi, names: Pick<Settings, 'org' | 'deployment'>): ChooseServer {
  return async (servers) => {
    for (const server of servers) {
      for (const list of ['policies', 'scopes']) {
        const items = await okta.list(`/api/v1/authorizationServers/${server.id}/${list}`, 'servers');
        if (items.some(({ description }) => description === descriptionOf(names))) return server;
      }
    }
    return undefined;
  };
}
