import type { AuthorizationServer } from './authorization-server.ts';
import { user } from './org.ts';
import type { RegisteredClients } from './registered-clients.ts';

type Item = Readonly<Record<string, unknown>> & { readonly id?: string };

export interface Collection {
  /** The scope that an OAuth access token needs. */
  readonly scope: string;
  list(): readonly Item[];
}

const created = '2024-01-15T09:30:00.000Z';

/** The org's collections by path. */
export function managementData(
  origin: string,
  clients: RegisteredClients,
  customServers: readonly AuthorizationServer[],
  now: () => number,
  nextRotation: number,
): Readonly<Record<string, Collection>> {
  return {
    '/api/v1/users': {
      scope: 'okta.users.read',
      list: () => [
        {
          id: user.id,
          status: 'ACTIVE',
          created,
          activated: created,
          statusChanged: created,
          lastLogin: created,
          lastUpdated: created,
          passwordChanged: created,
          type: { id: 'oty1default2user3typ' },
          profile: {
            firstName: user.firstName,
            lastName: user.lastName,
            mobilePhone: null,
            secondEmail: null,
            login: user.login,
            email: user.login,
          },
          credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
          _links: { self: { href: `${origin}/api/v1/users/${user.id}` } },
        },
      ],
    },
    '/api/v1/apps': {
      scope: 'okta.apps.read',
      list: () => [
        app(origin, clients.service.clientId, 'Okta monitor', 'service', ['client_credentials']),
        app(origin, clients.secret.clientId, 'Okta monitor (secret)', 'service', ['client_credentials']),
        app(origin, clients.web.clientId, 'Web application', 'web', ['authorization_code', 'refresh_token']),
      ],
    },
    '/api/v1/logs': {
      scope: 'okta.logs.read',
      list: () => [
        {
          actor: {
            id: clients.service.clientId,
            type: 'PublicClientApp',
            alternateId: 'unknown',
            displayName: 'Okta monitor',
          },
          client: { userAgent: { rawUserAgent: 'okta-synthetics' }, ipAddress: '127.0.0.1' },
          displayMessage: 'OAuth2 access token is granted',
          eventType: 'app.oauth2.token.grant.access_token',
          outcome: { result: 'SUCCESS', reason: null },
          published: new Date(now()).toISOString(),
          severity: 'INFO',
          transaction: { type: 'WEB', id: 'Z1emulated2okta3log4transac', detail: {} },
          uuid: '7b2a2f0e-6a53-11f0-9d1b-0242ac120002',
          version: '0',
          target: [],
        },
      ],
    },
    '/api/v1/authorizationServers': {
      scope: 'okta.authorizationServers.read',
      list: () =>
        customServers.map(({ address, keys }) => ({
          id: address.id,
          name: address.id === 'default' ? 'default' : 'Orders',
          description: 'An authorization server of the emulated org',
          audiences: [address.audience],
          issuer: address.issuer,
          issuerMode: 'ORG_URL',
          status: 'ACTIVE',
          created,
          lastUpdated: created,
          credentials: {
            signing: {
              kid: keys.published[0].kid,
              rotationMode: 'AUTO',
              lastRotated: created,
              nextRotation: new Date(nextRotation).toISOString(),
            },
          },
          _links: { self: { href: `${origin}/api/v1/authorizationServers/${address.id}` } },
        })),
    },
  };
}

function app(origin: string, id: string, label: string, kind: string, grants: readonly string[]): Item {
  return {
    id,
    name: 'oidc_client',
    label,
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    signOnMode: 'OPENID_CONNECT',
    settings: { oauthClient: { application_type: kind, grant_types: grants } },
    _links: { self: { href: `${origin}/api/v1/apps/${id}` } },
  };
}
