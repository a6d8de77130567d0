import type { Agent } from 'node:https';
import type { HttpsProxy } from './proxy.ts';

/** What each client of the AWS SDK of this machine is made with: the SDK itself knows no proxy. */
export function awsOptions(proxy: HttpsProxy | undefined): {
  readonly requestHandler?: { readonly httpsAgent: Agent };
} {
  return proxy ? { requestHandler: { httpsAgent: proxy.httpsAgent() } } : {};
}
