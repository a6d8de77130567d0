import type { Org } from '../../functions/model/org.ts';
import { health } from '../../functions/probes/index.ts';
import type { ConfigInput } from '../../lib/config/schema.ts';
import { buildOrg } from './build-config.ts';

/** Every scope that a probe of the group `health` needs for one of its parts, and the one for the owners of tokens. */
export const healthScopes: readonly string[] = [
  ...new Set([...health.flatMap(({ apiScopes }) => apiScopes?.anyOf ?? []), 'okta.users.read']),
];

type OrgInput = ConfigInput['orgs'][number];

/** An org whose health is checked with these scopes: the Org server and `default`. */
export function healthOrg(settings: OrgInput['health'] = {}, scopes: readonly string[] = healthScopes): Org {
  return buildOrg({
    servers: [{ id: 'org' }, { id: 'default' }],
    api: { client: { clientId: '0oaServiceClient', secret: 'acme/api', scopes: [...scopes] } },
    health: settings,
  });
}
