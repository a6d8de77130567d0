import { readFileSync } from 'node:fs';
import { parseSecret, type Secrets } from '../../../functions/aws/secrets.ts';
import { SecretUnreadable } from '../../../functions/model/errors.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { checkConfig } from '../../../lib/config/load-config.ts';
import type { Config, ConfigInput } from '../../../lib/config/schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables from which a configuration is made. Those without a further underscore are those of Okta's SDKs.
 * https://github.com/okta/okta-sdk-nodejs#environment-variables
 */
export const environmentVariables = {
  clientId: 'OKTA_CLIENT_CLIENTID',
  scopes: 'OKTA_CLIENT_SCOPES',
  privateKey: 'OKTA_CLIENT_PRIVATEKEY',
  apiToken: 'OKTA_CLIENT_TOKEN',
  keyFile: 'OKTA_CLIENT_PRIVATEKEY_FILE',
  clientSecret: 'OKTA_CLIENT_SECRET',
  dpop: 'OKTA_CLIENT_DPOP',
} as const;

/** A configuration that was made on the command line, and its secrets. */
export interface EnvironmentConfig {
  readonly config: Config;
  readonly secrets: Secrets;
}

/** The org as the command line describes it. */
export interface EnvironmentOrg {
  readonly domain: string;
  /** The id of the server; by default `default` for an audience or scopes of your own, and otherwise the Org server. */
  readonly server?: string | undefined;
  /** The audience of its access tokens; custom servers only. */
  readonly audience?: string | undefined;
}

/**
 * Makes the configuration of one org, as a file would have it. Secrets have the names of their variables, so each text
 * about a secret says where it came from. Throws `ConfigError` with all problems. No message quotes a value.
 */
export function environmentConfig(named: EnvironmentOrg, env: Environment): EnvironmentConfig {
  const variables = readVariables(env);
  const problems = problemsOf(variables);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const [source] = variables.given;
  const { get } = variables;
  const stored: Record<string, object> = {};
  if (source !== undefined)
    stored[nameOf(source)] = source === 'clientSecret' ? { clientSecret: get(source) } : keyOf(nameOf(source), get);
  const apiToken = get('apiToken');
  if (apiToken !== undefined) stored[nameOf('apiToken')] = { apiToken };
  const config = checkConfig({ orgs: [orgOf(named, variables)] }, 'what --domain, --server and the environment say');
  return { config, secrets: storedSecrets(stored) };
}

type Variable = keyof typeof environmentVariables;
const nameOf = (variable: Variable) => environmentVariables[variable];

/** The variables that hold a credential of the client. One of them is enough. */
const credentialVariables = ['privateKey', 'keyFile', 'clientSecret'] as const;

interface Variables {
  /** Returns a variable's text. Undefined if it is not set or blank. */
  get(variable: Variable): string | undefined;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly given: readonly (typeof credentialVariables)[number][];
}

function readVariables(env: Environment): Variables {
  const get = (variable: Variable) => env[nameOf(variable)]?.trim() || undefined;
  return {
    get,
    clientId: get('clientId'),
    scopes: get('scopes')?.split(/[\s,]+/) ?? [],
    given: credentialVariables.filter((each) => get(each) !== undefined),
  };
}

function problemsOf({ get, clientId, scopes, given }: Variables): readonly string[] {
  const id = nameOf('clientId');
  const credentials = given.map(nameOf).join(' and ');
  const hasClient = clientId !== undefined;
  const problems: readonly (readonly [isProblem: boolean, text: string])[] = [
    [
      hasClient && given.length === 0,
      `${id} is set: set ${nameOf('privateKey')}, ${nameOf('keyFile')} or ${nameOf('clientSecret')} too.`,
    ],
    [hasClient && scopes.length === 0, `${id} is set: set ${nameOf('scopes')} too, such as okta.users.read.`],
    [!hasClient && given.length > 0, `${credentials} is set: set ${id} too.`],
    [given.length > 1, `${credentials} are set: keep one of them.`],
    [!['true', 'false', undefined].includes(get('dpop')), `${nameOf('dpop')} must be true or false.`],
  ];
  return problems.flatMap(([isProblem, text]) => (isProblem ? [text] : []));
}

/** Returns the org as an entry of a configuration file. */
function orgOf(
  { domain, server, audience }: EnvironmentOrg,
  { get, clientId, scopes, given }: Variables,
): ConfigInput['orgs'][number] {
  const [source] = given;
  const isOrgServer = audience === undefined && scopes.every((scope) => scope.startsWith('okta.'));
  const authentication = source === 'clientSecret' ? 'client_secret_basic' : 'private_key_jwt';
  const dpop = get('dpop') === 'true';
  const hasService = clientId !== undefined && source !== undefined;
  return {
    ...{ name: orgName(domain), domain },
    servers: [
      {
        id: server ?? (isOrgServer ? 'org' : 'default'),
        ...(audience !== undefined && { audience }),
        ...(scopes.length > 0 && { scopes: [...scopes] }),
      },
    ],
    ...(hasService && { service: { clientId, secret: nameOf(source), dpop, authentication } }),
    ...(get('apiToken') !== undefined && { api: { token: { secret: nameOf('apiToken') } } }),
  };
}

function storedSecrets(stored: Readonly<Record<string, object>>): Secrets {
  return {
    async read(name) {
      const value = stored[name];
      if (value === undefined) throw new SecretUnreadable(name, 'it is not set in the environment');
      return parseSecret(name, JSON.stringify(value));
    },
  };
}

/** A key as a secret has it: a JWK as an object, anything else as text. */
function keyOf(name: string, get: (variable: 'privateKey' | 'keyFile') => string | undefined): object {
  const file = get('keyFile');
  const text = file === undefined ? (get('privateKey') ?? '') : readKey(name, file);
  try {
    return { privateKey: text.trimStart().startsWith('{') ? JSON.parse(text) : text };
  } catch {
    // The parser's own message would quote the key.
    throw new ConfigError(`${name} begins like a JWK and is not JSON.`);
  }
}

function readKey(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${name} names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** The first label of a domain, as the name of an org. */
function orgName(domain: string): string {
  const label = domain.split(/[.:]/)[0] ?? '';
  return (
    label
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '-')
      .slice(0, 32) || 'org'
  );
}
