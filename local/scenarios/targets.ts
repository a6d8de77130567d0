import { kindOf } from '../../functions/model/org.ts';
import type { Endpoint, Group } from '../../functions/model/probe.ts';
import type { Bucket } from '../../functions/okta/default-limits.ts';
import { endpoints } from '../../functions/okta/endpoints.ts';
import type { ServerId } from '../emulators/okta/org.ts';

/** A place at which a finding can appear. */
export interface ScenarioTarget {
  readonly group: Group;
  /** Absent for what the run says of itself. */
  readonly probe?: string;
  /** Absent for a probe of the whole org. */
  readonly server?: string;
}

/** A site whose probe asks one endpoint, which can be made to answer otherwise. */
export interface EndpointTarget extends ScenarioTarget {
  readonly probe: string;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly bucket: Bucket | undefined;
}

function target(probe: string, endpoint: Endpoint, group: Group, server?: ServerId): EndpointTarget {
  const definition = endpoints[kindOf({ id: server ?? 'org' })][endpoint];
  if (!definition) throw new Error(`no endpoint ${endpoint} at ${server}`);
  const path = definition.path.replace('{id}', server ?? '');
  const bucket = (definition.bucket ?? undefined) as Bucket | undefined;
  return { group, probe, endpoint, path, bucket, ...(server && { server }) };
}

const both = (probe: Endpoint) =>
  [target(probe, probe, 'flows', 'org'), target(probe, probe, 'flows', 'default')] as const;

export const organization = target('organization', 'organization', 'flows');
export const rateLimits = target('rate-limits', 'users', 'limits');
/** The Org server first, then a custom one. */
export const discovery = both('discovery');
export const keys = both('keys');
export const authorize = both('authorize');
export const token = both('token');
export const introspect = both('introspect');

/** What asks nothing, or nothing of Okta's own endpoints. */
export const verify: ScenarioTarget = { group: 'flows', probe: 'verify', server: 'default' };
export const statusPage: ScenarioTarget = { group: 'status', probe: 'status-page' };
export const runs: readonly ScenarioTarget[] = [{ group: 'flows' }, { group: 'limits' }, { group: 'status' }];

/** Where JSON is asked for. */
export const json: readonly EndpointTarget[] = [
  organization,
  ...discovery,
  ...keys,
  ...token,
  ...introspect,
  rateLimits,
];

/** Every endpoint at every kind of server. */
export const everywhere: readonly EndpointTarget[] = [...json, ...authorize];

/** What draws on a rate limit. */
export const limited: readonly EndpointTarget[] = everywhere.filter(({ bucket }) => bucket !== undefined);

/** What is met by the whole org: the probe that speaks for all others, and the one that runs apart from it. */
export const orgWide: readonly EndpointTarget[] = [organization, rateLimits];
