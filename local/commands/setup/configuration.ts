import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { applyEdits, type JSONPath, modify, parse } from 'jsonc-parser';
import { defaultDeployment } from '../../../functions/model/deployment.ts';
import { issuerOf } from '../../../functions/okta/endpoints.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { parseConfig } from '../../../lib/config/load-config.ts';
import { refuseLink, replaceFile } from '../../../lib/replace-file.ts';
import { at, type Difference, isObject, type Json, shown } from './json.ts';
import { idOf } from './okta-resource.ts';
import { CannotMake, type Context, changedMeanwhile, type Resource } from './resource.ts';
import { grantId, oktaScopes, type Settings, scopeName, secretName, userScopes } from './settings.ts';

/** The org's entry in the configuration file. An entry that exists is added to, and never replaced. */
export function configurationResource(settings: Settings): Resource {
  const { config: file, org } = settings;
  const desired = (context: Context) => entryOf(context);
  const textOf = () =>
    existsSync(file) ? readFileSync(file, 'utf8') : emptyConfig(schemaPath(file), settings.deployment);
  const entryIn = (text: string) => {
    const orgs = rawConfig(text).orgs;
    const index = Array.isArray(orgs) ? orgs.findIndex((each) => at(each, 'name') === org) : -1;
    const entry = Array.isArray(orgs) && index >= 0 ? orgs[index] : undefined;
    return { index, entry: isObject(entry) ? entry : undefined, count: Array.isArray(orgs) ? orgs.length : 0 };
  };
  const editsFor = (context: Context, text: string): readonly ConfigEdit[] => {
    const { entry, index, count } = entryIn(text);
    const wanted = desired(context);
    return entry
      ? mergeEdits(entry, wanted, settings).map((edit) => ({ ...edit, path: ['orgs', index, ...edit.path] }))
      : [{ path: ['orgs', count], value: wanted, isInsertion: true }];
  };
  const write = (text: string) => {
    try {
      replaceFile(file, text);
    } catch (error) {
      throw unwritable((error as NodeJS.ErrnoException).code);
    }
  };
  const unwritable = (why = 'unknown error') =>
    new CannotMake(`${file} cannot be written (${why}).`, 'Check its folder, or name another file with --config.');
  /** The entry as it is now. Throws `CannotMake` if the name is now that of another org. */
  const entryNow = (text: string) => {
    const now = entryIn(text);
    if (now.entry && now.entry.domain !== settings.domain) throw changedMeanwhile('the entry is of another domain');
    return now;
  };
  const save = async (context: Context) => {
    const text = textOf();
    entryNow(text);
    write(edited(text, editsFor(context, text)));
    return { id: file, isOwn: true, body: {} };
  };
  /** Throws `CannotMake` if the file would not be valid. */
  const edited = (text: string, edits: readonly ConfigEdit[]) => {
    const result = editConfig(text, edits);
    try {
      parseConfig(result, file);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new CannotMake(`With this org, ${error.message}`, 'Correct the file, and run it again.');
    }
    return result;
  };

  return {
    ...{ id: 'configuration', kind: 'configuration', name: file, needs: [], isMerged: true },
    purpose: `the entry of the org "${org}"`,
    without: 'What is in Okta stays. Enter it by hand.',
    desired,

    async find(context) {
      const text = textOf();
      const { entry } = entryIn(text);
      // Also for a plan: what would not be valid is said before anything is made.
      edited(text, editsFor(context, text));
      if (!existsSync(path.dirname(path.resolve(file)))) throw unwritable('ENOENT');
      try {
        refuseLink(file);
      } catch (error) {
        throw unwritable((error as NodeJS.ErrnoException).code);
      }
      return entry && { id: file, isOwn: ownMembers(entry, settings).length > 0, body: entry };
    },

    differences: (context, { body }) => mergeEdits(body, desired(context), settings).map(shownEdit),
    create: save,
    update: save,

    async remove() {
      const text = textOf();
      const { index, entry: body } = entryNow(text);
      if (!body) return;
      const own = ownMembers(body, settings);
      const isAll = credentialMembers.every((member) => body[member] === undefined || own.includes(member));
      const edits = isAll
        ? [{ path: ['orgs', index], value: undefined }]
        : [...own, ...dependants(own)].map((member) => ({ path: ['orgs', index, member], value: undefined }));
      const rest = editConfig(text, edits);
      if (isUntouched(rest, schemaPath(file), settings.deployment)) rmSync(file);
      else write(rest);
    },
    removal: 'take the entry out',
  };
}

/** What `readConfig` would be pointed to by an editor, from the folder of the file. */
function schemaPath(file: string): string {
  const schema = path.resolve(import.meta.dirname, '../../../lib/config/schema.json');
  const relative = path.relative(path.dirname(path.resolve(file)), schema);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/** Returns the org's entry for a new file, with the resources that are available. */
function entryOf(context: Context): Json {
  const { settings, available } = context;
  const { server } = settings;
  const has = (...ids: readonly string[]) => ids.every((id) => available.has(id));
  const scopes = oktaScopes(settings)
    .map(({ scope }) => scope)
    .filter((scope) => has(grantId(scope)));
  const client = { clientId: idOf(context, 'service-app'), secret: secretName(settings, 'service'), dpop: true };
  const isOrgServed = has('service-app') && scopes.includes('okta.users.read');
  const isCustomServed = server !== undefined && has('service-app', 'service-rule');
  const hasApi = isOrgServed && has('admin-role');
  const hasUser = settings.login !== undefined && has('user-password', 'assignment');
  return {
    ...{ name: settings.org, domain: settings.domain },
    ...(has('web-app') && {
      web: {
        ...{ clientId: idOf(context, 'web-app'), redirectUri: settings.redirectUri },
        ...{ secret: secretName(settings, 'web'), authentication: 'private_key_jwt' },
        ...(hasUser && { scopes: userScopes }),
      },
    }),
    ...(isOrgServed && { service: client }),
    servers: [
      { id: 'org', ...(isOrgServed && { scopes: ['okta.users.read'] }) },
      // Without a grant, the Org server has no token for the application, so it is named at the custom server alone.
      ...(isCustomServed ? [customEntry(server, settings, isOrgServed ? {} : { service: client })] : []),
    ],
    ...(hasUser && { user: { login: settings.login, secret: secretName(settings, 'user') } }),
    ...(hasApi && { api: { client: { ...client, scopes } } }),
    ...(hasApi && settings.systemLog && scopes.includes('okta.logs.read') && { systemLog: {} }),
    ...(hasApi && settings.health && { health: {} }),
  };
}

function customEntry(
  { id, audience, issuer }: NonNullable<Settings['server']>,
  settings: Settings,
  service: Json,
): Json {
  const usual = issuerOf(settings.domain, id);
  return {
    id,
    ...(audience !== undefined && { audience }),
    scopes: [scopeName(settings)],
    ...((issuer ?? usual) !== usual && { issuer }),
    ...service,
  };
}

/** The members that have a credential, with where its name is. */
const secretPaths = {
  web: ['secret'],
  service: ['secret'],
  user: ['secret'],
  api: ['client', 'secret'],
} as const;
type CredentialMember = keyof typeof secretPaths;
const credentialMembers = Object.keys(secretPaths) as readonly CredentialMember[];

/** The secret that a member of ours names. */
const secretOf: Readonly<Record<CredentialMember, string>> = {
  web: 'web',
  service: 'service',
  user: 'user',
  api: 'service',
};

/** The members of an entry whose credentials the set-up has made. */
export function ownMembers(entry: Json, settings: Pick<Settings, 'deployment' | 'org'>): readonly CredentialMember[] {
  return credentialMembers.filter(
    (member) => at(entry[member], ...secretPaths[member]) === secretName(settings, secretOf[member]),
  );
}

/** The members that are useless without another one. */
function dependants(members: readonly CredentialMember[]): readonly string[] {
  return members.includes('api') ? ['systemLog', 'health'] : [];
}

/**
 * Returns the changes to an entry. A credential that the set-up has not made stays, and so do the scopes of the servers
 * that it is for.
 */
export function mergeEdits(entry: Json, wanted: Json, settings: Settings): readonly ConfigEdit[] {
  const own = ownMembers(entry, settings);
  const mayChange = (member: string) => entry[member] === undefined || own.includes(member as CredentialMember);
  const members = Object.entries(wanted).filter(([member]) => member !== 'servers' && mayChange(member));
  const edits = members.flatMap(([member, value]) =>
    entry[member] === undefined ? [{ path: [member], value }] : memberEdits([member], entry[member], value),
  );
  return [...edits, ...(mayChange('service') ? serverEdits(entry, wanted) : [])];
}

/** Scopes are added to those that are there. Those of the web application are people's own. */
function memberEdits(path: ConfigEdit['path'], before: unknown, wanted: unknown): readonly ConfigEdit[] {
  if (!isObject(wanted)) {
    if (Array.isArray(wanted) && Array.isArray(before)) {
      const all = [...new Set([...before, ...wanted])];
      return path[0] === 'web' || all.length === before.length ? [] : [{ path, value: all, from: before }];
    }
    return before === wanted ? [] : [{ path, value: wanted, ...(before !== undefined && { from: before }) }];
  }
  return Object.entries(wanted).flatMap(([member, value]) => memberEdits([...path, member], at(before, member), value));
}

function serverEdits(entry: Json, wanted: Json): readonly ConfigEdit[] {
  const wantedServers = wanted.servers as readonly Json[];
  if (!Array.isArray(entry.servers)) return [{ path: ['servers'], value: wantedServers }];
  const before: readonly unknown[] = entry.servers;
  const added = wantedServers.filter(({ id }) => !before.some((server) => at(server, 'id') === id));
  const changed = wantedServers.flatMap((server) => {
    const index = before.findIndex((each) => at(each, 'id') === server.id);
    // Without a service application, scopes had no effect.
    const members = (entry.service === undefined ? ['scopes', 'audience'] : []).filter((member) => server[member]);
    return index < 0
      ? []
      : members.flatMap((member) => replaced(['servers', index, member], at(before[index], member), server[member]));
  });
  return [...changed, ...added.map((value, i) => ({ path: ['servers', before.length + i], value, isInsertion: true }))];
}

function replaced(path: ConfigEdit['path'], from: unknown, value: unknown): readonly ConfigEdit[] {
  if (JSON.stringify(from) === JSON.stringify(value)) return [];
  // An audience that people have entered is what their services expect.
  if (path.at(-1) === 'audience' && from !== undefined) return [];
  return [{ path, value, ...(from !== undefined && { from }) }];
}

function shownEdit({ path, value, from }: ConfigEdit): Difference {
  return { path: path.join('.'), to: shown(value), ...(from !== undefined && { from: shown(from) }) };
}

/** One change of a configuration. */
export interface ConfigEdit {
  readonly path: JSONPath;
  /** Undefined takes the member out. */
  readonly value: unknown;
  /** The previous value, for people. */
  readonly from?: unknown;
  /** It is put into a list, and replaces nothing. */
  readonly isInsertion?: boolean;
}

/** Changes JSON with comments. Comments, order and other members stay. */
export function editConfig(text: string, edits: readonly ConfigEdit[]): string {
  return edits.reduce(
    (before, { path, value, isInsertion = false }) =>
      applyEdits(
        before,
        modify(before, path, value, {
          formattingOptions: { insertSpaces: true, tabSize: 2, eol: before.includes('\r\n') ? '\r\n' : '\n' },
          isArrayInsertion: isInsertion,
        }),
      ),
    text,
  );
}

/** The text as data, however invalid it is. */
export function rawConfig(text: string): Json {
  const value: unknown = parse(text, [], { allowTrailingComma: true });
  return isObject(value) ? value : {};
}

/** Whether `alerts.pages` is empty in a configuration file, which need not exist. */
export function lacksReceiver(file: string): boolean {
  const pages = at(existsSync(file) ? rawConfig(readFileSync(file, 'utf8')) : {}, 'alerts', 'pages');
  return !Array.isArray(pages) || pages.length === 0;
}

/** Whether a configuration file exists and has no org. */
export function lacksOrgs(file: string): boolean {
  const orgs = existsSync(file) ? rawConfig(readFileSync(file, 'utf8')).orgs : undefined;
  return Array.isArray(orgs) && orgs.length === 0;
}

/** Adds an address to `alerts.pages`, and to `alerts.tickets` if that is empty. */
export function addReceiver(file: string, email: string | undefined): void {
  if (email === undefined || !existsSync(file)) return;
  const text = readFileSync(file, 'utf8');
  const tickets = at(rawConfig(text), 'alerts', 'tickets');
  const value = [{ email }];
  const edits = [
    { path: ['alerts', 'pages'], value },
    ...(Array.isArray(tickets) && tickets.length > 0 ? [] : [{ path: ['alerts', 'tickets'], value }]),
  ];
  replaceFile(file, editConfig(text, edits));
}

/** A configuration without an org. */
export function emptyConfig(schema: string, deployment: string): string {
  return `// The configuration of okta-synthetics: docs/configuration.md has every field. It contains no secret, only their names.
// npm run setup adds orgs to it, and keeps your comments and your changes.
{
  "$schema": ${JSON.stringify(schema)},
${deployment === defaultDeployment ? '' : `  "deployment": ${JSON.stringify(deployment)},\n`}
  // Who is notified: { "email": "on-call@example.com" }, or what docs/receivers.md has.
  "alerts": { "pages": [], "tickets": [] },

  // Do not change the name of an org later: metrics are stored under it.
  "orgs": []
}
`;
}

/** Whether a file is as the set-up made it, without its orgs. */
export function isUntouched(text: string, schema: string, deployment: string): boolean {
  return withoutSpace(text) === withoutSpace(emptyConfig(schema, deployment));
}

function withoutSpace(text: string): string {
  return text.replace(/\s/g, '');
}
