import {
  authorizationResponse,
  type Effect,
  errorEnvelope,
  htmlResponse,
  javascriptRedirect,
  jsonResponse,
  type Match,
  type OktaErrorCode,
  type OktaResponse,
  oauthError,
  oktaError,
  type ReportedStatus,
  type ResponseHeaders,
  type TokenAlteration,
} from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import type { FaultAt } from '../targets.ts';

/** Applies an effect to every request to the target's endpoint, or only to those that `when` selects. */
export function intercept(effect: Effect, only?: Match['when']): FaultAt {
  return ({ okta }, { path, when = only }) => ({ restore: okta.intercept({ path, ...(when && { when }) }, effect) });
}

/** Applies an effect to each second request to the target's endpoint, so that a retry works. */
export function failAtFirst(effect: Effect): FaultAt {
  return (environment, target) => {
    let count = 0;
    return intercept(effect, () => count++ % 2 === 0)(environment, target);
  };
}

/** Applies an effect to every request to the org. The status page is not part of the org. */
export function interceptOrg(effect: Effect): Fault {
  return ({ okta }) => ({ restore: okta.intercept({ path: /^\/(?!status)/ }, effect) });
}

/** The same for the requests that name the org by its configured domain. Under its other name it answers. */
export function interceptDomain(effect: Effect): Fault {
  return ({ okta }) => {
    const when: Match['when'] = ({ raw }) => raw.headers.host === okta.domain;
    return { restore: okta.intercept({ path: /^\/(?!status)/, when }, effect) };
  };
}

/** Replaces Okta's answer. It has the headers of what sends it: most answers from Okta have a request ID. */
export function respond(answer: OktaResponse): FaultAt {
  return intercept(answer);
}

/** Answers as a gateway or CDN in front of Okta would: without any header of Okta's. */
export function respondFromEdge(answer: OktaResponse): FaultAt {
  return intercept({ ...answer, sender: 'other' });
}

/**
 * Refuses an OAuth token as the management API does: no body, and a challenge (RFC 6750, 3). `before` is another challenge
 * that precedes it.
 */
export function respondWithChallenge(code: OktaErrorCode, before = ''): FaultAt {
  const { status, error, description } = oktaError(code);
  return ({ okta }, { path }) => {
    const realm = okta.origin.replace('https:', 'http:');
    const parameters = {
      authorization_uri: `${realm}/oauth2/v1/authorize`,
      realm,
      // Commas are legal within quotes (RFC 9110, 5.6.4), but break parsers that split at every comma.
      scope: 'okta.users.read, okta.users.read.self',
      error,
      error_description: `${description.slice(0, -1)}, ask for another one.`,
      resource: path,
    };
    const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
    const headers = { 'www-authenticate': `${before}Bearer ${list.join(', ')}` };
    return { restore: okta.intercept({ path }, { status, headers, body: '' }) };
  };
}

/** Alters the JSON of successful answers. */
export function alterJson(alter: (body: Record<string, unknown>) => unknown): FaultAt {
  return intercept({
    transform: async (answer) =>
      answer.status === 200 ? { ...answer, body: JSON.stringify(await alter(JSON.parse(answer.body))) } : answer,
  });
}

/** Alters the published keys. The emulator lists the key in use first. */
export function alterKeys(alter: (published: readonly object[]) => object[] | Promise<object[]>): FaultAt {
  return alterJson(async ({ keys }) => ({ keys: await alter(keys as object[]) }));
}

/** Replaces some of the headers. `headers` is called for each answer, so that they can depend on the time. */
export function replaceHeaders(headers: () => ResponseHeaders): FaultAt {
  return intercept({ transform: (answer) => ({ ...answer, headers: { ...answer.headers, ...headers() } }) });
}

/** Makes Okta's clock differ from ours in the `Date` header. */
export function shiftDate(seconds: number): FaultAt {
  return replaceHeaders(() => ({ date: new Date(Date.now() + seconds * 1000).toUTCString() }));
}

/** Leaves a share of the target's bucket. The emulator counts later requests from there. */
export function leaveHeadroom(share: number): FaultAt {
  return ({ okta }, { bucket }) => (bucket ? { restore: okta.setRemaining(bucket, share) } : {});
}

/** Changes the reports of Okta's status page. */
export function reportStatus(status: ReportedStatus): Fault {
  return ({ okta }) => {
    okta.setStatus(status);
    return { restore: () => okta.setStatus({ kind: 'operational' }) };
  };
}

/** Makes the custom server issue altered tokens. */
export function forgeTokens(forgery: TokenAlteration): Fault {
  return ({ okta }) => ({ restore: okta.alterTokens('default', forgery) });
}

/** Makes the custom server issue tokens with other values of these claims. */
export function forgeClaims(forged: object): Fault {
  return forgeTokens({ claims: (claims) => ({ ...claims, ...forged }) });
}

/** Makes the custom server issue tokens with other times, in seconds from when they are issued. */
export function forgeTimes(offsets: Readonly<Partial<Record<'iat' | 'nbf' | 'exp', number>>>): Fault {
  const from = (iat: number) => Object.entries(offsets).map(([claim, seconds]) => [claim, iat + seconds]);
  return forgeTokens({ claims: (claims) => ({ ...claims, ...Object.fromEntries(from(claims.iat)) }) });
}

/** How the answer of /authorize can send the browser to the redirect URI. */
export const redirectMethods = ['query', 'fragment', 'script', 'form'] as const;

export type RedirectMethod = (typeof redirectMethods)[number];

/** Redirects with an error to the redirect URI of the request. */
export function redirectWithError(method: RedirectMethod, code: OktaErrorCode, when?: Match['when']): FaultAt {
  const { error, description } = oktaError(code);
  const transform: Effect['transform'] = (_, { query }) => {
    const parameters = { state: query.get('state') ?? '', error, error_description: description };
    return redirectTo(query.get('redirect_uri') ?? '', method, parameters);
  };
  return intercept({ transform }, when);
}

/** Keeps the redirect that Okta answers with, but sends it by another method. */
export function redirectBy(method: RedirectMethod): FaultAt {
  return intercept({
    transform: (answer) => {
      const { location } = answer.headers;
      if (typeof location !== 'string') return answer;
      const url = new URL(location);
      return redirectTo(url.origin + url.pathname, method, Object.fromEntries(url.searchParams));
    },
  });
}

const responseModes = { query: 'query', fragment: 'fragment', script: 'query', form: 'form_post' } as const;

function redirectTo(uri: string, method: RedirectMethod, parameters: Readonly<Record<string, string>>): OktaResponse {
  const answer = authorizationResponse(responseModes[method], uri, parameters);
  return method === 'script' ? javascriptRedirect(answer) : answer;
}

/** One of Okta's OAuth errors as JSON. Pass `status` where Okta sends another one than its error catalog says. */
export function oauthAnswer(code: OktaErrorCode, status?: number): OktaResponse {
  const error = oktaError(code);
  return oauthError(status === undefined ? error : { ...error, status });
}

/** The same error with a description that Okta may use tomorrow: the monitor must recognize it by its code alone. */
export function reworded(answer: OktaResponse): OktaResponse {
  return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), error_description: 'Not today.' }) };
}

/** A web page that contains neither an error code nor a redirect. */
export function htmlPage(status: number, title: string): OktaResponse {
  const head = `<head><meta charset="utf-8"><title>${title}</title></head>`;
  return htmlResponse(status, `<!DOCTYPE html>\n<html lang="en">\n${head}\n<body><h1>${title}</h1></body>\n</html>\n`);
}

/** A 200 that is declared as JSON, with this text as its body. */
export function declaredJson(body: string): OktaResponse {
  return { ...jsonResponse(200, undefined), body };
}

/** Rate-limit headers. For two limits, as in `2000 & 60`, Okta repeats each header. */
export function rateLimitHeaders(limit: string, remaining: string, resetInSeconds = 30): ResponseHeaders {
  const reset = String(Math.ceil(Date.now() / 1000) + resetInSeconds);
  const lines = (text: string) => text.split(' & ');
  return {
    'x-rate-limit-limit': lines(limit),
    'x-rate-limit-remaining': lines(remaining),
    'x-rate-limit-reset': lines(limit).map(() => reset),
  };
}

/** A 429 with these headers. Its reset is counted from each answer. */
export function exhausted429(...limits: Parameters<typeof rateLimitHeaders>): Effect {
  return {
    ...errorEnvelope('E0000047'),
    transform: (answer) => ({ ...answer, headers: { ...answer.headers, ...rateLimitHeaders(...limits) } }),
  };
}
