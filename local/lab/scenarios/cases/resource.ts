import type { Resource } from '../../../../functions/model/org.ts';
import { errorEnvelope, generateSigningKey } from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import type { ApiSettings } from '../../simulation/resource-api.ts';
import { type Case, defineCase, type Expected, variant, variants, warnings } from '../case.ts';
import { alterServer, useDpopApplication, useDpopWebApplication } from '../faults/configuration.ts';
import { closedPort } from '../faults/unreachable.ts';
import { type FaultAt, resources, type ScenarioTarget } from '../targets.ts';

/** Changes the API's expectations and answers. */
export function alterApi(changes: Partial<ApiSettings>): Fault {
  return ({ api }) => ({ restore: api.alter(changes) });
}

/** Changes the API's settings in the configuration. Does nothing in events of groups that do not use it. */
export function changeResource(change: Partial<Resource>): FaultAt<ScenarioTarget> {
  return alterServer((server) =>
    server.resource ? { ...server, resource: { ...server.resource, ...change } } : server,
  );
}

/** The API has a path that Okta has too. */
export const pathLikeOkta: FaultAt<ScenarioTarget> = (environment, target) =>
  changeResource({ url: new URL('/api/v1/users', environment.api.url).href })(environment, target);

/** The API shows a certificate that has expired. */
export const expiredCertificate: Fault = async ({ api }) => ({ restore: await api.expireCertificate() });

/** Nothing listens where the API should be. */
export const apiIsDown: FaultAt<ScenarioTarget> = async (environment, target) =>
  changeResource({ url: `https://${await closedPort()}/orders` })(environment, target);

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const network = (code: string): Expected => ({ code, domain: 'network' });

const refused = configuration('resource-refused');
const clockDiffers: Expected = { code: 'resource-clock-differs', domain: 'clock' };
const failing = configuration('resource-failing');
const unreachable = network('resource-unreachable');
const unexpected = configuration('resource-unexpected');

/** Keys of before a rotation. */
const oldKeys = { keys: [(await generateSigningKey()).publicJwk] };

const answers = (status: number, body = '', headers: Readonly<Record<string, string>> = {}) =>
  alterApi({ answer: { status, body, headers } });

const page = '<!DOCTYPE html>\n<title>Access denied</title>\n';
const html = { 'content-type': 'text/html' };

/** What only Okta's own answers have. An API behind Okta's gateway passes it on. */
const likeOkta = {
  'x-okta-request-id': 'ZaBcDeFgHiJkLmNoPqRsTuVwXyZ',
  'x-rate-limit-limit': '600',
  'x-rate-limit-remaining': '1',
  'x-rate-limit-reset': '4102444800',
};
const [okta403, okta429, okta500] = [errorEnvelope('E0000006'), errorEnvelope('E0000047'), errorEnvelope('E0000009')];

const hour = 3_600;

/** An API of your own, with the token of the service application and with that of the test user. */
export const resourceCases: readonly Case[] = [
  defineCase('C16', 'the resource refuses a valid token', 'page', [
    variants(resources, '401, another audience', refused, alterApi({ audience: 'api://elsewhere' })),
    variants(resources, '401, another issuer', refused, alterApi({ issuer: 'https://login.example.com' })),
    variants(resources, '401, old signing keys', refused, alterApi({ keys: oldKeys })),
    variants(resources, '403 insufficient_scope', refused, alterApi({ scopes: ['orders.write'] })),
    variants(resources, '401 without a challenge', refused, answers(401)),
    variants(resources, '403, page of a gateway', refused, answers(403, page, html)),
    variants(resources, '403, just like Okta', refused, pathLikeOkta, answers(403, okta403.body, likeOkta)),
    resources.map((target) =>
      variant(
        target,
        '401, knows no DPoP',
        refused,
        target.group === 'journey' ? useDpopWebApplication(true) : useDpopApplication(true),
        alterApi({ dpop: false }),
      ),
    ),
  ]),
  defineCase('C24', 'the clock of the resource differs', 'ticket', [
    variants(resources, '401, 2 h ahead', clockDiffers, alterApi({ clockSkewSeconds: 2 * hour })),
    variants(resources, '401, 1 h behind', clockDiffers, alterApi({ clockSkewSeconds: -hour })),
  ]),
  defineCase('C25', 'the resource fails or cannot be reached', 'page', [
    ...([500, 502, 503] as const).map((status) => variants(resources, `${status}`, failing, answers(status))),
    variants(resources, '500, just like Okta', failing, pathLikeOkta, answers(500, okta500.body, likeOkta)),
    variants(resources, 'ECONNREFUSED', unreachable, apiIsDown),
    variants(resources, 'ENOTFOUND', unreachable, changeResource({ url: 'https://api.example.invalid/' })),
    variants(resources, 'expired certificate', unreachable, expiredCertificate),
    variants(resources, 'closed before headers', unreachable, alterApi({ disconnects: true })),
    variants(resources, 'no headers', unreachable, alterApi({ delayMs: 600_000 })),
  ]),
  defineCase('C26', 'the resource answers otherwise or slowly', 'ticket', [
    variants(resources, '404', unexpected, answers(404)),
    variants(
      resources,
      '302 to a sign-in page',
      unexpected,
      answers(302, '', { location: 'https://login.example.com' }),
    ),
    variants(resources, '429, just like Okta', unexpected, pathLikeOkta, answers(429, okta429.body, likeOkta)),
    variants(resources, '200 where 204 is expected', unexpected, changeResource({ status: 204 })),
    warnings(resources, 'first byte after 1.5 s', configuration('resource-slow'), alterApi({ delayMs: 1_500 })),
  ]),
];
