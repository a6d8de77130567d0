import { errorEnvelope, errorPage } from '../../emulators/okta/error-responses.ts';
import { oktaError } from '../../emulators/okta/okta-errors.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant } from '../case.ts';
import { oauthAnswer, redirectBy, redirectMethods, redirectWithError, respond, reworded } from '../faults/answers.ts';
import { callApiAsServiceApp, changeOrg, changeServiceClient, changeWebClient } from '../faults/configuration.ts';
import { authorize, discovery, introspect, keys, rateLimits, token } from '../targets.ts';

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });

const [orgAuthorize, customAuthorize] = authorize;
const [orgToken, customToken] = token;
const [, customIntrospect] = introspect;
const [, customDiscovery] = discovery;
const [, customKeys] = keys;
const customServerTargets = [customDiscovery, customKeys, customToken, customIntrospect, customAuthorize];

const notLicensed = configuration('api-access-management-missing');
const customScope = configuration('custom-scope-at-org-server');
const unknownScope = configuration('scope-unknown');
const policyRefused = configuration('policy-refused');
const serverNotFound = configuration('server-not-found');

const featurePage = (status: number) => ({ ...errorPage(oktaError('feature_not_enabled')), status });

/** Makes every endpoint of the custom server answer as in an org without API Access Management. */
const removeLicense: Fault = ({ okta }) => ({
  restore: okta.intercept({ path: /^\/oauth2\/default\// }, errorEnvelope('E0000015')),
});

/** Adds a server to the configuration, without clients. */
const addServer = (id: string) =>
  changeOrg((org) => ({ ...org, servers: [...org.servers, { id, issuer: `https://${org.domain}/oauth2/${id}` }] }));

/** Authorization servers that are not set up as the monitor's configuration expects. */
export const serverConfigurationCases: readonly Case[] = [
  {
    id: 'C1',
    title: 'API Access Management is not licensed',
    severity: 'ticket',
    variants: [
      ...customServerTargets.map((target) =>
        variant(target, '401 E0000015', notLicensed, respond(target, errorEnvelope('E0000015'))),
      ),
      variant(
        customToken,
        '403 E0000015',
        notLicensed,
        respond(customToken, { ...errorEnvelope('E0000015'), status: 403 }),
      ),
      { ...variant(customDiscovery, '401, all endpoints', notLicensed, removeLicense), alsoAtServer: true },
      variant(customAuthorize, '400 page, server_error', notLicensed, respond(customAuthorize, featurePage(400))),
      variant(customAuthorize, '403 page, server_error', notLicensed, respond(customAuthorize, featurePage(403))),
      variant(
        customAuthorize,
        'server_error, query',
        notLicensed,
        redirectWithError(customAuthorize, 'query', 'feature_not_enabled'),
      ),
      ...[customToken, customIntrospect].map((target) =>
        variant(target, '403 server_error', notLicensed, respond(target, oauthAnswer('feature_not_enabled'))),
      ),
      variant(
        customToken,
        '400 access_denied',
        notLicensed,
        respond(customToken, oauthAnswer('feature_not_enabled_access_denied')),
      ),
    ],
  },
  {
    id: 'C2',
    title: 'a custom scope is requested from the Org server',
    severity: 'ticket',
    variants: [
      variant(orgToken, 'invalid_scope', customScope, changeServiceClient('org', { scopes: ['monitor.read'] })),
      ...redirectMethods.map((method) =>
        variant(
          orgAuthorize,
          `invalid_scope, ${method}`,
          customScope,
          changeWebClient('org', { scopes: ['openid', 'monitor.read'] }),
          redirectBy(orgAuthorize, method),
        ),
      ),
      variant(
        orgToken,
        'invalid_scope, reworded',
        customScope,
        changeServiceClient('org', { scopes: ['monitor.read'] }),
        respond(orgToken, reworded(oauthAnswer('illegal_custom_scope'))),
      ),
      variant(rateLimits, 'invalid_scope at token', customScope, callApiAsServiceApp(['monitor.read'])),
    ],
  },
  {
    id: 'C3',
    title: 'the custom server does not define the scope',
    severity: 'ticket',
    variants: [
      variant(
        customToken,
        'invalid_scope',
        unknownScope,
        changeServiceClient('default', { scopes: ['monitor.delete'] }),
      ),
      variant(
        customToken,
        'invalid_scope, reworded',
        unknownScope,
        respond(customToken, reworded(oauthAnswer('no_matching_scope'))),
      ),
      ...redirectMethods.map((method) =>
        variant(
          customAuthorize,
          `invalid_scope, ${method}`,
          unknownScope,
          changeWebClient('default', { scopes: ['openid', 'monitor.delete'] }),
          redirectBy(customAuthorize, method),
        ),
      ),
    ],
  },
  {
    id: 'C4',
    title: 'no access policy rule matches',
    severity: 'ticket',
    variants: [
      variant(
        customToken,
        '400 access_denied',
        policyRefused,
        respond(customToken, oauthAnswer('no_matching_policy', 400)),
      ),
      variant(customToken, '401 access_denied', policyRefused, respond(customToken, oauthAnswer('no_matching_policy'))),
      variant(
        customToken,
        '401, reworded',
        policyRefused,
        respond(customToken, reworded(oauthAnswer('no_matching_policy'))),
      ),
      variant(customToken, 'all scopes refused', policyRefused, respond(customToken, oauthAnswer('no_scope_allowed'))),
      ...authorize.flatMap((target) =>
        redirectMethods.map((method) =>
          variant(
            target,
            `access_denied, ${method}`,
            policyRefused,
            redirectWithError(target, method, 'no_matching_policy'),
          ),
        ),
      ),
    ],
  },
  {
    id: 'C5',
    title: 'the redirect URI is not registered',
    severity: 'ticket',
    variants: authorize.map((target) =>
      variant(
        target,
        '400 page',
        configuration('redirect-uri-refused'),
        changeWebClient(target.server, { redirectUri: 'https://app.example.com/unregistered' }),
      ),
    ),
  },
  {
    id: 'C6',
    title: 'the user is not assigned to the application',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe that signs in a user',
  },
  {
    id: 'C7',
    title: 'the server ID is wrong or the server is disabled',
    severity: 'ticket',
    variants: [
      ...customServerTargets.map((target) =>
        variant(target, '404 E0000007', serverNotFound, respond(target, errorEnvelope('E0000007', 'default'))),
      ),
      variant(
        customToken,
        '400 invalid_request',
        serverNotFound,
        respond(customToken, oauthAnswer('invalid_authorization_server')),
      ),
      variant(
        customAuthorize,
        '400 page',
        serverNotFound,
        respond(customAuthorize, errorPage(oktaError('invalid_authorization_server'))),
      ),
      {
        ...variant(
          { ...customDiscovery, server: 'aus0wrong' },
          '404, all endpoints',
          serverNotFound,
          addServer('aus0wrong'),
        ),
        alsoAtServer: true,
      },
    ],
  },
];
