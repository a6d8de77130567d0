import type { Org, WebClient } from '../../functions/model/org.ts';
import { fullOrg } from './full-org.ts';

/**
 * The full org with a test user and the secret of its web application, which is changed at each server.
 *
 * Trap: a run remembers the sign-ins of an org by its name.
 */
export function journeyOrg(name: string, change: Partial<WebClient> = {}): Org {
  const scopes = ['openid', 'profile', 'email', 'offline_access'];
  return {
    ...{ ...fullOrg, name, user: { login: 'user', secret: 'acme/user' } },
    servers: fullOrg.servers.map(({ web, ...server }) => ({
      ...server,
      ...(web && { web: { ...web, secret: 'acme/web', scopes, ...change } }),
    })),
  };
}
