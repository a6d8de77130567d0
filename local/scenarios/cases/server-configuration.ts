import { errorEnvelope } from '../../emulators/okta/error-envelope.ts';
import { errorPage } from '../../emulators/okta/error-page.ts';
import { oktaError } from '../../emulators/okta/okta-errors.ts';
import type { Step } from '../../simulator/environment.ts';
import { type Case, cell, type Expected } from '../case.ts';
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
const noLicence: Step = ({ okta }) => ({
  undo: okta.intervene({ path: /^\/oauth2\/default\// }, errorEnvelope('E0000015')),
});

/** Watches a server that does not exist, by the probes that need no client. */
const alsoWatches = (id: string) =>
  org((one) => ({ ...one, servers: [...one.servers, { id, issuer: `https://${one.domain}/oauth2/${id}` }] }));

/** What an administrator set otherwise on a server: what it is, knows and allows. */
export const serverConfigurationCases: readonly Case[] = [
  {
    id: 'C1',
    title: 'no API Access Management',
    hears: 'ticket',
    cells: [
      ...atCustom.map((site) => cell(site, '401 E0000015', unlicensed, answers(site, errorEnvelope('E0000015')))),
      cell(
        customToken,
        '403 E0000015',
        unlicensed,
        answers(customToken, { ...errorEnvelope('E0000015'), status: 403 }),
      ),
      { ...cell(customDiscovery, '401 E0000015 everywhere', unlicensed, noLicence), spreads: true },
      cell(customAuthorize, '400 page, server_error', unlicensed, answers(customAuthorize, featureMissing(400))),
      cell(customAuthorize, '403 page, server_error', unlicensed, answers(customAuthorize, featureMissing(403))),
      cell(
        customAuthorize,
        'server_error, query',
        unlicensed,
        callsBack(customAuthorize, 'query', 'feature_not_enabled'),
      ),
      ...[customToken, customIntrospect].map((site) =>
        cell(site, '403 server_error', unlicensed, answers(site, oauth('feature_not_enabled'))),
      ),
      cell(
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
    hears: 'ticket',
    cells: [
      cell(orgToken, 'invalid_scope', customScope, service('org', { scopes: ['monitor.read'] })),
      ...ways.map((way) =>
        cell(
          orgAuthorize,
          `invalid_scope, ${way}`,
          customScope,
          web('org', { scopes: ['openid', 'monitor.read'] }),
          redirectsBy(orgAuthorize, way),
        ),
      ),
      cell(
        orgToken,
        'invalid_scope, reworded',
        customScope,
        service('org', { scopes: ['monitor.read'] }),
        answers(orgToken, reworded(oauth('illegal_custom_scope'))),
      ),
      cell(rateLimits, 'invalid_scope at token', customScope, apiClient(['monitor.read'])),
    ],
  },
  {
    id: 'C3',
    title: 'a scope that the custom server does not have',
    hears: 'ticket',
    cells: [
      cell(customToken, 'invalid_scope', unknownScope, service('default', { scopes: ['monitor.delete'] })),
      cell(
        customToken,
        'invalid_scope, reworded',
        unknownScope,
        answers(customToken, reworded(oauth('no_matching_scope'))),
      ),
      ...ways.map((way) =>
        cell(
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
    hears: 'ticket',
    cells: [
      cell(customToken, '400 access_denied', policy, answers(customToken, oauth('no_matching_policy', 400))),
      cell(customToken, '401 access_denied', policy, answers(customToken, oauth('no_matching_policy'))),
      cell(customToken, '401, reworded', policy, answers(customToken, reworded(oauth('no_matching_policy')))),
      cell(customToken, 'every scope rejected', policy, answers(customToken, oauth('no_scope_allowed'))),
      ...authorize.flatMap((site) =>
        ways.map((way) => cell(site, `access_denied, ${way}`, policy, callsBack(site, way, 'no_matching_policy'))),
      ),
    ],
  },
  {
    id: 'C5',
    title: 'the redirect URI is not registered',
    hears: 'ticket',
    cells: authorize.map((site) =>
      cell(
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
    hears: 'ticket',
    cells: [],
    waiting: 'needs a probe that signs in a user',
  },
  {
    id: 'C7',
    title: 'the server’s id is wrong, or it is disabled',
    hears: 'ticket',
    cells: [
      ...atCustom.map((site) =>
        cell(site, '404 E0000007', notThere, answers(site, errorEnvelope('E0000007', 'default'))),
      ),
      cell(customToken, '400 invalid_request', notThere, answers(customToken, oauth('invalid_authorization_server'))),
      cell(
        customAuthorize,
        '400 page',
        notThere,
        answers(customAuthorize, errorPage(oktaError('invalid_authorization_server'))),
      ),
      {
        ...cell(
          { ...customDiscovery, server: 'aus0wrong' },
          '404 E0000007 everywhere',
          notThere,
          alsoWatches('aus0wrong'),
        ),
        spreads: true,
      },
    ],
  },
];
