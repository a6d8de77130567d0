import { errorEnvelope, errorPage } from '../../emulators/okta/error-responses.ts';
import { oktaError } from '../../emulators/okta/okta-errors.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant } from '../case.ts';
import { answers, callsBack, oauth, redirectsBy, reworded, ways } from '../faults/answers.ts';
import { apiClient, org, service, web } from '../faults/events.ts';
import { authorize, discovery, introspect, keys, rateLimits, token } from '../targets.ts';

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });

const [orgAuthorize, customAuthorize] = authorize;
const [orgToken, customToken] = token;
const [, customIntrospect] = introspect;
const [, customDiscovery] = discovery;
const [, customKeys] = keys;
const atCustom = [customDiscovery, customKeys, customToken, customIntrospect, customAuthorize];

const unlicensed = configuration('api-access-management-missing');
const customScope = configuration('custom-scope-at-org-server');
const unknownScope = configuration('scope-unknown');
const policy = configuration('policy-refused');
const notThere = configuration('server-not-found');

const featureMissing = (status: number) => ({ ...errorPage(oktaError('feature_not_enabled')), status });

/** Every custom server answers as one that the org has no licence for. */
const noLicence: Fault = ({ okta }) => ({
  restore: okta.intercept({ path: /^\/oauth2\/default\// }, errorEnvelope('E0000015')),
});

/** Watches a server that does not exist, by the probes that need no client. */
const alsoWatches = (id: string) =>
  org((one) => ({ ...one, servers: [...one.servers, { id, issuer: `https://${one.domain}/oauth2/${id}` }] }));

/** What an administrator set otherwise on a server: what it is, knows and allows. */
export const serverConfigurationCases: readonly Case[] = [
  {
    id: 'C1',
    title: 'no API Access Management',
    severity: 'ticket',
    variants: [
      ...atCustom.map((site) => variant(site, '401 E0000015', unlicensed, answers(site, errorEnvelope('E0000015')))),
      variant(
        customToken,
        '403 E0000015',
        unlicensed,
        answers(customToken, { ...errorEnvelope('E0000015'), status: 403 }),
      ),
      { ...variant(customDiscovery, '401 E0000015 everywhere', unlicensed, noLicence), alsoAtServer: true },
      variant(customAuthorize, '400 page, server_error', unlicensed, answers(customAuthorize, featureMissing(400))),
      variant(customAuthorize, '403 page, server_error', unlicensed, answers(customAuthorize, featureMissing(403))),
      variant(
        customAuthorize,
        'server_error, query',
        unlicensed,
        callsBack(customAuthorize, 'query', 'feature_not_enabled'),
      ),
      ...[customToken, customIntrospect].map((site) =>
        variant(site, '403 server_error', unlicensed, answers(site, oauth('feature_not_enabled'))),
      ),
      variant(
        customToken,
        '400 access_denied',
        unlicensed,
        answers(customToken, oauth('feature_not_enabled_access_denied')),
      ),
    ],
  },
  {
    id: 'C2',
    title: 'a custom scope at the Org server',
    severity: 'ticket',
    variants: [
      variant(orgToken, 'invalid_scope', customScope, service('org', { scopes: ['monitor.read'] })),
      ...ways.map((way) =>
        variant(
          orgAuthorize,
          `invalid_scope, ${way}`,
          customScope,
          web('org', { scopes: ['openid', 'monitor.read'] }),
          redirectsBy(orgAuthorize, way),
        ),
      ),
      variant(
        orgToken,
        'invalid_scope, reworded',
        customScope,
        service('org', { scopes: ['monitor.read'] }),
        answers(orgToken, reworded(oauth('illegal_custom_scope'))),
      ),
      variant(rateLimits, 'invalid_scope at token', customScope, apiClient(['monitor.read'])),
    ],
  },
  {
    id: 'C3',
    title: 'a scope that the custom server does not have',
    severity: 'ticket',
    variants: [
      variant(customToken, 'invalid_scope', unknownScope, service('default', { scopes: ['monitor.delete'] })),
      variant(
        customToken,
        'invalid_scope, reworded',
        unknownScope,
        answers(customToken, reworded(oauth('no_matching_scope'))),
      ),
      ...ways.map((way) =>
        variant(
          customAuthorize,
          `invalid_scope, ${way}`,
          unknownScope,
          web('default', { scopes: ['openid', 'monitor.delete'] }),
          redirectsBy(customAuthorize, way),
        ),
      ),
    ],
  },
  {
    id: 'C4',
    title: 'no policy rule matches',
    severity: 'ticket',
    variants: [
      variant(customToken, '400 access_denied', policy, answers(customToken, oauth('no_matching_policy', 400))),
      variant(customToken, '401 access_denied', policy, answers(customToken, oauth('no_matching_policy'))),
      variant(customToken, '401, reworded', policy, answers(customToken, reworded(oauth('no_matching_policy')))),
      variant(customToken, 'every scope rejected', policy, answers(customToken, oauth('no_scope_allowed'))),
      ...authorize.flatMap((site) =>
        ways.map((way) => variant(site, `access_denied, ${way}`, policy, callsBack(site, way, 'no_matching_policy'))),
      ),
    ],
  },
  {
    id: 'C5',
    title: 'the redirect URI is not registered',
    severity: 'ticket',
    variants: authorize.map((site) =>
      variant(
        site,
        '400 page',
        configuration('redirect-uri-refused'),
        web(site.server, { redirectUri: 'https://app.example.com/unregistered' }),
      ),
    ),
  },
  {
    id: 'C6',
    title: 'the user is not assigned',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe that signs in a user',
  },
  {
    id: 'C7',
    title: 'the server’s id is wrong, or it is disabled',
    severity: 'ticket',
    variants: [
      ...atCustom.map((site) =>
        variant(site, '404 E0000007', notThere, answers(site, errorEnvelope('E0000007', 'default'))),
      ),
      variant(
        customToken,
        '400 invalid_request',
        notThere,
        answers(customToken, oauth('invalid_authorization_server')),
      ),
      variant(
        customAuthorize,
        '400 page',
        notThere,
        answers(customAuthorize, errorPage(oktaError('invalid_authorization_server'))),
      ),
      {
        ...variant(
          { ...customDiscovery, server: 'aus0wrong' },
          '404 E0000007 everywhere',
          notThere,
          alsoWatches('aus0wrong'),
        ),
        alsoAtServer: true,
      },
    ],
  },
];
