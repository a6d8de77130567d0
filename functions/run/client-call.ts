import { type ClientAuth, customFetch, ResponseBodyError } from 'oauth4webapi';
import type { Secret, Secrets } from '../aws/secrets.ts';
import type { ServiceClient } from '../model/org.ts';
import type { Fetch } from '../model/probe.ts';
import { authenticationFactories } from './client-authentication.ts';

/** How a client authenticates at one endpoint with this value of its secret. Throws `SecretUnreadable`. */
export type Authenticate = (secret: Secret) => Promise<ClientAuth> | ClientAuth;

/** Authenticates a client at one endpoint by its configured method. */
export function authenticateAt(
  { authentication, secret: name }: Pick<ServiceClient, 'authentication' | 'secret'>,
  endpoint: string,
): Authenticate {
  return (secret) => authenticationFactories[authentication](secret, name, endpoint);
}

/** Calls an OAuth endpoint as a client that has a secret. */
export async function callAsClient<Result>(
  secrets: Secrets,
  secretName: string,
  authenticate: Authenticate,
  fetch: Fetch,
  attempt: (authentication: ClientAuth, fetch: Fetch) => Promise<Result>,
): Promise<Result> {
  let status: number | undefined;
  const watched: Fetch = async (...request) => {
    const response = await fetch(...request);
    ({ status } = response);
    return response;
  };
  const isRejected = (result: PromiseSettledResult<Result>) => status === 401 || isInvalidClient(result);
  return withSecret(secrets, secretName, isRejected, async (secret) => attempt(await authenticate(secret), watched));
}

/**
 * Calls `attempt` with the cached secret. If it is rejected, in whatever words (RFC 6749, 5.2 asks for 401 and a challenge),
 * reads the secret again and, if it changed, retries once.
 * It does not retry with the same secret, because rejected requests look like an attack in the org's System Log.
 */
export async function withSecret<Result>(
  secrets: Secrets,
  name: string,
  isRejected: (result: PromiseSettledResult<Result>) => boolean,
  attempt: (secret: Secret) => Promise<Result>,
): Promise<Result> {
  const secret = await secrets.read(name);
  const [result] = await Promise.allSettled([attempt(secret)]);
  if (isRejected(result)) {
    const fresh = await secrets.read(name, { fresh: true });
    if (JSON.stringify(fresh.reveal()) !== JSON.stringify(secret.reveal())) return attempt(fresh);
  }
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Whether the answer was OAuth's `invalid_client`, which Okta sends with 400 as well as 401. */
function isInvalidClient(result: PromiseSettledResult<unknown>): boolean {
  if (result.status === 'fulfilled') return false;
  return result.reason instanceof ResponseBodyError && result.reason.error === 'invalid_client';
}

/**
 * Drops oauth4webapi's abort signal and redirect mode: our `fetch` has the run's deadline and never redirects. It names the
 * monitor as the user agent too.
 */
export function adapt(fetch: Fetch): { readonly [customFetch]: typeof globalThis.fetch } {
  return {
    [customFetch]: (url, init) =>
      fetch(String(url), {
        ...(init?.method !== undefined && { method: init.method }),
        headers: Object.fromEntries([...new Headers(init?.headers)].filter(([name]) => name !== 'user-agent')),
        body: (init?.body ?? null) as URLSearchParams | null,
      }),
  };
}
