import { readFileSync } from 'node:fs';
import { parseSecret, type Secrets } from '../../../functions/aws/secrets.ts';
import { SecretUnreadable } from '../../../functions/model/errors.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { checkConfig } from '../../../lib/config/load-config.ts';
import type { Config } from '../../../lib/config/schema.ts';

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

/** What the command line says of the org. */
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
export function environmentConfig({ domain, server, audience }: EnvironmentOrg, env: Environment): EnvironmentConfig {
  const get = (variable: keyof typeof environmentVariables) => env[environmentVariables[variable]]?.trim() || undefined;
  const nameOf = (variable: keyof typeof environmentVariables) => environmentVariables[variable];
  const clientId = get('clientId');
  const scopes = get('scopes')?.split(/[\s,]+/) ?? [];
  const given = (['privateKey', 'keyFile', 'clientSecret'] as const).filter((each) => get(each) !== undefined);
  const isOrg = audience === undefined && scopes.every((scope) => scope.startsWith('okta.'));
  const id = server ?? (isOrg ? 'org' : 'default');
  const problems = [
    ...(clientId !== undefined && given.length === 0
      ? [
          `${nameOf('clientId')} is set: set ${nameOf('privateKey')}, ${nameOf('keyFile')} or ${nameOf('clientSecret')} too.`,
        ]
      : []),
    ...(clientId !== undefined && scopes.length === 0
      ? [`${nameOf('clientId')} is set: set ${nameOf('scopes')} too, such as okta.users.read.`]
      : []),
    ...(clientId === undefined && given.length > 0
      ? [`${given.map(nameOf).join(' and ')} is set: set ${nameOf('clientId')} too.`]
      : []),
    ...(given.length > 1 ? [`${given.map(nameOf).join(' and ')} are set: keep one of them.`] : []),
    ...(!['true', 'false', undefined].includes(get('dpop')) ? [`${nameOf('dpop')} must be true or false.`] : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const [source] = given;
  const stored: Record<string, object> = {};
  if (source !== undefined)
    stored[nameOf(source)] = source === 'clientSecret' ? { clientSecret: get(source) } : keyOf(nameOf(source), get);
  const apiToken = get('apiToken');
  if (apiToken !== undefined) stored[nameOf('apiToken')] = { apiToken };
  const config = checkConfig(
    {
      orgs: [
        {
          ...{ name: orgName(domain), domain },
          servers: [
            {
              id,
              ...(audience !== undefined && { audience }),
              ...(scopes.length > 0 && { scopes }),
            },
          ],
          ...(clientId !== undefined &&
            source !== undefined && {
              service: {
                ...{ clientId, secret: nameOf(source), dpop: get('dpop') === 'true' },
                authentication: source === 'clientSecret' ? 'client_secret_basic' : 'private_key_jwt',
              },
            }),
          ...(apiToken !== undefined && { api: { token: { secret: nameOf('apiToken') } } }),
        },
      ],
    },
    'what --domain, --server and the environment say',
  );
  return { config, secrets: storedSecrets(stored) };
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
