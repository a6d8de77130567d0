import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import type { OktaRequest } from '../../emulators/okta/http-message.ts';
import { jsonResponse } from '../../emulators/okta/http-message.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, type Variant, variant } from '../case.ts';
import {
  alterJson,
  forgeTokens,
  intercept,
  oauthAnswer,
  type RedirectMethod,
  redirectMethods,
  redirectWithError,
  respond,
  respondWithChallenge,
  reworded,
} from '../faults/answers.ts';
import {
  authenticateWithSecret,
  callApiAsServiceApp,
  changeServer,
  changeServiceClient,
} from '../faults/configuration.ts';
import {
  authorize,
  introspect,
  rateLimits,
  refusesCustomScope,
  refusesUnknownRedirectUri,
  token,
  verify,
} from '../targets.ts';

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });

const [orgAuthorize, customAuthorize] = authorize;
const [orgToken, customToken] = token;

const scopeNotGranted = configuration('okta-scope-not-granted');
const wrongClientKind = configuration('wrong-client-kind');
const dpopRequired = configuration('dpop-required');
const outsideZone = configuration('network-zone-refused');
const hookFailed = configuration('inline-hook-failed');
const negativeTestFailed = configuration('negative-test-failed');

/** What the Org server would answer if it accepted the request. */
const issuedToken = jsonResponse(200, { token_type: 'Bearer', expires_in: 3600, access_token: 'issued-by-mistake' });

/** The Org server issues tokens to services for `okta.*` scopes only. */
function asksForCustomScope({ body }: OktaRequest): boolean {
  const scopes = new URLSearchParams(body).get('scope') ?? '';
  return scopes.split(' ').some((scope) => !scope.startsWith('okta.'));
}

const redirectToUnregisteredUri =
  (method: RedirectMethod): Fault =>
  (environment) => {
    const { redirectUri } = environment.okta.clients.web;
    const isUnregistered = ({ query }: OktaRequest) => query.get('redirect_uri') !== redirectUri;
    return redirectWithError(refusesUnknownRedirectUri, method, 'login_required', isUnregistered)(environment);
  };

/** Tokens, clients and hooks that are not set up as the monitor's configuration expects. */
export const clientConfigurationCases: readonly Case[] = [
  {
    id: 'C8',
    title: 'the audience does not match',
    severity: 'ticket',
    variants: [
      variant(
        verify,
        'aud changed on the server',
        configuration('audience-mismatch'),
        forgeTokens({ claims: (claims) => ({ ...claims, aud: 'api://orders' }) }),
      ),
      variant(
        verify,
        'different aud configured',
        configuration('audience-mismatch'),
        changeServer('default', (server) => ({ ...server, audience: 'api://elsewhere' })),
      ),
    ],
  },
  {
    id: 'C9',
    title: 'a claim is missing',
    severity: 'ticket',
    variants: [
      ...(['sub', 'cid', 'jti', 'ver'] as const).map((claim) =>
        variant(
          verify,
          `no ${claim}`,
          configuration('claim-missing'),
          forgeTokens({ claims: ({ [claim]: _, ...rest }) => rest }),
        ),
      ),
      variant(
        verify,
        'required groups missing',
        configuration('claim-missing'),
        changeServer('default', (server) => ({ ...server, expects: { claims: ['groups'] } })),
      ),
    ],
  },
  {
    id: 'C10',
    title: 'a scope is missing',
    severity: 'ticket',
    variants: [
      ...token.map((target) =>
        variant(
          target,
          'fewer scopes granted',
          configuration('scope-missing'),
          alterJson(target, (body) => ({ ...body, scope: 'another.scope' })),
        ),
      ),
      variant(
        verify,
        'missing from scp',
        configuration('scope-missing'),
        forgeTokens({ claims: (claims) => ({ ...claims, scp: ['another.scope'] }) }),
      ),
      variant(
        rateLimits,
        '403 insufficient_scope',
        configuration('api-scope-missing'),
        callApiAsServiceApp(['okta.apps.read']),
      ),
      variant(
        rateLimits,
        '403, commas in quotes',
        configuration('api-scope-missing'),
        callApiAsServiceApp(),
        respondWithChallenge(rateLimits, 'access_token_insufficient_scopes'),
      ),
    ],
  },
  {
    id: 'C11',
    title: 'an okta.* scope was never granted',
    severity: 'ticket',
    variants: [
      variant(
        orgToken,
        'consent_required',
        scopeNotGranted,
        changeServiceClient('org', { scopes: ['okta.groups.read'] }),
      ),
      variant(orgToken, 'invalid_scope', scopeNotGranted, respond(orgToken, oauthAnswer('no_matching_scope'))),
      variant(orgToken, 'reworded', scopeNotGranted, respond(orgToken, reworded(oauthAnswer('no_org_scopes_granted')))),
      variant(
        orgAuthorize,
        'consent_required, query',
        scopeNotGranted,
        redirectWithError(orgAuthorize, 'query', 'no_org_scopes_granted'),
      ),
      variant(rateLimits, 'consent_required at token', scopeNotGranted, callApiAsServiceApp(['okta.groups.read'])),
    ],
  },
  {
    id: 'C12',
    title: 'the admin role is missing',
    severity: 'ticket',
    variants: [
      variant(
        rateLimits,
        '403 E0000006',
        configuration('admin-role-missing'),
        respond(rateLimits, errorEnvelope('E0000006')),
      ),
      variant(
        rateLimits,
        '403 E0000006, OAuth',
        configuration('admin-role-missing'),
        callApiAsServiceApp(),
        respond(rateLimits, errorEnvelope('E0000006')),
      ),
    ],
  },
  {
    id: 'C13',
    title: 'wrong kind of client for the server',
    severity: 'ticket',
    variants: [
      variant(orgToken, 'client secret, basic', wrongClientKind, authenticateWithSecret('org', 'client_secret_basic')),
      variant(orgToken, 'client secret, post', wrongClientKind, authenticateWithSecret('org', 'client_secret_post')),
      variant(
        orgToken,
        'not a service application',
        wrongClientKind,
        respond(orgToken, oauthAnswer('invalid_application_type_client_credentials')),
      ),
      variant(
        customToken,
        'Org server only',
        wrongClientKind,
        respond(customToken, oauthAnswer('org_authorization_server_only_client')),
      ),
      variant(
        rateLimits,
        'not a service application',
        wrongClientKind,
        callApiAsServiceApp(),
        respond(orgToken, oauthAnswer('invalid_application_type_client_credentials')),
      ),
    ],
  },
  {
    id: 'C14',
    title: 'DPoP is required',
    severity: 'ticket',
    variants: [
      ...token.map((target) =>
        variant(
          target,
          '400 invalid_dpop_proof',
          dpopRequired,
          respond(target, oauthAnswer('invalid_dpop_proof_missing_header')),
        ),
      ),
      variant(
        rateLimits,
        'invalid_dpop_proof at token',
        dpopRequired,
        callApiAsServiceApp(),
        respond(orgToken, oauthAnswer('invalid_dpop_proof_missing_header')),
      ),
    ],
  },
  {
    id: 'C15',
    title: 'the request is outside the network zone',
    severity: 'ticket',
    variants: [
      ...[...token, ...introspect].map((target) =>
        variant(target, '403 access_denied', outsideZone, respond(target, oauthAnswer('disallowed_network_zone'))),
      ),
      ...authorize.map((target) =>
        variant(
          target,
          'access_denied, query',
          outsideZone,
          redirectWithError(target, 'query', 'disallowed_network_zone'),
        ),
      ),
      variant(
        rateLimits,
        '403 access_denied at token',
        outsideZone,
        callApiAsServiceApp(),
        respond(orgToken, oauthAnswer('disallowed_network_zone')),
      ),
    ],
  },
  {
    id: 'C16',
    title: 'the resource refuses a valid token',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe of your own API',
  },
  {
    id: 'C17',
    title: 'an inline hook fails',
    severity: 'ticket',
    variants: [
      ...[customToken, customAuthorize].flatMap((target): Variant[] =>
        (['E0000134', 'E0000135', 'E0000137'] as const).map((code) => {
          const answer = errorEnvelope(code);
          return variant(target, `${answer.status} ${code}`, hookFailed, respond(target, answer));
        }),
      ),
      variant(
        customToken,
        '400 server_error',
        hookFailed,
        respond(customToken, oauthAnswer('callback_returned_error_without_description')),
      ),
    ],
  },
  {
    id: 'C18',
    title: 'a request that must be refused is accepted',
    severity: 'ticket',
    variants: [
      variant(
        refusesCustomScope,
        'token for a custom scope',
        negativeTestFailed,
        intercept(refusesCustomScope, issuedToken, asksForCustomScope),
      ),
      ...redirectMethods.map((method) =>
        variant(
          refusesUnknownRedirectUri,
          `redirect, ${method}`,
          negativeTestFailed,
          redirectToUnregisteredUri(method),
        ),
      ),
    ],
  },
];
