import { invalid } from './api-error.ts';
import { jsonResponse } from './http-message.ts';
import type { Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';

/** Whether each new service application is a super administrator. */
export function orgSettingEndpoints({ state: { orgSettings } }: EndpointParts): readonly Endpoint[] {
  const path = '/api/v1/org/settings/clientPrivilegesSetting';
  const show = () => jsonResponse(200, { clientPrivilegesSetting: orgSettings.newServiceAppsAreSuperAdmins });
  return [
    { method: 'GET', path, scope: 'okta.orgs.read', respond: show },
    {
      ...{ method: 'PUT', path, scope: 'okta.orgs.manage' },
      respond({ body: { clientPrivilegesSetting: isOn } }) {
        if (typeof isOn !== 'boolean') throw invalid('clientPrivilegesSetting', 'The field must be true or false.');
        orgSettings.newServiceAppsAreSuperAdmins = isOn;
        return show();
      },
    },
  ];
}
