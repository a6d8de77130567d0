import type { Config } from '../../lib/config/schema.ts';
import { customServerIds, serverIds } from '../emulators/okta/org.ts';

/**
 * Gives the custom servers of a configuration ids that the embedded Okta has, so that any configuration can be rehearsed.
 * `remarks` tell in words which server stands in for which, and which had to be left out.
 *
 * Trap: the id of a server is a dimension of its metrics. What is rehearsed differs in that from what is deployed.
 */
export function adoptServers(config: Config): { readonly config: Config; readonly remarks: readonly string[] } {
  const remarks: string[] = [];
  const isKnown = (id: string) => serverIds.some((known) => known === id);
  const orgs = config.orgs.map((org) => {
    const free: string[] = customServerIds.filter((known) => !org.servers.some(({ id }) => id === known));
    const servers = org.servers.flatMap((server) => {
      if (isKnown(server.id)) return [server];
      const id = free.shift();
      remarks.push(
        id === undefined
          ? `${org.name}: the server ${server.id} is left out, the embedded Okta has ${customServerIds.length} custom ones`
          : `${org.name}: the embedded Okta's server ${id} stands in for ${server.id}`,
      );
      return id === undefined ? [] : [{ ...server, id }];
    });
    return { ...org, servers };
  });
  return { config: { ...config, orgs }, remarks };
}
