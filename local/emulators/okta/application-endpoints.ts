import { ApiError, found, invalid } from './api-error.ts';
import { type GivenApplication, readApplication, readKey } from './application-document.ts';
import { applicationItem } from './application-items.ts';
import { type Application, type ClientKey, credentialsOf } from './applications.ts';
import { objectAt } from './documents.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import { oktaId } from './org.ts';
import { generateSecret } from './registered-clients.ts';

/** Makes, changes and deletes OpenID Connect applications, and says which policy signs their users in. */
export function applicationEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { applications, accessPolicies, orgSettings } = state;
  const scope = 'okta.apps.manage';
  const find = ({ appId = '' }: ApiCall['params']): Application =>
    found(applications.find(appId), appId, 'AppInstance');
  const instance = ({ id, document }: Application) => ({ id, name: String(document.label) });

  /** The keys of an application after it was replaced. Those that it had keep their ids. */
  function keysAfter(given: GivenApplication, before: readonly ClientKey[]): ClientKey[] {
    return given.keys.map((one) => {
      const { jwk, status } = readKey(one);
      const same = before.find((key) => key.jwk.kid === jwk.kid && key.jwk.n === jwk.n);
      return same ? { ...same, status } : { ...applications.make('pks'), jwk, status };
    });
  }

  function create(call: ApiCall) {
    const given = readApplication(call.body);
    const id = given.clientId ?? oktaId('0oa');
    if (!/^[\x20-\x7e]{6,100}$/.test(id))
      throw invalid('client_id', "client_id: 'client_id' must be 6 to 100 characters.");
    if (applications.find(id)) throw invalid('client_id', "client_id: The 'client_id' is already in use.");
    const method = String(objectAt(objectAt(given.document, 'credentials'), 'oauthClient').token_endpoint_auth_method);
    const secret = method.startsWith('client_secret') ? (given.secret ?? generateSecret()) : undefined;
    const status = call.request.query.get('activate') === 'false' ? 'INACTIVE' : 'ACTIVE';
    const application = applications.add(id, {
      document: withClientId(given, id),
      status,
      keys: keysAfter(given, []),
      secrets: secret === undefined ? [] : [{ ...applications.make('ocs'), value: secret, status: 'ACTIVE' }],
    });
    const { application_type } = objectAt(objectAt(given.document, 'settings'), 'oauthClient');
    if (application_type === 'service' && orgSettings.newServiceAppsAreSuperAdmins) {
      application.roles.push({ ...applications.make(''), type: 'SUPER_ADMIN' });
    }
    changed(call, 'application', 'create', instance(application));
    return jsonResponse(200, applicationItem(application, origin, secret));
  }

  /** Trap: what the body does not have is gone afterwards, the keys too. The secret stays. */
  function replace(call: ApiCall) {
    const application = find(call.params);
    refuseIfPrivileged(call, application);
    const given = readApplication(call.body, application.id);
    const method = String(objectAt(objectAt(given.document, 'credentials'), 'oauthClient').token_endpoint_auth_method);
    applications.edit(application, (one) => {
      one.document = withClientId(given, one.id);
      one.keys = keysAfter(given, one.keys);
      if (method.startsWith('client_secret') && one.secrets.length === 0) {
        one.secrets = [{ ...applications.make('ocs'), value: given.secret ?? generateSecret(), status: 'ACTIVE' }];
      }
    });
    changed(call, 'application', 'update', instance(application));
    return jsonResponse(200, applicationItem(application, origin, activeSecret(application)));
  }

  const setStatus = (status: Application['status'], change: 'activate' | 'deactivate') => (call: ApiCall) => {
    const application = find(call.params);
    refuseIfPrivileged(call, application);
    if (application.status !== status) {
      applications.edit(application, (one) => {
        one.status = status;
      });
      changed(call, 'application', change, instance(application));
    }
    return jsonResponse(200, {});
  };

  function remove(call: ApiCall) {
    const application = find(call.params);
    refuseIfPrivileged(call, application);
    if (application.status === 'ACTIVE') throw new ApiError('E0000056');
    applications.remove(application.id);
    changed(call, 'application', 'delete', instance(application));
    return emptyResponse(204);
  }

  function assignPolicy(call: ApiCall) {
    const application = find(call.params);
    const { policyId = '' } = call.params;
    found(accessPolicies.find(policyId), policyId, 'Policy');
    applications.edit(application, (one) => {
      one.accessPolicyId = policyId;
    });
    changed(call, 'application-policy', 'update', instance(application));
    return emptyResponse(204);
  }

  const at = '/api/v1/apps/{appId}';
  return [
    { method: 'POST', path: '/api/v1/apps', scope, respond: create },
    { method: 'PUT', path: at, scope, respond: replace },
    { method: 'DELETE', path: at, scope, respond: remove },
    { method: 'POST', path: `${at}/lifecycle/activate`, scope, respond: setStatus('ACTIVE', 'activate') },
    { method: 'POST', path: `${at}/lifecycle/deactivate`, scope, respond: setStatus('INACTIVE', 'deactivate') },
    { method: 'PUT', path: `${at}/policies/{policyId}`, scope, respond: assignPolicy },
  ];
}

/** An application with an admin role can be changed by super administrators only. */
export function refuseIfPrivileged({ principal }: ApiCall, { roles }: Application): void {
  if (roles.length > 0 && !principal.roles.includes('SUPER_ADMIN')) throw new ApiError('E0000006');
}

/** The secret that the answer to a change shows. */
function activeSecret(application: Application): string | undefined {
  const isUsed = String(credentialsOf(application).token_endpoint_auth_method).startsWith('client_secret');
  return isUsed ? application.secrets.find(({ status }) => status === 'ACTIVE')?.value : undefined;
}

function withClientId({ document }: GivenApplication, id: string) {
  const credentials = objectAt(document, 'credentials');
  return {
    ...document,
    credentials: { ...credentials, oauthClient: { ...objectAt(credentials, 'oauthClient'), client_id: id } },
  };
}
