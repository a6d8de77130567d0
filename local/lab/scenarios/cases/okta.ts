import { frequentRetries } from '../../../../functions/run/frequent-retries.ts';
import {
  type Effect,
  emptyResponse,
  errorEnvelope,
  jsonResponse,
  type OktaResponse,
  type ReportedStatus,
  redirectResponse,
} from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import {
  type Case,
  cascade,
  defineCase,
  type Expected,
  type Variant,
  variant,
  variants,
  variantsByEndpoint,
  warning,
} from '../case.ts';
import {
  alterJson,
  alterKeys,
  declaredJson,
  failAtFirst,
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
import { askAgain, changeOrg, pushRequests } from '../faults/configuration.ts';
import {
  allEndpoints,
  at,
  atEach,
  authenticatingEndpoints,
  authorize,
  discovery,
  introspect,
  journeyEndpoints,
  jsonEndpoints,
  keys,
  organization,
  pushedRequests,
  rateLimits,
  signInAssets,
  statusPage,
  token,
  verify,
} from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const internalError = okta('internal-error');
const gatewayError = okta('gateway-error');
const malformed = okta('malformed-answer');
const announced = okta('announced-incident');
const unpublished = okta('signing-key-unpublished');
const unavailable = okta('temporarily-unavailable');
const metadataDrifted: Expected = { code: 'metadata-drifted', domain: 'configuration' };

const [, customKeys] = keys;

/** Whose healthy answer is a JSON object. */
const objectEndpoints = jsonEndpoints.filter((target) => target !== rateLimits);

const removeMember = (member: string) => alterJson(({ [member]: _, ...rest }) => rest);

/** URLs in the discovery document that do not match the server. */
const wrongUrls: readonly [member: string, symptom: string, part: string | RegExp, replacement: string][] = [
  ['issuer', 'issuer on another domain', /localhost:\d+/, 'login.example.com'],
  ['authorization_endpoint', 'wrong authorize path', '/authorize', '/authorise'],
  ['token_endpoint', 'token on another domain', /localhost:\d+/, 'login.example.com'],
  ['jwks_uri', 'keys of another server', /\/oauth2\/(default\/)?/, '/oauth2/aus0/'],
  ['introspection_endpoint', 'wrong introspect path', '/v1/', '/v2/'],
];

const changeUrl = (member: string, part: string | RegExp, replacement: string) =>
  alterJson((body) => ({ ...body, [member]: String(body[member]).replace(part, replacement) }));

/** One malformed document while everything else works is no reason to wake anybody. */
function documentsAsTickets(all: readonly Variant[], others: readonly string[] = []): readonly Variant[] {
  const documents = ['organization', 'discovery', 'rate-limits', ...others];
  return all.map((one) => (documents.includes(one.target.probe ?? '') ? { ...one, severity: 'ticket' } : one));
}

const ourCell = 'okta.com:8';

/** Announces an incident on the cell that the org's metadata names, as late as Okta mostly does. */
const announceIncident = (status: Partial<ReportedStatus & { kind: 'incident' }>): Fault[] => [
  changeOrg(({ cell: _, ...org }) => org),
  reportStatus({ kind: 'incident', cells: ['okta.com:3', ourCell], postedAfterMinutes: 80, ...status }),
];

const withdrawSigningKey = alterKeys((published) => published.slice(1));

const declareForEncryption = alterKeys((published) => published.map((key) => ({ ...key, use: 'enc' })));

const truncate = (answer: OktaResponse): OktaResponse => ({ ...answer, body: answer.body.slice(0, -2) });

function changeState(answer: OktaResponse): OktaResponse {
  const { location } = answer.headers;
  return typeof location === 'string' ? redirectResponse(location.replace(/state=[^&]*/, 'state=another')) : answer;
}

/** The assets are no part of the org's endpoints, so the sender of the answer is not judged. */
function assetVariant(symptom: string, path: RegExp, effect: Effect): Variant {
  const failing: Fault = ({ okta }) => ({ restore: okta.intercept({ path }, effect) });
  return warning(signInAssets, symptom, { code: 'sign-in-assets-failing', domain: 'okta' }, askAgain, failing);
}

/** Adds a script to the sign-in page, as an administrator may. */
function loadFrom(url: string): Fault {
  const transform: Effect['transform'] = (answer) => ({
    ...answer,
    body: answer.body.replace('</head>', `<script src="${url}"></script></head>`),
  });
  return ({ okta }) => ({ restore: okta.intercept({ path: /\/authorize$|\/login\/login.htm$/ }, { transform }) });
}

export const oktaCases: readonly Case[] = [
  defineCase('O1', 'internal error', 'page', [
    variants(allEndpoints, '500 E0000009', internalError, respond(errorEnvelope('E0000009'))),
    variantsByEndpoint(journeyEndpoints, '500', internalError, respond(errorEnvelope('E0000009'))),
    variants(pushedRequests, '500 at PAR', internalError, pushRequests, respond(errorEnvelope('E0000009'))),
    variant(organization, '500, all endpoints', internalError, interceptOrg(errorEnvelope('E0000009'))),
    variants(authorize, '500 page', internalError, respond(htmlPage(500, 'Error'))),
  ]),
  defineCase('O2', 'read-only mode', 'ticket', [
    variants(allEndpoints, '503 E0000010', okta('read-only-mode'), respond(errorEnvelope('E0000010'))),
    variant(organization, '503, all endpoints', okta('read-only-mode'), interceptOrg(errorEnvelope('E0000010'))),
  ]),
  defineCase('O3', 'gateway error page', 'page', [
    allEndpoints.flatMap((target) => [
      ...[502, 503, 504].map((status) =>
        variant(target, `${status} text/html`, gatewayError, respond(htmlPage(status, 'Bad Gateway'))),
      ),
      variant(target, '503, cut', gatewayError, intercept({ ...htmlPage(503, 'Bad Gateway'), truncate: 'close' })),
      variant(target, '503, stalls', gatewayError, intercept({ ...htmlPage(503, 'Bad Gateway'), truncate: 'stall' })),
    ]),
    variantsByEndpoint(journeyEndpoints, '502', gatewayError, respond(htmlPage(502, 'Bad Gateway'))),
    variant(organization, '502, all endpoints', gatewayError, interceptOrg(htmlPage(502, 'Bad Gateway'))),
    cascade(
      organization,
      '500 here, 502 there',
      internalError,
      at(organization, respond(errorEnvelope('E0000009'))),
      ...atEach([...discovery, ...keys, ...token, ...authorize], respondFromEdge(htmlPage(502, 'Bad Gateway'))),
    ),
  ]),
  defineCase('O4', 'unexpected HTML page', 'page', [
    documentsAsTickets(
      variants(allEndpoints, '200 sign-in page', okta('unexpected-page'), respond(htmlPage(200, 'Okta - Sign In'))),
      // People expect a page there.
      ['authorize'],
    ),
    variant(organization, '200, all endpoints', okta('unexpected-page'), interceptOrg(htmlPage(200, 'Maintenance'))),
  ]),
  defineCase('O5', 'malformed response', 'page', [
    documentsAsTickets(
      jsonEndpoints.flatMap((target) => [
        variant(target, 'truncated', malformed, intercept({ transform: truncate })),
        variant(target, 'invalid JSON', malformed, respond(declaredJson('{"id": undefined}'))),
        variant(target, 'empty body', malformed, respond(declaredJson(''))),
        variant(target, 'null', malformed, respond(declaredJson('null'))),
      ]),
    ),
    documentsAsTickets([
      ...variants(objectEndpoints, 'array', malformed, respond(jsonResponse(200, []))),
      variant(rateLimits, 'object instead of array', malformed, respond(jsonResponse(200, {}))),
      variant(organization, 'no "id"', malformed, removeMember('id')),
      ...variants(discovery, 'empty object', malformed, respond(jsonResponse(200, {}))),
    ]),
    variant(organization, 'empty, all endpoints', malformed, interceptOrg(declaredJson(''))),
    variants(keys, 'no "keys"', malformed, removeMember('keys')),
    variants(token, 'no "access_token"', malformed, removeMember('access_token')),
    variants(token, 'no "token_type"', malformed, removeMember('token_type')),
    variants(introspect, 'no "active"', malformed, removeMember('active')),
    variants(pushedRequests, 'no "request_uri"', malformed, pushRequests, respond(jsonResponse(201, {}))),
    variants(introspect, 'no "iss"', malformed, removeMember('iss')),
    variants(keys, '"keys" is a string', malformed, respond(jsonResponse(200, { keys: 'none' }))),
    authorize.flatMap((target) => [variant(target, 'wrong state', malformed, intercept({ transform: changeState }))]),
  ]),
  defineCase('O6', 'Okta announces an incident on the org’s cell', 'ticket', [
    warning(statusPage, 'disruption', announced, ...announceIncident({ name: 'I-20001' })),
    warning(statusPage, 'monitoring', announced, ...announceIncident({ name: 'I-20002', progress: 'Monitoring' })),
    warning(
      statusPage,
      'degradation',
      announced,
      ...announceIncident({ name: 'I-20003', category: 'Service Degradation', audience: 'API Products' }),
    ),
    warning(
      statusPage,
      'a part that no probe sees',
      announced,
      ...announceIncident({ name: 'I-20004', subService: 'Workflows', feature: 'Flow execution', audience: 'Admin' }),
    ),
  ]),
  defineCase('O11', 'Okta fails now and then, and answers when asked again', 'ticket', [
    variants(
      [organization, ...discovery, ...keys, ...token],
      'each second answer: 502',
      okta('intermittent-errors'),
      failAtFirst(htmlPage(502, 'Bad Gateway')),
    ).map((each) => ({ ...each, isWarning: true, runs: frequentRetries, needsPast: true as const })),
  ]),
  defineCase('O10', 'the sign-in page does not load its scripts or styles', 'page', [
    (
      [
        ['script: 404', emptyResponse(404)],
        ['script: a page', { ...htmlPage(200, 'Not here'), sender: 'front' as const }],
        ['script: other content', { ...emptyResponse(200), headers: { 'content-type': 'text/javascript' }, body: '1' }],
        ['script: closed', { disconnect: 'close' as const }],
      ] as const
    ).map(([symptom, effect]) => assetVariant(symptom, /\.js$/, effect)),
    assetVariant('style: 404', /\.css$/, emptyResponse(404)),
    {
      ...warning(
        signInAssets,
        'a script of another host',
        { code: 'sign-in-assets-of-others-failing', domain: 'configuration' },
        askAgain,
        loadFrom('https://localhost:1/brand.js'),
      ),
      severity: 'ticket' as const,
    },
  ]),
  defineCase('O7', 'the signing key is not published', 'page', [
    variant(verify, 'key withdrawn', unpublished, at(customKeys, withdrawSigningKey)),
    variant(
      verify,
      'unknown kid',
      unpublished,
      forgeTokens({ header: (header) => ({ ...header, kid: 'rotated-a-moment-ago' }) }),
    ),
    keys.flatMap((target) => [
      variant(target, 'no keys', okta('keys-unusable'), respond(jsonResponse(200, { keys: [] }))),
      variant(target, 'encryption keys only', okta('keys-unusable'), declareForEncryption),
    ]),
  ]),
  defineCase('O8', 'the discovery metadata has wrong URLs', 'ticket', [
    discovery.flatMap((target) =>
      wrongUrls.map(([member, symptom, part, replacement]) =>
        variant(target, symptom, metadataDrifted, changeUrl(member, part, replacement)),
      ),
    ),
  ]),
  defineCase('O9', 'Okta is temporarily unavailable', 'page', [
    authenticatingEndpoints.flatMap((target) => [
      variant(target, '400 temporarily_unavailable', unavailable, respond(oauthAnswer('temporarily_unavailable'))),
      variant(target, '500 server_error', unavailable, respond(oauthAnswer('server_error'))),
    ]),
    authorize.flatMap((target) => [
      ...redirectMethods.map((method) =>
        variant(target, `unavailable, ${method}`, unavailable, redirectWithError(method, 'temporarily_unavailable')),
      ),
      variant(target, 'server_error, query', unavailable, redirectWithError('query', 'server_error')),
    ]),
  ]),
];
