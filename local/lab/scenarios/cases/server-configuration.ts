import {
  emptyResponse,
  errorEnvelope,
  errorPage,
  jsonResponse,
  type OktaResponse,
  oktaError,
  redirectResponse,
  unknownOrg,
} from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import { type Case, cascade, defineCase, type Expected, variant, variants } from '../case.ts';
import {
  htmlPage,
  intercept,
  interceptOrg,
  oauthAnswer,
  redirectBy,
  redirectMethods,
  redirectWithError,
  respond,
  respondFromEdge,
  reworded,
} from '../faults/answers.ts';
import { callApiAsServiceApp, changeServiceClient, changeWebClient, pushRequests } from '../faults/configuration.ts';
import {
  allEndpoints,
  at,
  atEach,
  authorize,
  discovery,
  type FaultAt,
  introspect,
  keys,
  organization,
  orgOutageTargets,
  pushedRequests,
  rateLimits,
  token,
} from '../targets.ts';

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });

const [orgAuthorize, customAuthorize] = authorize;
const [orgToken, customToken] = token;
const [, customIntrospect] = introspect;
const [, customDiscovery] = discovery;
const [, customPush] = pushedRequests;
const [, customKeys] = keys;
const customServerTargets = [customDiscovery, customKeys, customToken, customIntrospect, customAuthorize];

const notLicensed = configuration('api-access-management-missing');
const customScope = configuration('custom-scope-at-org-server');
const unknownScope = configuration('scope-unknown');
const policyRefused = configuration('policy-refused');
const serverNotFound = configuration('server-not-found');

const noOrg = configuration('org-not-found');
const redirected = configuration('redirected');
const elsewhere = redirectResponse('https://renamed.okta.com/sso');
const discoveryOfAnother = intercept({
  transform: (answer) => ({
    ...answer,
    body: answer.body.replaceAll(/https:\/\/localhost:\d+/g, 'https://other.okta.com'),
  }),
});
const deactivated = configuration('org-deactivated');

const deactivatedAnswer = jsonResponse(403, {
  errorCode: 'E0000260',
  errorSummary: 'This org is deactivated.',
  errorLink: 'E0000260',
  errorId: 'oae0deactivated0org00',
  errorCauses: [],
});

const answerEverywhereAs =
  (answer: OktaResponse): Fault =>
  async (environment) => {
    const faults = allEndpoints.map((target) => respondFromEdge(answer)(environment, target));
    return {
      restore: async () => {
        for (const fault of await Promise.all(faults)) await fault.restore?.();
      },
    };
  };

/** Each endpoint of a server that was deleted words it differently. */
const deleteServer: readonly Fault[] = [
  at(customDiscovery, respond(errorEnvelope('E0000007', 'default'))),
  at(customKeys, respond(errorEnvelope('E0000007', 'default'))),
  at(customToken, respond(oauthAnswer('invalid_authorization_server'))),
  at(customAuthorize, respond(htmlPage(404, 'Page Not Found'))),
];

const featurePage = (status: number) => ({ ...errorPage(oktaError('feature_not_enabled')), status });

/** Makes every endpoint of the custom server answer as in an org without API Access Management. */
const removeLicense: Fault = ({ okta }) => ({
  restore: okta.intercept({ path: /^\/oauth2\/default\// }, errorEnvelope('E0000015')),
});

/** The discovery of a server that does not exist. */
const wrongServer = { ...customDiscovery, server: 'aus0wrong' };

/** Adds the target's server to the configuration, without clients. */
const addServer: FaultAt<typeof wrongServer> = (_, { server: id }) => ({
  event: (org) => ({ ...org, servers: [...org.servers, { id, issuer: `https://${org.domain}/oauth2/${id}` }] }),
});

const signInWithCustomScope = changeWebClient({ scopes: ['openid', 'monitor.read'] });
const signInWithUnknownScope = changeWebClient({ scopes: ['openid', 'monitor.delete'] });

const refusedRedirectUri = respond(oauthAnswer('illegal_redirect_uri'));
const redirectUri = 'https://app.example.com/unregistered';

/** Authorization servers that are not set up as the monitor's configuration expects. */
export const serverConfigurationCases: readonly Case[] = [
  defineCase('C1', 'API Access Management is not licensed', 'ticket', [
    variants(customServerTargets, '401 E0000015', notLicensed, respond(errorEnvelope('E0000015'))),
    variant(customToken, '403 E0000015', notLicensed, respond({ ...errorEnvelope('E0000015'), status: 403 })),
    cascade(customDiscovery, '401, all endpoints', notLicensed, removeLicense),
    variant(customAuthorize, '400 page, server_error', notLicensed, respond(featurePage(400))),
    variant(customAuthorize, '403 page, server_error', notLicensed, respond(featurePage(403))),
    variant(customAuthorize, 'server_error, query', notLicensed, redirectWithError('query', 'feature_not_enabled')),
    variants(
      [customToken, customIntrospect],
      '403 server_error',
      notLicensed,
      respond(oauthAnswer('feature_not_enabled')),
    ),
    variant(customToken, '400 access_denied', notLicensed, respond(oauthAnswer('feature_not_enabled_access_denied'))),
  ]),
  defineCase('C2', 'a custom scope is requested from the Org server', 'ticket', [
    variant(orgToken, 'invalid_scope', customScope, changeServiceClient({ scopes: ['monitor.read'] })),
    redirectMethods.map((method) =>
      variant(orgAuthorize, `invalid_scope, ${method}`, customScope, signInWithCustomScope, redirectBy(method)),
    ),
    variant(
      orgToken,
      'invalid_scope, reworded',
      customScope,
      changeServiceClient({ scopes: ['monitor.read'] }),
      respond(reworded(oauthAnswer('illegal_custom_scope'))),
    ),
    variant(rateLimits, 'invalid_scope at token', customScope, callApiAsServiceApp(['monitor.read'])),
  ]),
  defineCase('C3', 'the custom server does not define the scope', 'ticket', [
    variant(customToken, 'invalid_scope', unknownScope, changeServiceClient({ scopes: ['monitor.delete'] })),
    variant(orgToken, 'invalid_scope, a typo', unknownScope, respond(oauthAnswer('no_matching_scope'))),
    variant(customToken, 'invalid_scope, reworded', unknownScope, respond(reworded(oauthAnswer('no_matching_scope')))),
    redirectMethods.map((method) =>
      variant(customAuthorize, `invalid_scope, ${method}`, unknownScope, signInWithUnknownScope, redirectBy(method)),
    ),
    variant(customPush, '400 at PAR', unknownScope, pushRequests, respond(oauthAnswer('no_matching_scope'))),
  ]),
  defineCase('C4', 'no access policy rule matches', 'ticket', [
    variant(customToken, '400 access_denied', policyRefused, respond(oauthAnswer('no_matching_policy', 400))),
    variant(customToken, '401 access_denied', policyRefused, respond(oauthAnswer('no_matching_policy'))),
    variant(customToken, '401, reworded', policyRefused, respond(reworded(oauthAnswer('no_matching_policy')))),
    variant(customToken, 'all scopes refused', policyRefused, respond(oauthAnswer('no_scope_allowed'))),
    authorize.flatMap((target) =>
      redirectMethods.map((method) =>
        variant(target, `access_denied, ${method}`, policyRefused, redirectWithError(method, 'no_matching_policy')),
      ),
    ),
    variant(customPush, '400 at PAR', policyRefused, pushRequests, respond(oauthAnswer('no_matching_policy', 400))),
  ]),
  defineCase('C5', 'the redirect URI is not registered', 'ticket', [
    variants(authorize, '400 page', configuration('redirect-uri-refused'), changeWebClient({ redirectUri })),
    variants(pushedRequests, '400 at PAR', configuration('redirect-uri-refused'), pushRequests, refusedRedirectUri),
  ]),
  defineCase('C7', 'the server ID is wrong or the server is disabled', 'ticket', [
    variants(customServerTargets, '404 E0000007', serverNotFound, respond(errorEnvelope('E0000007', 'default'))),
    variant(customToken, '400 invalid_request', serverNotFound, respond(oauthAnswer('invalid_authorization_server'))),
    variant(customAuthorize, '400 page', serverNotFound, respond(errorPage(oktaError('invalid_authorization_server')))),
    variant(wrongServer, '404, all endpoints', serverNotFound, addServer),
    cascade(customDiscovery, 'deleted, all endpoints', serverNotFound, ...deleteServer),
  ]),
  defineCase('C19', 'there is no org at the domain', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, '404 JSON of Okta’s front', noOrg, interceptOrg(unknownOrg())),
      variant(target, '404 page of Okta', noOrg, interceptOrg(htmlPage(404, 'Page Not Found'))),
    ]),
    orgOutageTargets.map((target) => ({
      ...variant(target, '404 page of a web server', noOrg, answerEverywhereAs(htmlPage(404, 'Not Found'))),
      answeredBy: 'unknown' as const,
    })),
  ]),
  defineCase('C20', 'the org is deactivated', 'page', [
    variants(orgOutageTargets, '403 E0000260, everywhere', deactivated, interceptOrg(deactivatedAnswer)),
    cascade(
      organization,
      '403 here, 404 there',
      deactivated,
      at(organization, respond(deactivatedAnswer)),
      ...atEach(allEndpoints.slice(1), respond(htmlPage(404, 'Page Not Found'))),
    ),
  ]),
  defineCase('C22', 'Okta blocks the monitor’s address', 'page', [
    variants(
      orgOutageTargets,
      '403 page, everywhere',
      configuration('address-blocked'),
      interceptOrg(htmlPage(403, 'Access Denied')),
    ),
  ]),
  defineCase('C21', 'the org lacks a feature', 'ticket', [
    variant(rateLimits, '401 E0000015', configuration('feature-missing'), respond(errorEnvelope('E0000015'))),
  ]),
  defineCase('C34', 'the org has another address', 'page', [
    variants(orgOutageTargets, '302 elsewhere, everywhere', redirected, interceptOrg(elsewhere)),
    authorize.map((target) => ({
      ...variant(target, '302 to another IdP', configuration('routed-elsewhere'), respond(elsewhere)),
      severity: 'ticket' as const,
    })),
    authorize.map((target) => ({
      ...variant(target, '302 without Location', redirected, respond(emptyResponse(302))),
      severity: 'ticket' as const,
    })),
    keys.map((target) => ({
      ...variant(target, '302 to another address', redirected, respond(elsewhere)),
      severity: 'ticket' as const,
    })),
  ]),
  defineCase('C35', 'the domain leads to another org', 'page', [
    variants(discovery, 'discovery of another org', configuration('another-org'), discoveryOfAnother),
  ]),
];
