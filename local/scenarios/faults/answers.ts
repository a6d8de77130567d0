import { authorizationResponse, javascriptRedirect } from '../../emulators/okta/authorization-response.ts';
import { oauthError } from '../../emulators/okta/error-responses.ts';
import {
  htmlResponse,
  jsonResponse,
  type OktaResponse,
  type ResponseHeaders,
} from '../../emulators/okta/http-message.ts';
import type { Effect } from '../../emulators/okta/interceptors.ts';
import { type OktaErrorCode, oktaError } from '../../emulators/okta/okta-errors.ts';
import type { Fault } from '../../simulator/environment.ts';
import type { EndpointTarget } from '../targets.ts';

/** What becomes of every request to a site's endpoint. */
export function meets({ path }: EndpointTarget, effect: Effect): Fault {
  return ({ okta }) => ({ restore: okta.intercept({ path }, effect) });
}

/** What becomes of every request to the org. The status page is another site. */
export function orgMeets(effect: Effect): Fault {
  return ({ okta }) => ({ restore: okta.intercept({ path: /^\/(?!status)/ }, effect) });
}

/** Answers in Okta's place. The request id is Okta's, as on every answer of its own. */
export function answers(site: EndpointTarget, { status, headers, body }: OktaResponse): Fault {
  return meets(site, { status, headers, body });
}

/** Answers as something before Okta does, which knows of no request ids. */
export function answersFromEdge(site: EndpointTarget, answer: OktaResponse): Fault {
  return meets(site, {
    status: answer.status,
    transform: ({ headers: { 'x-okta-request-id': _, ...headers } }) => ({
      ...answer,
      headers: { ...headers, ...answer.headers },
    }),
  });
}

/** Alters the true answer, as its JSON. */
export function altersJson(site: EndpointTarget, alter: (body: Record<string, unknown>) => unknown): Fault {
  return meets(site, {
    transform: (answer) =>
      answer.status === 200 ? { ...answer, body: JSON.stringify(alter(JSON.parse(answer.body))) } : answer,
  });
}

export function altersHeaders(site: EndpointTarget, alter: (headers: ResponseHeaders) => ResponseHeaders): Fault {
  return meets(site, { transform: (answer) => ({ ...answer, headers: alter(answer.headers) }) });
}

/** One of Okta's OAuth errors as JSON, with another status where its catalogue and the wire disagree. */
export function oauth(code: OktaErrorCode, status?: number): OktaResponse {
  const error = oktaError(code);
  return oauthError(status === undefined ? error : { ...error, status });
}

/** The same error in words that Okta may choose tomorrow: its code alone must do. */
export function reworded(answer: OktaResponse): OktaResponse {
  return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), error_description: 'Not today.' }) };
}

/** The ways for an answer of /authorize to reach the callback. */
export const ways = ['query', 'fragment', 'script', 'form'] as const;

export type Way = (typeof ways)[number];

/** Sends the browser back to the application with an error. */
export function callsBack(site: EndpointTarget, way: Way, code: OktaErrorCode): Fault {
  const { error, description } = oktaError(code);
  return meets(site, {
    transform: (_, { query }) => {
      const members = { state: query.get('state') ?? '', error, error_description: description };
      return travel(way, query.get('redirect_uri') ?? '', members);
    },
  });
}

/** Makes the true redirect travel another way. */
export function redirectsBy(site: EndpointTarget, way: Way): Fault {
  return meets(site, {
    transform: (answer) => {
      const { location } = answer.headers;
      if (typeof location !== 'string') return answer;
      const url = new URL(location);
      return travel(way, url.origin + url.pathname, Object.fromEntries(url.searchParams));
    },
  });
}

const modes = { query: 'query', fragment: 'fragment', script: 'query', form: 'form_post' } as const;

function travel(way: Way, redirectUri: string, members: Readonly<Record<string, string>>): OktaResponse {
  const answer = authorizationResponse(modes[way], redirectUri, members);
  return way === 'script' ? javascriptRedirect(answer) : answer;
}

/** A page that has nothing of the protocol in it. */
export function page(status: number, title: string): OktaResponse {
  const head = `<head><meta charset="utf-8"><title>${title}</title></head>`;
  return htmlResponse(status, `<!DOCTYPE html>\n<html lang="en">\n${head}\n<body><h1>${title}</h1></body>\n</html>\n`);
}

/** Rate-limit headers. Two limits, as in `2000 & 60`, come as Okta sends them: each header twice. */
export function limitHeaders(limit: string, remaining: string, resetInSeconds = 30): ResponseHeaders {
  const reset = String(Math.ceil(Date.now() / 1000) + resetInSeconds);
  const lines = (text: string) => text.split(' & ');
  return {
    'x-rate-limit-limit': lines(limit),
    'x-rate-limit-remaining': lines(remaining),
    'x-rate-limit-reset': lines(limit).map(() => reset),
  };
}

/**
 * What an OAuth token severity at the management API: no body, and a challenge with commas in its quotes (RFC 6750, 3).
 * Another challenge may stand `before` it.
 */
export function challenge({ path }: EndpointTarget, code: OktaErrorCode, before = ''): Fault {
  const { status, error, description } = oktaError(code);
  return ({ okta }) => {
    const realm = okta.origin.replace('https:', 'http:');
    const members = {
      authorization_uri: `${realm}/oauth2/v1/authorize`,
      realm,
      scope: 'okta.users.read, okta.users.read.self',
      error,
      error_description: `${description.slice(0, -1)}, ask for another one.`,
      resource: path,
    };
    const list = Object.entries(members).map(([name, value]) => `${name}="${value}"`);
    const headers = { 'www-authenticate': `${before}Bearer ${list.join(', ')}` };
    return { restore: okta.intercept({ path }, { status, headers, body: '' }) };
  };
}

/** Broken bodies under a head that promises JSON. */
export function brokenJson(body: string): OktaResponse {
  return { ...jsonResponse(200, undefined), body };
}
