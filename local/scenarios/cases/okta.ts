import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import { emptyResponse, jsonResponse, type OktaResponse, redirectResponse } from '../../emulators/okta/http-message.ts';
import type { ReportedStatus } from '../../emulators/okta/status-page.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, type Variant, variant } from '../case.ts';
import {
  alterJson,
  declaredJson,
  forgeTokens,
  htmlPage,
  intercept,
  interceptOrg,
  oauthAnswer,
  redirectMethods,
  redirectWithError,
  reportStatus,
  respond,
  respondFromEdge,
} from '../faults/answers.ts';
import { changeOrg } from '../faults/configuration.ts';
import {
  allEndpoints,
  authorize,
  discovery,
  type EndpointTarget,
  introspect,
  jsonEndpoints,
  keys,
  organization,
  rateLimits,
  statusPage,
  token,
  verify,
} from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const malformed = okta('malformed-answer');
const unavailable = okta('temporarily-unavailable');

/** Members without which an answer is malformed. */
const requiredMembers: readonly [targets: readonly EndpointTarget[], member: string][] = [
  [[organization], 'id'],
  [keys, 'keys'],
  [token, 'access_token'],
  [token, 'token_type'],
  [introspect, 'active'],
  [introspect, 'iss'],
];

const removeMember = (target: EndpointTarget, member: string): Fault =>
  alterJson(target, ({ [member]: _, ...rest }) => rest);

/** URLs in the discovery document that do not match the server. */
const wrongUrls: readonly [member: string, symptom: string, change: (url: string) => string][] = [
  ['issuer', 'issuer on another domain', (url) => url.replace(/localhost:\d+/, 'login.example.com')],
  ['authorization_endpoint', 'wrong authorize path', (url) => url.replace('/authorize', '/authorise')],
  ['token_endpoint', 'token on another domain', (url) => url.replace(/localhost:\d+/, 'login.example.com')],
  ['jwks_uri', 'keys of another server', (url) => url.replace(/\/oauth2\/(default\/)?/, '/oauth2/aus0/')],
  ['introspection_endpoint', 'wrong introspect path', (url) => url.replace('/v1/', '/v2/')],
];

/** How a proxy answers when it cannot reach its upstream. */
const upstreamError: OktaResponse = {
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: 'upstream connect error',
};

const ourCell = 'okta.com:8';

/** Announces an incident on the cell that the org is configured with. */
const announceIncident = (status: Partial<ReportedStatus & { kind: 'incident' }>): Fault[] => [
  changeOrg((org) => ({ ...org, cell: ourCell })),
  reportStatus({ kind: 'incident', cells: ['okta.com:3', ourCell], ...status }),
];

/** The emulator lists the key in use first. */
const withdrawSigningKey = alterJson(keys[1], ({ keys: published }) => ({ keys: (published as object[]).slice(1) }));

const declareForEncryption = ({ keys: published }: Record<string, unknown>) => ({
  keys: (published as object[]).map((key) => ({ ...key, use: 'enc' })),
});

const truncate = (answer: OktaResponse): OktaResponse => ({ ...answer, body: answer.body.slice(0, -2) });

function changeState(answer: OktaResponse): OktaResponse {
  const { location } = answer.headers;
  return typeof location === 'string' ? redirectResponse(location.replace(/state=[^&]*/, 'state=another')) : answer;
}

export const oktaCases: readonly Case[] = [
  {
    id: 'O1',
    title: 'internal error',
    severity: 'page',
    variants: [
      ...allEndpoints.map((target) =>
        variant(target, '500 E0000009', okta('internal-error'), respond(target, errorEnvelope('E0000009'))),
      ),
      variant(organization, '500, all endpoints', okta('internal-error'), interceptOrg(errorEnvelope('E0000009'))),
      ...authorize.map((target) =>
        variant(target, '500 page', okta('internal-error'), respond(target, htmlPage(500, 'Error'))),
      ),
    ],
  },
  {
    id: 'O2',
    title: 'read-only mode',
    severity: 'ticket',
    variants: [
      ...allEndpoints.map((target) =>
        variant(target, '503 E0000010', okta('read-only-mode'), respond(target, errorEnvelope('E0000010'))),
      ),
      variant(organization, '503, all endpoints', okta('read-only-mode'), interceptOrg(errorEnvelope('E0000010'))),
    ],
  },
  {
    id: 'O3',
    title: 'gateway error page',
    severity: 'page',
    variants: [
      ...allEndpoints.flatMap((target) => [
        ...[502, 503, 504].map((status) =>
          variant(
            target,
            `${status} text/html`,
            okta('gateway-error'),
            respondFromEdge(target, htmlPage(status, 'Bad Gateway')),
          ),
        ),
        variant(target, '503 text/plain', okta('gateway-error'), respondFromEdge(target, upstreamError)),
      ]),
      variant(organization, '502, all endpoints', okta('gateway-error'), interceptOrg(htmlPage(502, 'Bad Gateway'))),
    ],
  },
  {
    id: 'O4',
    title: 'unexpected HTML page',
    severity: 'page',
    variants: allEndpoints.flatMap((target) => [
      variant(
        target,
        '200 maintenance page',
        okta('unexpected-page'),
        respondFromEdge(target, htmlPage(200, 'Maintenance')),
      ),
      variant(target, '200 sign-in page', okta('unexpected-page'), respond(target, htmlPage(200, 'Okta - Sign In'))),
    ]),
  },
  {
    id: 'O5',
    title: 'malformed response',
    severity: 'page',
    variants: [
      ...jsonEndpoints.flatMap((target) => [
        variant(target, 'truncated', malformed, intercept(target, { transform: truncate })),
        variant(target, 'invalid JSON', malformed, respond(target, declaredJson('{"id": undefined}'))),
        variant(target, 'empty body', malformed, respond(target, declaredJson(''))),
        variant(target, 'null', malformed, respond(target, declaredJson('null'))),
      ]),
      ...jsonEndpoints
        .filter((target) => target !== rateLimits)
        .map((target) => variant(target, 'array', malformed, respond(target, jsonResponse(200, [])))),
      variant(rateLimits, 'object instead of array', malformed, respond(rateLimits, jsonResponse(200, {}))),
      ...requiredMembers.flatMap(([targets, member]) =>
        targets.map((target) => variant(target, `no "${member}"`, malformed, removeMember(target, member))),
      ),
      ...keys.map((target) =>
        variant(target, '"keys" is a string', malformed, respond(target, jsonResponse(200, { keys: 'none' }))),
      ),
      ...discovery.map((target) => variant(target, 'empty object', malformed, respond(target, jsonResponse(200, {})))),
      ...authorize.flatMap((target) => [
        variant(target, 'wrong state', malformed, intercept(target, { transform: changeState })),
        variant(target, '302 without Location', malformed, respond(target, emptyResponse(302))),
        variant(
          target,
          'redirect to another host',
          malformed,
          respond(target, redirectResponse('https://elsewhere.example.com/')),
        ),
      ]),
    ],
  },
  {
    id: 'O6',
    title: 'Okta announces an incident on the org’s cell',
    severity: 'info',
    variants: [
      variant(statusPage, 'disruption', okta('announced-incident'), ...announceIncident({})),
      variant(statusPage, 'monitoring', okta('announced-incident'), ...announceIncident({ progress: 'Monitoring' })),
      variant(
        statusPage,
        'degradation',
        okta('announced-incident'),
        ...announceIncident({ category: 'Service Degradation', audience: 'API Products' }),
      ),
    ],
  },
  {
    id: 'O7',
    title: 'the signing key is not published',
    severity: 'page',
    variants: [
      variant(verify, 'key withdrawn', okta('signing-key-unpublished'), withdrawSigningKey),
      variant(
        verify,
        'unknown kid',
        okta('signing-key-unpublished'),
        forgeTokens({ header: (header) => ({ ...header, kid: 'rotated-a-moment-ago' }) }),
      ),
      ...keys.flatMap((target) => [
        variant(target, 'no keys', okta('keys-unusable'), respond(target, jsonResponse(200, { keys: [] }))),
        variant(target, 'encryption keys only', okta('keys-unusable'), alterJson(target, declareForEncryption)),
      ]),
    ],
  },
  {
    id: 'O8',
    title: 'the discovery metadata has wrong URLs',
    severity: 'ticket',
    variants: discovery.flatMap((target) =>
      wrongUrls.map(([member, symptom, change]) =>
        variant(
          target,
          symptom,
          { code: 'metadata-drifted', domain: 'configuration' },
          alterJson(target, (body) => ({ ...body, [member]: change(String(body[member])) })),
        ),
      ),
    ),
  },
  {
    id: 'O9',
    title: 'Okta is temporarily unavailable',
    severity: 'page',
    variants: [
      ...[...token, ...introspect].flatMap((target): Variant[] => [
        variant(
          target,
          '400 temporarily_unavailable',
          unavailable,
          respond(target, oauthAnswer('temporarily_unavailable')),
        ),
        variant(target, '500 server_error', unavailable, respond(target, oauthAnswer('server_error'))),
      ]),
      ...authorize.flatMap((target) => [
        ...redirectMethods.map((method) =>
          variant(
            target,
            `unavailable, ${method}`,
            unavailable,
            redirectWithError(target, method, 'temporarily_unavailable'),
          ),
        ),
        variant(target, 'server_error, query', unavailable, redirectWithError(target, 'query', 'server_error')),
      ]),
    ],
  },
];
