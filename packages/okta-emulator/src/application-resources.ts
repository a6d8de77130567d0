import {
  applicationItem,
  checkKeys,
  type GivenApplication,
  keyItem,
  readApplication,
  readKey,
  secretItem,
} from './application-document.ts';
import { type Application, type ClientKey, type ClientSecret, credentialsOf } from './applications.ts';
import { type Body, objectAt } from './documents.ts';
import { ApiError, found, invalid } from './error-responses.ts';
import { emptyResponse } from './http-message.ts';
import { type ApiCall, type Endpoint, type EndpointParts, resourceEndpoints } from './management-resource.ts';
import { oktaId } from './org.ts';
import { generateSecret } from './org-identity.ts';

const scope = 'okta.apps';
const path = '/api/v1/apps';

export const applicationInstance = ({ id, document }: Application) => ({ id, name: String(document.label) });

/** Makes, changes and deletes OpenID Connect applications, their keys and secrets, and sets their sign-in policy. */
export function applicationEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, state, changed } = parts;
  const { applications, accessPolicies, orgSettings } = state;
  const find = (call: ApiCall, isChange: boolean): Application => {
    const { appId = '' } = call.params;
    const application = found(applications.find(appId), appId, 'AppInstance');
    if (isChange) refuseIfPrivileged(call, application);
    return application;
  };

  /** The keys of an application after a replacement. Keys that it had keep their ids. */
  function keysAfter(given: GivenApplication, before: readonly ClientKey[]): ClientKey[] {
    return given.keys.map((body) => {
      const { jwk, status } = readKey(body);
      const same = before.find((key) => key.jwk.kid === jwk.kid && key.jwk.n === jwk.n);
      return same ? { ...same, status } : { ...applications.make('pks'), jwk, status };
    });
  }

  const newSecret = (value = generateSecret()) => ({ ...applications.make('ocs'), value, status: 'ACTIVE' }) as const;

  function create({ body, request }: ApiCall): Application {
    const given = readApplication(body);
    const id = given.clientId ?? oktaId('0oa');
    if (!/^[\x20-\x7e]{6,100}$/.test(id)) {
      throw invalid('client_id', "client_id: 'client_id' must be 6 to 100 characters.");
    }
    if (applications.find(id)) throw invalid('client_id', "client_id: The 'client_id' is already in use.");
    const application = applications.add(id, {
      document: withClientId(given, id),
      status: request.query.get('activate') === 'false' ? 'INACTIVE' : 'ACTIVE',
      keys: keysAfter(given, []),
      secrets: hasSecret(given) ? [newSecret(given.secret)] : [],
    });
    const { application_type } = objectAt(objectAt(given.document, 'settings'), 'oauthClient');
    if (application_type === 'service' && orgSettings.newServiceAppsAreSuperAdmins) {
      application.roles.push({ ...applications.make(''), type: 'SUPER_ADMIN' });
    }
    return application;
  }

  /** Trap: members that the body lacks are gone afterwards, the keys too. The secret stays. */
  function replace({ body }: ApiCall, application: Application): Application {
    const given = readApplication(body, application.id);
    applications.edit(application, (edited) => {
      edited.document = withClientId(given, edited.id);
      edited.keys = keysAfter(given, edited.keys);
      if (hasSecret(given) && edited.secrets.length === 0) edited.secrets = [newSecret(given.secret)];
    });
    return application;
  }

  function assignPolicy(call: ApiCall) {
    const application = find(call, false);
    const { policyId = '' } = call.params;
    found(accessPolicies.find(policyId), policyId, 'Policy');
    applications.edit(application, (edited) => {
      edited.accessPolicyId = policyId;
    });
    changed(call, 'application-policy', 'update', applicationInstance(application));
    return emptyResponse(204);
  }

  const endpoints = resourceEndpoints<Application>(
    {
      path,
      id: 'appId',
      scope,
      switched: 'object',
      find,
      show: (application) => applicationItem(application, origin, activeSecret(application)),
      what: 'application',
      instance: applicationInstance,
      create,
      replace,
      remove(_, { id, status }) {
        if (status === 'ACTIVE') throw new ApiError('E0000056');
        applications.remove(id);
      },
      setStatus(_, application, status) {
        if (application.status === status) return undefined;
        applications.edit(application, (edited) => {
          edited.status = status;
        });
        return application;
      },
    },
    changed,
  );
  return [
    ...endpoints,
    { method: 'PUT', path: `${path}/{appId}/policies/{policyId}`, scope: `${scope}.manage`, respond: assignPolicy },
    ...keyEndpoints(parts),
    ...secretEndpoints(parts),
  ];
}

/** Super administrators alone can change an application with an admin role. */
function refuseIfPrivileged({ principal }: ApiCall, { roles }: Application): void {
  if (roles.length > 0 && !principal.roles.includes('SUPER_ADMIN')) throw new ApiError('E0000006');
}

const hasSecret = ({ document }: Pick<Application, 'document'>) =>
  String(credentialsOf({ document }).token_endpoint_auth_method).startsWith('client_secret');

/** The secret in the answer to a change. */
function activeSecret(application: Application): string | undefined {
  return hasSecret(application) ? application.secrets.find(({ status }) => status === 'ACTIVE')?.value : undefined;
}

function withClientId({ document }: GivenApplication, id: string) {
  const credentials = objectAt(document, 'credentials');
  return {
    ...document,
    credentials: { ...credentials, oauthClient: { ...objectAt(credentials, 'oauthClient'), client_id: id } },
  };
}

/** What differs between the keys and the secrets of a client. */
interface CredentialKind<Credential> {
  readonly path: 'jwks' | 'secrets';
  readonly type: string;
  readonly name: string;
  readonly onlyOne: string;
  readonly active: string;
  /** Whether the application needs an active one. */
  readonly isNeeded: (application: Application) => boolean;
  readonly of: (application: Application) => Credential[];
  readonly show: (application: Application, credential: Credential, origin: string) => Body;
  /** Makes one from a body. Throws `ApiError`. */
  readonly make: (application: Application, body: Body, parts: EndpointParts) => Credential;
}

const usesKey = (application: Application) =>
  credentialsOf(application).token_endpoint_auth_method === 'private_key_jwt';

const keyEndpoints = (parts: EndpointParts) =>
  credentialEndpoints<ClientKey>(parts, {
    path: 'jwks',
    type: 'JsonWebKey',
    name: 'Public key',
    onlyOne:
      "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
    active: "You can't delete an active JSON Web Key. Deactivate the key before deleting it.",
    isNeeded: usesKey,
    of: ({ keys }) => keys,
    show: keyItem,
    make({ keys }, body, { state: { applications } }) {
      checkKeys([...keys.map(({ jwk }) => jwk), body]);
      return { ...applications.make('pks'), ...readKey(body) };
    },
  });

const maxSecrets = 2;

const secretEndpoints = (parts: EndpointParts) =>
  credentialEndpoints<ClientSecret>(parts, {
    path: 'secrets',
    type: 'OAuth2ClientSecretMediated',
    name: 'Client secret',
    onlyOne: "You can't deactivate the only active client secret.",
    active: "You can't delete an active client secret. Deactivate the secret before deleting it.",
    isNeeded: () => true,
    of: ({ secrets }) => secrets,
    show: secretItem,
    make(application, { client_secret = generateSecret(), status }, { state: { applications } }) {
      const refused = (text: string) => invalid('OAuth2ClientSecretMediated', text);
      if (usesKey(application)) {
        throw refused(
          "You can't create a client secret when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
        );
      }
      if (application.secrets.length >= maxSecrets) {
        throw refused("You've reached the maximum number of client secrets per client.");
      }
      const value = String(client_secret);
      return { ...applications.make('ocs'), value, status: status === 'INACTIVE' ? status : 'ACTIVE' };
    },
  });

/** Adds, shows, switches and deletes the keys or the secrets of a client, so that they can be rotated. */
function credentialEndpoints<Credential extends ClientKey | ClientSecret>(
  parts: EndpointParts,
  kind: CredentialKind<Credential>,
): readonly Endpoint[] {
  const { origin, changed } = parts;
  const { applications } = parts.state;
  const applicationOf = (call: ApiCall, isChange: boolean): Application => {
    const { appId = '' } = call.params;
    const application = found(applications.find(appId), appId, 'AppInstance');
    if (isChange) refuseIfPrivileged(call, application);
    return application;
  };
  return resourceEndpoints<Credential>(
    {
      path: `${path}/{appId}/credentials/${kind.path}`,
      id: 'credentialId',
      scope,
      created: 201,
      isReadable: true,
      find(call, isChange) {
        const { credentialId = '' } = call.params;
        const credential = kind.of(applicationOf(call, isChange)).find(({ id }) => id === credentialId);
        return found(credential, credentialId, kind.type);
      },
      show: (credential, call) => kind.show(applicationOf(call, false), credential, origin),
      what: 'credential',
      instance: ({ id }, call) => ({ id, name: kind.name, of: applicationInstance(applicationOf(call, false)) }),
      create(call) {
        const application = applicationOf(call, true);
        const credential = kind.make(application, call.body, parts);
        applications.edit(application, () => kind.of(application).push(credential));
        return credential;
      },
      remove(call, { id, status }) {
        if (status === 'ACTIVE') throw invalid(kind.type, kind.active);
        const application = applicationOf(call, true);
        const credentials = kind.of(application);
        applications.edit(application, () =>
          credentials.splice(
            credentials.findIndex((credential) => credential.id === id),
            1,
          ),
        );
      },
      setStatus(call, credential, status) {
        const application = applicationOf(call, true);
        const others = kind.of(application).filter(({ id, status }) => id !== credential.id && status === 'ACTIVE');
        if (status === 'INACTIVE' && kind.isNeeded(application) && others.length === 0) {
          throw invalid(kind.type, kind.onlyOne);
        }
        applications.edit(application, () => {
          credential.status = status;
          credential.lastUpdated = applications.make('').lastUpdated;
        });
        return credential;
      },
    },
    changed,
  );
}
