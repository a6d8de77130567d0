import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import type { OktaRequest } from '../../emulators/okta/http-message.ts';
import { jsonResponse } from '../../emulators/okta/http-message.ts';
import { type Case, type Expected, variant, variants } from '../case.ts';
import {
  alterJson,
  forgeClaims,
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
  at,
  authorize,
  type FaultAt,
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

const audienceMismatch = configuration('audience-mismatch');
const claimMissing = configuration('claim-missing');
const scopeMissing = configuration('scope-missing');
const apiScopeMissing = configuration('api-scope-missing');
const scopeNotGranted = configuration('okta-scope-not-granted');
const adminRoleMissing = configuration('admin-role-missing');
const wrongClientKind = configuration('wrong-client-kind');
const dpopRequired = configuration('dpop-required');
const outsideZone = configuration('network-zone-refused');
const hookFailed = configuration('inline-hook-failed');
const negativeTestFailed = configuration('negative-test-failed');

const notServiceApp = respond(oauthAnswer('invalid_application_type_client_credentials'));
const noDpopProof = respond(oauthAnswer('invalid_dpop_proof_missing_header'));
const refusedByZone = respond(oauthAnswer('disallowed_network_zone'));

/** What the Org server would answer if it accepted the request. */
const issuedToken = jsonResponse(200, { token_type: 'Bearer', expires_in: 3600, access_token: 'issued-by-mistake' });

/** The Org server issues tokens to services for `okta.*` scopes only. */
function asksForCustomScope({ body }: OktaRequest): boolean {
  const scopes = new URLSearchParams(body).get('scope') ?? '';
  return scopes.split(' ').some((scope) => !scope.startsWith('okta.'));
}

const redirectToUnregisteredUri =
  (method: RedirectMethod): FaultAt =>
  (environment, target) => {
    const { redirectUri } = environment.okta.clients.web;
    const isUnregistered = ({ query }: OktaRequest) => query.get('redirect_uri') !== redirectUri;
    return redirectWithError(method, 'login_required', isUnregistered)(environment, target);
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
        audienceMismatch,
        forgeClaims(() => ({ aud: 'api://orders' })),
      ),
      variant(verify, 'different aud configured', audienceMismatch, changeServer({ audience: 'api://elsewhere' })),
    ],
  },
  {
    id: 'C9',
    title: 'a claim is missing',
    severity: 'ticket',
    variants: [
      ...(['sub', 'cid', 'jti', 'ver'] as const).map((claim) =>
        variant(verify, `no ${claim}`, claimMissing, forgeTokens({ claims: ({ [claim]: _, ...rest }) => rest })),
      ),
      variant(verify, 'required groups missing', claimMissing, changeServer({ expects: { claims: ['groups'] } })),
    ],
  },
  {
    id: 'C10',
    title: 'a scope is missing',
    severity: 'ticket',
    variants: [
      ...variants(
        token,
        'fewer scopes granted',
        scopeMissing,
        alterJson((body) => ({ ...body, scope: 'another.scope' })),
      ),
      variant(
        verify,
        'missing from scp',
        scopeMissing,
        forgeClaims(() => ({ scp: ['another.scope'] })),
      ),
      variant(rateLimits, '403 insufficient_scope', apiScopeMissing, callApiAsServiceApp(['okta.apps.read'])),
      variant(
        rateLimits,
        '403, commas in quotes',
        apiScopeMissing,
        callApiAsServiceApp(),
        respondWithChallenge('access_token_insufficient_scopes'),
      ),
    ],
  },
  {
    id: 'C11',
    title: 'an okta.* scope was never granted',
    severity: 'ticket',
    variants: [
      variant(orgToken, 'consent_required', scopeNotGranted, changeServiceClient({ scopes: ['okta.groups.read'] })),
      variant(orgToken, 'invalid_scope', scopeNotGranted, respond(oauthAnswer('no_matching_scope'))),
      variant(orgToken, 'reworded', scopeNotGranted, respond(reworded(oauthAnswer('no_org_scopes_granted')))),
      variant(
        orgAuthorize,
        'consent_required, query',
        scopeNotGranted,
        redirectWithError('query', 'no_org_scopes_granted'),
      ),
      variant(rateLimits, 'consent_required at token', scopeNotGranted, callApiAsServiceApp(['okta.groups.read'])),
    ],
  },
  {
    id: 'C12',
    title: 'the admin role is missing',
    severity: 'ticket',
    variants: [
      variant(rateLimits, '403 E0000006', adminRoleMissing, respond(errorEnvelope('E0000006'))),
      variant(
        rateLimits,
        '403 E0000006, OAuth',
        adminRoleMissing,
        callApiAsServiceApp(),
        respond(errorEnvelope('E0000006')),
      ),
    ],
  },
  {
    id: 'C13',
    title: 'wrong kind of client for the server',
    severity: 'ticket',
    variants: [
      variant(orgToken, 'client secret, basic', wrongClientKind, authenticateWithSecret('client_secret_basic')),
      variant(orgToken, 'client secret, post', wrongClientKind, authenticateWithSecret('client_secret_post')),
      variant(orgToken, 'not a service application', wrongClientKind, notServiceApp),
      variant(
        customToken,
        'Org server only',
        wrongClientKind,
        respond(oauthAnswer('org_authorization_server_only_client')),
      ),
      variant(
        rateLimits,
        'not a service application',
        wrongClientKind,
        callApiAsServiceApp(),
        at(orgToken, notServiceApp),
      ),
    ],
  },
  {
    id: 'C14',
    title: 'DPoP is required',
    severity: 'ticket',
    variants: [
      ...variants(token, '400 invalid_dpop_proof', dpopRequired, noDpopProof),
      variant(
        rateLimits,
        'invalid_dpop_proof at token',
        dpopRequired,
        callApiAsServiceApp(),
        at(orgToken, noDpopProof),
      ),
    ],
  },
  {
    id: 'C15',
    title: 'the request is outside the network zone',
    severity: 'ticket',
    variants: [
      ...variants([...token, ...introspect], '403 access_denied', outsideZone, refusedByZone),
      ...variants(
        authorize,
        'access_denied, query',
        outsideZone,
        redirectWithError('query', 'disallowed_network_zone'),
      ),
      variant(
        rateLimits,
        '403 access_denied at token',
        outsideZone,
        callApiAsServiceApp(),
        at(orgToken, refusedByZone),
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
      ...[customToken, customAuthorize].flatMap((target) => [
        variant(target, '502 E0000134', hookFailed, respond(errorEnvelope('E0000134'))),
        variant(target, '400 E0000135', hookFailed, respond(errorEnvelope('E0000135'))),
        variant(target, '504 E0000137', hookFailed, respond(errorEnvelope('E0000137'))),
      ]),
      variant(
        customToken,
        '400 server_error',
        hookFailed,
        respond(oauthAnswer('callback_returned_error_without_description')),
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
        intercept(issuedToken, asksForCustomScope),
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
