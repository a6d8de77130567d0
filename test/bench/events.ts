import type { Org, Server } from '../../functions/model/org.ts';
import type { Group } from '../../functions/model/probe.ts';
import { issuerOf } from '../../functions/okta/endpoints.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { withHealth } from '../../local/scenarios/with-health.ts';
import { withSystemLog } from '../../local/scenarios/with-system-log.ts';
import { withTestUser } from '../../local/scenarios/with-test-user.ts';
import { adoptServers } from '../../local/simulator/adopt-servers.ts';

/** The secrets of the clients that the reference server is asked by. */
export const referenceSecrets = { key: 'bench/key', password: 'bench/password' } as const;

/** The client secret that the reference server is asked with. It verifies none. */
export const referenceClient = { id: 'bench', secret: 'not-a-secret' } as const;

/** The event of a group's schedule: that of the commented example with everything switched on. */
export function eventOf(group: Group): Org {
  const example = loadConfig('lib/config/example.jsonc');
  const everything = withTestUser(withSystemLog(withHealth(example)));
  const { config } = adoptServers({
    ...everything,
    orgs: everything.orgs.slice(0, 1).map((org) => ({ ...org, negativeTests: true })),
  });
  const event = monitoredOrgs(config)
    .flatMap(probeEvents)
    .find((each) => each.group === group);
  if (!event) throw new Error(`the example has no event of ${group}`);
  return event.org;
}

/** The event of `flows`, for an org of this name in whose place the reference server is. */
export function flowsAt(domain: string, name = 'acme'): Org {
  const event = eventOf('flows');
  const point = ({ audience, service, ...server }: Server): Server => {
    const issuer = issuerOf(domain, server.id);
    return {
      ...{ ...server, issuer },
      ...(audience !== undefined && { audience: `${issuer}/api` }),
      ...(service && { service: { ...service, clientId: referenceClient.id, secret: referenceSecrets.key } }),
    };
  };
  return { ...event, name, domain, servers: event.servers.map(point) };
}

/** What other tools can do too: one custom server, and a client that authenticates with a secret. */
export function peerFlowsAt(domain: string): Org {
  const event = flowsAt(domain, 'peer');
  const servers = event.servers.flatMap(({ web: _, service, ...server }): Server[] =>
    server.id === 'org' || !service
      ? []
      : [
          {
            ...server,
            service: { ...service, authentication: 'client_secret_basic', secret: referenceSecrets.password },
          },
        ],
  );
  return { ...event, servers: servers.slice(0, 1) };
}
