import { ResponseBodyError } from 'oauth4webapi';
import type { Secrets } from '../../../functions/aws/secrets.ts';
import { SecretUnreadable, TransportError } from '../../../functions/model/errors.ts';
import type { Org, Server, ServiceClient } from '../../../functions/model/org.ts';
import type { Fetch, KeySet } from '../../../functions/model/probe.ts';
import { endpointUrl } from '../../../functions/okta/endpoints.ts';
import { parseKeySet } from '../../../functions/okta/key-set.ts';
import { openCredentials } from '../../../functions/run/credentials.ts';
import { deadlineIn, runTimeoutMs } from '../../../functions/run/deadline.ts';
import { openHttp } from '../../../functions/run/http.ts';
import type { HttpsProxy } from '../proxy.ts';
import { type Introspection, judgeToken, type TokenReport, type TokenRequirements } from './judge-token.ts';
import type { ReadToken } from './read-token.ts';
import { type Issuer, locateIssuer } from './read-token.ts';

/**
 * Judges a pasted token by its issuer's published keys and, with a client, by introspection.
 *
 * Trap: keys are fetched only from the domains of `orgs`, never from a host that only the token names. The token itself is
 * sent to the introspection endpoint of a server there, and only if a service application is configured at it.
 */
export async function checkToken(
  token: ReadToken,
  orgs: readonly Org[],
  requirements: TokenRequirements,
  secrets: Secrets,
  proxy?: HttpsProxy,
): Promise<TokenReport> {
  const issuer = locateIssuer(token.claims?.iss, orgs);
  const keysAt = keySource(token, issuer);
  const asked = introspectionServers(token, issuer, orgs);
  const timeoutMs = Math.max(0, ...orgs.map((org) => org.timeoutMs));
  const deadline = deadlineIn(runTimeoutMs(timeoutMs));
  const domains = new Set(
    [keysAt?.org.domain, ...asked.map(({ org }) => org.domain)].filter((each) => each !== undefined),
  );
  await Promise.all([...domains].map((domain) => proxy?.verify(`https://${domain}`, timeoutMs)));
  const http = openHttp({
    ...{ signal: deadline.signal, now: Date.now, timeoutMs },
    ...(proxy && { createAgent: proxy.createAgent }),
  });
  const offsets: number[] = [];
  const fetch: Fetch = (url, init = {}) =>
    http.send(url, init, ({ clockOffsetSeconds }) => offsets.push(clockOffsetSeconds ?? 0));
  const credentialsOf = openCredentials(secrets, Date.now);
  const introspectAt = async ({ org, server }: ServerWithClient): Promise<Introspection> => {
    const answer = { server: server.id, clientId: server.service.clientId };
    try {
      const sent = { value: token.value.reveal(), type: 'bearer' };
      return { ...answer, claims: await credentialsOf(org).introspect(server, sent, fetch) };
    } catch (error) {
      return { ...answer, failure: reasonOf(error) };
    }
  };
  try {
    const keys = keysAt && (await fetchKeys(keysAt, fetch));
    const introspections = await Promise.all(asked.map(introspectAt));
    // The issuer's clock decides. A difference within the tolerance does not count.
    const clockOffsetSeconds = offsets.at(-1) ?? 0;
    const now = Date.now() / 1000 + (Math.abs(clockOffsetSeconds) > 1 ? clockOffsetSeconds : 0);
    return await judgeToken(token, {
      ...{ now, clockOffsetSeconds, orgs, issuer, requirements, introspections },
      ...(keys && { keys }),
    });
  } finally {
    await http.close();
  }
}

interface ServerOfOrg {
  readonly org: Org;
  readonly server: Server;
}

interface ServerWithClient extends ServerOfOrg {
  readonly server: Server & { readonly service: ServiceClient };
}

function keySource({ kind }: ReadToken, issuer: Issuer): ServerOfOrg | undefined {
  const isSigned = ['custom-access-token', 'id-token', 'other-jwt'].includes(kind);
  return isSigned && 'server' in issuer ? issuer : undefined;
}

/**
 * The servers that can be asked about a token: the one that it names, or all servers of the org for a token that names
 * none. With several orgs such a token is sent to none of them, because it can be of one only.
 */
function introspectionServers({ kind }: ReadToken, issuer: Issuer, orgs: readonly Org[]): readonly ServerWithClient[] {
  const withClient = ({ org, server }: ServerOfOrg) =>
    server.service ? [{ org, server: { ...server, service: server.service } }] : [];
  if (kind === 'custom-access-token' || kind === 'org-access-token')
    return 'server' in issuer ? withClient(issuer) : [];
  const [org, ...others] = orgs;
  if ((kind !== 'opaque' && kind !== 'encrypted-jwt') || !org || others.length > 0) return [];
  return org.servers.flatMap((server) => withClient({ org, server }));
}

async function fetchKeys(
  { org, server }: ServerOfOrg,
  fetch: Fetch,
): Promise<KeySet | { readonly unavailable: string }> {
  try {
    const response = await fetch(endpointUrl(org.domain, server, 'keys'));
    if (response.status === 404) return { unavailable: `there is no server "${server.id}" at ${org.domain} (404)` };
    if (response.status !== 200) return { unavailable: `${org.domain} answers ${response.status} for its keys` };
    return parseKeySet(Object(await response.json())) ?? { unavailable: 'its key set is malformed' };
  } catch (error) {
    return { unavailable: `its keys cannot be fetched: ${reasonOf(error)}` };
  }
}

/** Trap: the message of an error may quote the request. */
function reasonOf(error: unknown): string {
  if (error instanceof SecretUnreadable) return error.message;
  if (error instanceof TransportError) return error.code;
  if (error instanceof ResponseBodyError && /^[a-z_]{1,40}$/.test(error.error)) return `${error.status} ${error.error}`;
  return 'no usable answer';
}
