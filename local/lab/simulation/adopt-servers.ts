import type { Config } from '../../../lib/config/schema.ts';
import { customServerIds, serverIds } from '../../../packages/okta-emulator/src/index.ts';

/**
 * Gives the custom servers of a configuration the ids of servers that the Okta emulator has, so that any configuration can
 * be simulated. `remarks` say which server is replaced by which, and which are left out.
 *
 * Trap: a server's id is a dimension of its metrics, so these metrics differ from those of the deployment.
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
          ? `${org.name}: leaving out server ${server.id}, because the Okta emulator has only ${customServerIds.length} custom servers`
          : `${org.name}: simulating server ${server.id} as the Okta emulator's server ${id}`,
      );
      return id === undefined ? [] : [{ ...server, id }];
    });
    return { ...org, servers };
  });
  return { config: { ...config, orgs }, remarks };
}
