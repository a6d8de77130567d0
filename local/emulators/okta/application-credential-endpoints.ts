import { found, invalid } from './api-error.ts';
import { checkKeys, readKey } from './application-document.ts';
import { refuseIfPrivileged } from './application-endpoints.ts';
import { keyItem, secretItem } from './application-items.ts';
import { type Application, credentialsOf } from './applications.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import { generateSecret } from './registered-clients.ts';

const maxSecrets = 2;

type Credential = 'keys' | 'secrets';

/** What the API says about the keys and the secrets of a client, by Okta's name of the kind. */
const kinds = {
  keys: {
    ...{ path: 'jwks', type: 'JsonWebKey', name: 'Public key' },
    onlyOne:
      "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`.",
    active: "You can't delete an active JSON Web Key. Deactivate the key before deleting it.",
  },
  secrets: {
    ...{ path: 'secrets', type: 'OAuth2ClientSecretMediated', name: 'Client secret' },
    onlyOne: "You can't deactivate the only active client secret.",
    active: "You can't delete an active client secret. Deactivate the secret before deleting it.",
  },
} as const;

/** Adds, deactivates and deletes the public keys and the secrets of a client, so that they can be rotated. */
export function applicationCredentialEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { applications } = state;
  const find = ({ appId = '' }: ApiCall['params']): Application =>
    found(applications.find(appId), appId, 'AppInstance');
  const changeable = (call: ApiCall): Application => {
    const application = find(call.params);
    refuseIfPrivileged(call, application);
    return application;
  };
  const instance = (application: Application, id: string, kind: Credential) => ({
    ...{ id, name: kinds[kind].name, of: { id: application.id, name: String(application.document.label) } },
  });

  function addKey(call: ApiCall) {
    const application = changeable(call);
    checkKeys([...application.keys.map(({ jwk }) => jwk), call.body]);
    const made = { ...applications.make('pks'), ...readKey(call.body) };
    applications.edit(application, ({ keys }) => keys.push(made));
    changed(call, 'credential', 'create', instance(application, made.id, 'keys'));
    return jsonResponse(201, keyItem(application, made, origin));
  }

  function addSecret(call: ApiCall) {
    const application = changeable(call);
    const { client_secret = generateSecret(), status = 'ACTIVE' } = call.body;
    if (credentialsOf(application).token_endpoint_auth_method === 'private_key_jwt') {
      const text =
        "You can't create a client secret when the value for `token_endpoint_auth_method` is `private_key_jwt`.";
      throw invalid(kinds.secrets.type, text);
    }
    if (application.secrets.length >= maxSecrets) {
      throw invalid(kinds.secrets.type, "You've reached the maximum number of client secrets per client.");
    }
    const value = String(client_secret);
    const made = { ...applications.make('ocs'), value, status: status === 'INACTIVE' ? status : 'ACTIVE' } as const;
    applications.edit(application, ({ secrets }) => secrets.push(made));
    changed(call, 'credential', 'create', instance(application, made.id, 'secrets'));
    return jsonResponse(201, secretItem(application, made, origin));
  }

  /** Endpoints of what both kinds have: one by its id, activation, deactivation, deletion. */
  function common(kind: Credential): readonly Endpoint[] {
    const { path, type, onlyOne, active } = kinds[kind];
    const at = `/api/v1/apps/{appId}/credentials/${path}/{credentialId}`;
    const scope = 'okta.apps.manage';
    const credentialOf = (application: Application, { credentialId = '' }: ApiCall['params']) =>
      found(
        application[kind].find(({ id }) => id === credentialId),
        credentialId,
        type,
      );
    const show = (application: Application, params: ApiCall['params']) => {
      const key = application.keys.find(({ id }) => id === params.credentialId);
      const secret = application.secrets.find(({ id }) => id === params.credentialId);
      credentialOf(application, params);
      return jsonResponse(
        200,
        key ? keyItem(application, key, origin) : secret && secretItem(application, secret, origin),
      );
    };
    const setStatus = (status: 'ACTIVE' | 'INACTIVE', change: 'activate' | 'deactivate') => (call: ApiCall) => {
      const application = changeable(call);
      const credential = credentialOf(application, call.params);
      const others = application[kind].filter((one) => one.id !== credential.id && one.status === 'ACTIVE');
      const isNeeded =
        kind === 'secrets' || credentialsOf(application).token_endpoint_auth_method === 'private_key_jwt';
      if (status === 'INACTIVE' && isNeeded && others.length === 0) throw invalid(type, onlyOne);
      applications.edit(application, () => {
        credential.status = status;
        credential.lastUpdated = applications.make('').lastUpdated;
      });
      changed(call, 'credential', change, instance(application, credential.id, kind));
      return show(application, call.params);
    };
    const remove = (call: ApiCall) => {
      const application = changeable(call);
      const { id, status } = credentialOf(application, call.params);
      if (status === 'ACTIVE') throw invalid(type, active);
      applications.edit(application, (one) => {
        one.keys = one.keys.filter((key) => key.id !== id);
        one.secrets = one.secrets.filter((secret) => secret.id !== id);
      });
      changed(call, 'credential', 'delete', instance(application, id, kind));
      return emptyResponse(204);
    };
    return [
      { method: 'GET', path: at, scope: 'okta.apps.read', respond: (call) => show(find(call.params), call.params) },
      { method: 'DELETE', path: at, scope, respond: remove },
      { method: 'POST', path: `${at}/lifecycle/activate`, scope, respond: setStatus('ACTIVE', 'activate') },
      { method: 'POST', path: `${at}/lifecycle/deactivate`, scope, respond: setStatus('INACTIVE', 'deactivate') },
    ];
  }

  const at = '/api/v1/apps/{appId}/credentials';
  return [
    { method: 'POST', path: `${at}/jwks`, scope: 'okta.apps.manage', respond: addKey },
    { method: 'POST', path: `${at}/secrets`, scope: 'okta.apps.manage', respond: addSecret },
    ...common('keys'),
    ...common('secrets'),
  ];
}
