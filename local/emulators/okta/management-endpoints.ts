import type { RecordChange } from './api-changes.ts';
import { applicationAccessEndpoints } from './application-access-endpoints.ts';
import { applicationCredentialEndpoints } from './application-credential-endpoints.ts';
import { applicationEndpoints } from './application-endpoints.ts';
import { groupEndpoints } from './group-endpoints.ts';
import type { Endpoint } from './management-endpoint.ts';
import { orgSettingEndpoints } from './org-setting-endpoints.ts';
import type { OrgState } from './org-state.ts';
import { policyEndpoints } from './policy-endpoints.ts';
import { serverEndpoints } from './server-endpoints.ts';
import type { CheckCode } from './time-based-code.ts';
import { userEndpoints } from './user-endpoints.ts';
import { zoneEndpoints } from './zone-endpoints.ts';

export interface EndpointParts {
  readonly origin: string;
  readonly state: OrgState;
  /** Writes a change to the System Log. */
  readonly changed: RecordChange;
  /** Checks a code of a factor that a user enrolls. */
  readonly checkCode: CheckCode;
}

/** The endpoints that change the org, and those that read what no collection has. */
export function managementEndpoints(parts: EndpointParts): readonly Endpoint[] {
  return [
    ...applicationEndpoints(parts),
    ...applicationAccessEndpoints(parts),
    ...applicationCredentialEndpoints(parts),
    ...groupEndpoints(parts),
    ...userEndpoints(parts),
    ...serverEndpoints(parts),
    ...policyEndpoints(parts),
    ...zoneEndpoints(parts),
    ...orgSettingEndpoints(parts),
  ];
}
