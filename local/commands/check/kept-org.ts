import path from 'node:path';
import { ownerOnly, replaceFile } from '../../../lib/replace-file.ts';
import type { OktaEmulator } from '../../../packages/okta-emulator/src/index.ts';

/** The paths of the files with which the monitor checks the emulator. */
export interface MonitorFiles {
  /** A configuration that monitors the emulator. */
  readonly config: string;
  /** The secrets that the configuration names. */
  readonly secrets: string;
}

const secretNames = {
  service: 'okta-emulator/service',
  web: 'okta-emulator/web',
  api: 'okta-emulator/api-token',
  user: 'okta-emulator/user',
} as const;

/** Writes a configuration and its secrets for a running emulator. They replace those of an earlier start. */
export function writeMonitorFiles(folder: string, okta: OktaEmulator): MonitorFiles {
  const files = { config: path.join(folder, 'config.jsonc'), secrets: path.join(folder, 'secrets.json') };
  writeJson(files.config, configFor(okta));
  writeJson(files.secrets, {
    [secretNames.service]: { privateKey: okta.clients.service.privateJwk },
    [secretNames.web]: { clientSecret: okta.clients.web.clientSecret },
    [secretNames.user]: { password: okta.user.password },
    [secretNames.api]: { apiToken: okta.apiToken },
  });
  return files;
}

/** Returns a configuration of the monitor with every probe at every server of the emulator. */
function configFor(okta: OktaEmulator) {
  const { domain, clients, servers, audiences, statusPageUrl } = okta;
  const { service, web } = clients;
  const { ssoUrl, metadataUrl, acsUrl, audience, entityId: issuer } = okta.samlApps.payroll;
  return {
    statusPage: { page: statusPageUrl },
    orgs: [
      {
        name: 'emulator',
        domain,
        negativeTests: true,
        web: {
          clientId: web.clientId,
          redirectUri: web.redirectUri,
          secret: secretNames.web,
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

/** Writes a file that its owner alone may read. */
function writeJson(file: string, value: object): void {
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`, ownerOnly);
}
