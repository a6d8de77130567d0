import { createAuthorizationServer } from './authorization-server.ts';
import { issueCertificates } from './certificates.ts';
import { errorEnvelope } from './error-envelope.ts';
import { listenHttps } from './https-listener.ts';
import { createManagementApi } from './management-api.ts';
import { managementData } from './management-data.ts';
import type { OktaEmulator, OktaOptions } from './okta-emulator.ts';
import { oktaId } from './okta-id.ts';
import { bucketFor, createRateLimiter, rateLimitHeaders } from './rate-limits.ts';
import { registerClients } from './registered-clients.ts';
import { createRouter } from './router.ts';
import { generateServerKeys } from './server-keys.ts';
import { type ServerId, serverAddress, serverIds } from './servers.ts';
import { createSignIn } from './sign-in.ts';
import { createStatusPage } from './status-page.ts';
import { person } from './user.ts';

const rotationDays = 45;
const dayMs = 86_400_000;

/**
 * Starts an Okta org on loopback that clients written for Okta take for one.
 *
 * It speaks HTTPS under an authority made at start, so a client needs `ca`. The protocol itself is oidc-provider's,
 * one instance a server; what is ours is how Okta differs from it.
 */
export async function startOktaEmulator(options: OktaOptions = {}): Promise<OktaEmulator> {
  const now = options.now ?? Date.now;
  const [certificates, { clients, metadata }, ...keys] = await Promise.all([
    issueCertificates(Date.now()),
    registerClients(),
    ...serverIds.map(generateServerKeys),
  ]);

  const listener = await listenHttps(certificates.sound, options.port ?? 0, now);
  const domain = `localhost:${listener.port}`;
  const origin = `https://${domain}`;

  const nextRotation = now() + rotationDays * dayMs;
  const surroundings = { clients: metadata, now, nextRotation };
  const [org, ...custom] = serverIds.map((id, i) => {
    const own = keys[i];
    if (!own) throw new Error(`No keys for ${id}`);
    return createAuthorizationServer(serverAddress(id, origin), own, surroundings);
  });
  if (!org) throw new Error('There is no Org server.');
  const all = [org, ...custom];

  const apiToken = oktaId('00', 40);
  const statusPage = createStatusPage(origin, now, options.statusPage);
  const route = createRouter({
    origin,
    orgId: oktaId('00o'),
    org,
    custom,
    management: createManagementApi(
      { origin, apiToken, accessTokens: org.accessTokens },
      managementData(origin, clients, custom, now, nextRotation),
    ),
    statusPage: statusPage.answer,
    signIn: createSignIn(all),
  });

  const limiter = createRateLimiter(now, options.rateLimits);
  listener.serve(async (request) => {
    const bucket = bucketFor(request.path);
    if (bucket === undefined) return route(request);
    const allowance = limiter.count(bucket);
    const answer = allowance.exceeded ? errorEnvelope('E0000047') : await route(request);
    return { ...answer, headers: { ...answer.headers, ...rateLimitHeaders(allowance) } };
  });

  return {
    domain,
    origin,
    ca: certificates.ca,
    clients,
    person: { login: person.login, password: person.password },
    apiToken,
    servers: serverIds,
    issuers: Object.fromEntries(all.map(({ address }) => [address.id, address.issuer])) as Record<ServerId, string>,
    audiences: Object.fromEntries(all.map(({ address }) => [address.id, address.audience])) as Record<ServerId, string>,
    statusPageUrl: statusPage.url,
    statusFeedUrl: statusPage.feedUrl,
    requests: listener.requests,
    forgetRequests() {
      listener.requests.length = 0;
    },
    setStatus: statusPage.set,
    intercept: listener.intervene,
    forgeTokens(server, forgery) {
      const tokens = all.find(({ address }) => address.id === server)?.accessTokens;
      tokens?.forge(forgery);
      return () => tokens?.forge(undefined);
    },
    async breakTls(flaw) {
      listener.present(await certificates.flawed(flaw));
      return () => listener.present(certificates.sound);
    },
    leaveHeadroom(bucket, share) {
      limiter.leave(bucket, share);
      return () => limiter.refill();
    },
    refillRateLimits: limiter.refill,
    close: listener.close,
    [Symbol.asyncDispose]: listener.close,
  };
}
