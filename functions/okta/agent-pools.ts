import { idAt, type JsonObject, memberAt, objectsIn, shownName, textAt, timeAt } from './json-fields.ts';

/** Agents that do the same for one directory or network. */
export interface AgentPool {
  readonly id: string;
  readonly name: string;
  /** `AD`, `LDAP`, `Radius` and others. */
  readonly type: string;
  /** `down`: none of its agents works. `degraded`: some of them do. `unknown`: Okta does not say. */
  readonly state: 'operational' | 'degraded' | 'down' | 'inactive' | 'unknown';
  readonly agents: readonly Agent[];
}

export interface Agent {
  readonly id: string;
  /** The host that it runs on. */
  readonly name: string;
  readonly works: boolean;
  /** Okta's word for it, such as `DISRUPTED`. */
  readonly status: string;
  /** Epoch milliseconds. */
  readonly lastConnection?: number;
  /** Its version, if there is a later one. */
  readonly outdatedVersion?: string;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AgentPools/ */
export function parseAgentPools(items: readonly JsonObject[]): readonly AgentPool[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    if (id === undefined) return [];
    const found = memberAt(item, 'agents');
    // Okta's own example has an object in place of the list.
    const agents = objectsIn(Array.isArray(found) ? found : Object.values(Object(found))).flatMap(parseAgent);
    const state = stateOf(textAt(item, 'operationalStatus'), agents);
    return [{ id, name: shownName(item, id), type: textAt(item, 'type')?.slice(0, 20) ?? 'unknown', state, agents }];
  });
}

function parseAgent(item: JsonObject): readonly Agent[] {
  const id = idAt(item, 'id');
  if (id === undefined || item.isHidden === true) return [];
  const status = /^[A-Z_]{1,20}$/.exec(textAt(item, 'operationalStatus') ?? '')?.[0] ?? 'unknown';
  const lastConnection = timeAt(item, 'lastConnection');
  const version = /^[\w.-]{1,30}$/.exec(textAt(item, 'version') ?? '')?.[0] ?? 'unknown';
  return [
    {
      ...{ id, name: shownName(item, id), status, works: status === 'OPERATIONAL' || status === 'unknown' },
      ...(lastConnection !== undefined && { lastConnection }),
      ...(item.isLatestGAedVersion === false && { outdatedVersion: version }),
    },
  ];
}

/** What the agents show counts more than the word for the pool, which lags behind them. */
function stateOf(status: string | undefined, agents: readonly Agent[]): AgentPool['state'] {
  const working = agents.filter(({ works }) => works).length;
  if (status === 'INACTIVE') return 'inactive';
  if (status === 'DISRUPTED' || (agents.length > 0 && working === 0)) return 'down';
  if (status === 'DEGRADED' || working < agents.length) return 'degraded';
  return status === 'OPERATIONAL' ? 'operational' : 'unknown';
}
