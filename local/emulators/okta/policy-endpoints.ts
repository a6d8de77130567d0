import { invalid } from './api-error.ts';
import { objectAt } from './documents.ts';
import { jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import type { Policies } from './policies.ts';
import { policyTreeEndpoints } from './policy-tree-endpoints.ts';

/** The app sign-in policies of Identity Engine. The Classic engine has none. */
export function policyEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { state } = parts;
  const { accessPolicies, applications } = state;

  function policies({ request, params }: ApiCall): Policies {
    const type =
      params.policyId === undefined && request.method === 'GET' ? request.query.get('type') : 'ACCESS_POLICY';
    if (type === null) throw invalid('type', 'type: The field is required.');
    if (type !== 'ACCESS_POLICY')
      throw new Error(`The emulator has policies of the type ACCESS_POLICY only, not ${type}.`);
    if (state.settings().engine === 'classic')
      throw invalid('type', "type: The policy type 'ACCESS_POLICY' is not supported.");
    return accessPolicies;
  }

  const tree = policyTreeEndpoints(
    {
      path: '/api/v1/policies',
      scope: { read: 'okta.policies.read', manage: 'okta.policies.manage' },
      policies,
      created: 200,
      types: { policy: 'ACCESS_POLICY', rule: 'ACCESS_POLICY' },
      logged: { rule: 'policy-rule', policyType: 'ACCESS_POLICY' },
      check(kind, body) {
        if (kind === 'policy') return;
        const { access } = objectAt(objectAt(body, 'actions'), 'appSignOn');
        if (access === 'ALLOW' || access === 'DENY') return;
        throw invalid('actions', "actions.appSignOn.access: The field must be 'ALLOW' or 'DENY'.");
      },
      checkRemoval({ id }) {
        if (applications.list().some(({ accessPolicyId }) => accessPolicyId === id)) {
          throw invalid('policy', 'The policy is assigned to an application and cannot be deleted.');
        }
      },
    },
    parts,
  );
  const appsOf: Endpoint = {
    ...{ method: 'GET', path: '/api/v1/policies/{policyId}/app', scope: 'okta.policies.read' },
    respond: ({ params }) =>
      jsonResponse(
        200,
        applications
          .list()
          .flatMap((one) =>
            one.accessPolicyId === params.policyId ? [{ id: one.id, label: one.document.label }] : [],
          ),
      ),
  };
  return [...tree, appsOf];
}
