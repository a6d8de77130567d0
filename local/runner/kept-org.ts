import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { ownerOnly, replaceFile } from '../../lib/replace-file.ts';
import { canIssue, createIdentity, type OktaEmulator, type OrgIdentity } from '../emulators/okta/index.ts';

/** The paths of the files for tools that need a path. */
export interface OktaFiles {
  readonly ca: string;
  /** The service application's private key, as a JWK. */
  readonly privateKey: string;
  /** The private key of the service application that requires DPoP. */
  readonly dpopPrivateKey: string;
  /** A configuration that monitors the emulator. */
  readonly config: string;
  /** The secrets that the configuration names. */
  readonly secrets: string;
}

/** The user's folder for what can be made again: XDG's if it is set, otherwise that of the operating system. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const systems: Readonly<Record<string, string>> = {
    darwin: path.join(homedir(), 'Library', 'Caches'),
    win32: env.LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'),
  };
  const xdg = env.XDG_CACHE_HOME;
  // A relative path there is to be ignored (XDG Base Directory Specification).
  if (xdg && path.isAbsolute(xdg)) return xdg;
  return systems[process.platform] ?? path.join(homedir(), '.cache');
}

/** Changes with what an identity holds. A file of another version is replaced. */
const identityVersion = 4;

/**
 * The org that a folder keeps. It makes a new one, and keeps it, if there is none, if `fresh`, or if the certificate
 * authority expires soon.
 */
export async function keptIdentity(folder: string, fresh: boolean): Promise<OrgIdentity> {
  const file = path.join(folder, 'identity.json');
  const kept = fresh ? undefined : await readIdentity(file);
  if (kept && canIssue(kept.authority, Date.now())) return kept;
  const identity = await createIdentity();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  writeJson(file, { version: identityVersion, ...identity });
  return identity;
}

async function readIdentity(file: string): Promise<OrgIdentity | undefined> {
  try {
    const { version, ...identity } = JSON.parse(await readFile(file, 'utf8'));
    return version === identityVersion ? identity : undefined;
  } catch (error) {
    // A missing file, or one that is not JSON: everything in it can be made again.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const secretNames = {
  service: 'okta-emulator/service',
  web: 'okta-emulator/web',
  api: 'okta-emulator/api-token',
  user: 'okta-emulator/user',
} as const;

/** Writes the files for a running emulator. They replace those of an earlier start. */
export function writeFiles(folder: string, okta: OktaEmulator): OktaFiles {
  const files: OktaFiles = {
    ca: path.join(folder, 'ca.pem'),
    privateKey: path.join(folder, 'private-key.json'),
    dpopPrivateKey: path.join(folder, 'dpop-private-key.json'),
    config: path.join(folder, 'config.jsonc'),
    secrets: path.join(folder, 'secrets.json'),
  };
  const { privateJwk } = okta.clients.service;
  replaceFile(files.ca, okta.ca);
  writeJson(files.privateKey, privateJwk);
  writeJson(files.dpopPrivateKey, okta.clients.dpop.privateJwk);
  writeJson(files.config, configFor(okta));
  writeJson(files.secrets, {
    [secretNames.service]: { privateKey: privateJwk },
    [secretNames.web]: { clientSecret: okta.clients.web.clientSecret },
    [secretNames.user]: { password: okta.user.password },
    [secretNames.api]: { apiToken: okta.apiToken },
  });
  return files;
}

/** A configuration of the monitor with every probe at every server of the emulator. */
function configFor(okta: OktaEmulator) {
  const { domain, clients, servers, audiences, statusPageUrl, statusFeedUrl } = okta;
  const { service, web } = clients;
  const { ssoUrl, metadataUrl, acsUrl, audience, entityId: issuer } = okta.samlApps.payroll;
  return {
    statusPage: { page: statusPageUrl, feed: statusFeedUrl },
    orgs: [
      {
        name: 'emulator',
        domain,
        negativeTests: true,
        web: {
          ...{ clientId: web.clientId, redirectUri: web.redirectUri, secret: secretNames.web },
          scopes: ['openid', 'profile', 'email', 'offline_access'],
        },
        user: { login: okta.user.login, secret: secretNames.user },
        samlApps: [
          { name: 'payroll', ssoUrl, metadataUrl, acsUrl, audience, issuer, attributes: ['email', 'lastName'] },
        ],
        service: { clientId: service.clientId, authentication: 'private_key_jwt', secret: secretNames.service },
        servers: servers.map((id) =>
          id === 'org'
            ? { id, scopes: service.orgScopes.slice(0, 1) }
            : { id, audience: audiences[id], scopes: service.customScopes.slice(0, 1) },
        ),
        api: { token: { secret: secretNames.api } },
      },
    ],
  };
}

/** Only the user may read it. */
function writeJson(file: string, value: object): void {
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`, ownerOnly);
}
