import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import { emptyResponse, jsonResponse, type OktaResponse, redirectResponse } from '../../emulators/okta/http-message.ts';
import type { ReportedStatus } from '../../emulators/okta/status-page.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, type Variant, variant } from '../case.ts';
import {
  altersJson,
  answers,
  answersFromEdge,
  brokenJson,
  callsBack,
  meets,
  oauth,
  orgMeets,
  page,
  ways,
} from '../faults/answers.ts';
import { org } from '../faults/events.ts';
import {
  authorize,
  discovery,
  type EndpointTarget,
  everywhere,
  introspect,
  json,
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

/** What every endpoint's document must hold, or be. */
const required: readonly [sites: readonly EndpointTarget[], member: string][] = [
  [[organization], 'id'],
  [keys, 'keys'],
  [token, 'access_token'],
  [token, 'token_type'],
  [introspect, 'active'],
  [introspect, 'iss'],
];

const lacks = (site: EndpointTarget, member: string): Fault => altersJson(site, ({ [member]: _, ...rest }) => rest);

/** Where discovery says that a server is, and where it must not be. */
const drifts: readonly [member: string, wire: string, to: (url: string) => string][] = [
  ['issuer', 'issuer of another domain', (url) => url.replace(/localhost:\d+/, 'login.example.com')],
  ['authorization_endpoint', 'authorize elsewhere', (url) => url.replace('/authorize', '/authorise')],
  ['token_endpoint', 'token elsewhere', (url) => url.replace(/localhost:\d+/, 'login.example.com')],
  ['jwks_uri', 'keys of another server', (url) => url.replace(/\/oauth2\/(default\/)?/, '/oauth2/aus0/')],
  ['introspection_endpoint', 'introspect elsewhere', (url) => url.replace('/v1/', '/v2/')],
];

/** What a proxy says when it cannot reach what is behind it. */
const upstream: OktaResponse = {
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: 'upstream connect error',
};

const ourCell = 'okta.com:8';

/** An incident at a cell that the org is configured to live in. */
const incident = (status: Partial<ReportedStatus & { kind: 'incident' }>): Fault[] => [
  org((one) => ({ ...one, cell: ourCell })),
  ({ okta }) => {
    okta.setStatus({ kind: 'incident', cells: ['okta.com:3', ourCell], ...status });
    return { restore: () => okta.setStatus({ kind: 'operational' }) };
  },
];

/** Okta names the key in use first, the next one after it. */
const withdrawsSigningKey = altersJson(keys[1], ({ keys: published }) => ({ keys: (published as object[]).slice(1) }));

const forEncryption = ({ keys: published }: Record<string, unknown>) => ({
  keys: (published as object[]).map((key) => ({ ...key, use: 'enc' })),
});

const cutOff = (answer: OktaResponse): OktaResponse => ({ ...answer, body: answer.body.slice(0, -2) });

function otherState(answer: OktaResponse): OktaResponse {
  const { location } = answer.headers;
  return typeof location === 'string' ? redirectResponse(location.replace(/state=[^&]*/, 'state=another')) : answer;
}

export const oktaCases: readonly Case[] = [
  {
    id: 'O1',
    title: 'internal error',
    severity: 'page',
    variants: [
      ...everywhere.map((site) =>
        variant(site, '500 E0000009', okta('internal-error'), answers(site, errorEnvelope('E0000009'))),
      ),
      variant(organization, '500, at every endpoint', okta('internal-error'), orgMeets(errorEnvelope('E0000009'))),
      ...authorize.map((site) => variant(site, '500 page', okta('internal-error'), answers(site, page(500, 'Error')))),
    ],
  },
  {
    id: 'O2',
    title: 'read-only mode',
    severity: 'ticket',
    variants: [
      ...everywhere.map((site) =>
        variant(site, '503 E0000010', okta('read-only-mode'), answers(site, errorEnvelope('E0000010'))),
      ),
      variant(organization, '503, at every endpoint', okta('read-only-mode'), orgMeets(errorEnvelope('E0000010'))),
    ],
  },
  {
    id: 'O3',
    title: 'a gateway’s page',
    severity: 'page',
    variants: [
      ...everywhere.flatMap((site) => [
        ...[502, 503, 504].map((status) =>
          variant(
            site,
            `${status} text/html`,
            okta('gateway-error'),
            answersFromEdge(site, page(status, 'Bad Gateway')),
          ),
        ),
        variant(site, '503 text/plain', okta('gateway-error'), answersFromEdge(site, upstream)),
      ]),
      variant(organization, '502, at every endpoint', okta('gateway-error'), orgMeets(page(502, 'Bad Gateway'))),
    ],
  },
  {
    id: 'O4',
    title: 'a page where JSON belongs',
    severity: 'page',
    variants: everywhere.flatMap((site) => [
      variant(site, '200 maintenance page', okta('unexpected-page'), answersFromEdge(site, page(200, 'Maintenance'))),
      variant(site, '200 sign-in page', okta('unexpected-page'), answers(site, page(200, 'Okta - Sign In'))),
    ]),
  },
  {
    id: 'O5',
    title: 'a broken body',
    severity: 'page',
    variants: [
      ...json.flatMap((site) => [
        variant(site, 'cut off', malformed, meets(site, { transform: cutOff })),
        variant(site, 'no JSON', malformed, answers(site, brokenJson('{"id": undefined}'))),
        variant(site, 'empty', malformed, answers(site, brokenJson(''))),
        variant(site, 'null', malformed, answers(site, brokenJson('null'))),
      ]),
      ...json
        .filter((site) => site !== rateLimits)
        .map((site) => variant(site, 'a list', malformed, answers(site, jsonResponse(200, [])))),
      variant(rateLimits, 'an object', malformed, answers(rateLimits, jsonResponse(200, {}))),
      ...required.flatMap(([sites, member]) =>
        sites.map((site) => variant(site, `no "${member}"`, malformed, lacks(site, member))),
      ),
      ...keys.map((site) =>
        variant(site, '"keys" is text', malformed, answers(site, jsonResponse(200, { keys: 'none' }))),
      ),
      ...discovery.map((site) => variant(site, 'an empty object', malformed, answers(site, jsonResponse(200, {})))),
      ...authorize.flatMap((site) => [
        variant(site, 'another state', malformed, meets(site, { transform: otherState })),
        variant(site, '302 without Location', malformed, answers(site, emptyResponse(302))),
        variant(site, 'to another place', malformed, answers(site, redirectResponse('https://elsewhere.example.com/'))),
      ]),
    ],
  },
  {
    id: 'O6',
    title: 'an incident announced on our cell',
    severity: 'info',
    variants: [
      variant(statusPage, 'disruption', okta('announced-incident'), ...incident({})),
      variant(statusPage, 'monitoring', okta('announced-incident'), ...incident({ progress: 'Monitoring' })),
      variant(
        statusPage,
        'degradation',
        okta('announced-incident'),
        ...incident({ category: 'Service Degradation', audience: 'API Products' }),
      ),
    ],
  },
  {
    id: 'O7',
    title: 'the signing key is not published',
    severity: 'page',
    variants: [
      variant(verify, 'kid rotated away', okta('signing-key-unpublished'), withdrawsSigningKey),
      variant(verify, 'kid unknown', okta('signing-key-unpublished'), ({ okta }) => ({
        restore: okta.alterTokens('default', { header: (header) => ({ ...header, kid: 'rotated-a-moment-ago' }) }),
      })),
      ...keys.flatMap((site) => [
        variant(site, 'no keys', okta('keys-unusable'), answers(site, jsonResponse(200, { keys: [] }))),
        variant(site, 'encryption keys only', okta('keys-unusable'), altersJson(site, forEncryption)),
      ]),
    ],
  },
  {
    id: 'O8',
    title: 'the metadata drifted',
    severity: 'ticket',
    variants: discovery.flatMap((site) =>
      drifts.map(([member, wire, to]) =>
        variant(
          site,
          wire,
          { code: 'metadata-drifted', domain: 'configuration' },
          altersJson(site, (body) => ({ ...body, [member]: to(String(body[member])) })),
        ),
      ),
    ),
  },
  {
    id: 'O9',
    title: 'temporarily unavailable',
    severity: 'page',
    variants: [
      ...[...token, ...introspect].flatMap((site): Variant[] => [
        variant(site, '400 temporarily_unavailable', unavailable, answers(site, oauth('temporarily_unavailable'))),
        variant(site, '500 server_error', unavailable, answers(site, oauth('server_error'))),
      ]),
      ...authorize.flatMap((site) => [
        ...ways.map((way) =>
          variant(site, `unavailable, ${way}`, unavailable, callsBack(site, way, 'temporarily_unavailable')),
        ),
        variant(site, 'server_error, query', unavailable, callsBack(site, 'query', 'server_error')),
      ]),
    ],
  },
];
