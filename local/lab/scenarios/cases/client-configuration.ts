import { errorEnvelope, jsonResponse, type OktaRequest } from '../../../../packages/okta-emulator/src/index.ts';
import { type Case, defineCase, type Expected, variant, variants } from '../case.ts';
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
  callApiAsDpopApp,
  callApiAsServiceApp,
  callApiWithToken,
  changeServer,
  changeServiceClient,
  useApplicationWithoutDpop,
  useDpopApplication,
  useDpopWebApplication,
} from '../faults/configuration.ts';
import { alterSignIn } from '../faults/test-user.ts';
import {
  at,
  authenticatingEndpoints,
  authorize,
  code,
  type FaultAt,
  rateLimits,
  refresh,
  refusesCustomScope,
  refusesUnknownRedirectUri,
  signIn,
  signOut,
  token,
  userinfo,
  verify,
} from '../targets.ts';

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });

const [orgAuthorize, customAuthorize] = authorize;
const [orgToken, customToken] = token;

const audienceMismatch = configuration('audience-mismatch');
const claimMissing = configuration('claim-missing');
const scopeMissing = configuration('scope-missing');
const apiScopeMissing = configuration('api-scope-missing');
const notGranted = configuration('okta-scope-not-granted');
const noAdminRole = configuration('admin-role-missing');
const wrongKind = configuration('wrong-client-kind');
const dpopRequired = configuration('dpop-required');
const proofRefused = configuration('dpop-proof-refused');
const outsideZone = configuration('network-zone-refused');
const hookFailed = configuration('inline-hook-failed');
const negativeTestFailed = configuration('negative-test-failed');

const claimFailing = configuration('claim-failing');
const unsuitable = configuration('scope-unsuitable');
const idpFailing = configuration('identity-provider-failing');
const userTokenRefused = configuration('user-token-refused');

/** An answer in words that the emulator has no use for itself. */
const worded = (status: number, error: string, text: string) =>
  respond(jsonResponse(status, { error, error_description: text }));
const failingClaim = worded(400, 'server_error', "The 'department' user claim could not be evaluated.");
const noUserCreated = worded(400, 'access_denied', 'User creation was disabled.');
const takenForBrowser = worded(
  400,
  'invalid_request',
  'Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.',
);
const encryptionFailing = configuration('token-encryption-failing');
const noKeyOfClient = worded(401, 'invalid_client', 'No active encryption key found for the client.');
const noKeyOfServer = worded(400, 'invalid_request', 'No encryption key found for the authorization server.');
const noTrust = worded(403, 'access_denied', 'No trust relationship exists between the client app and the target app.');
const pendingDevice = worded(
  400,
  'authorization_pending',
  'The device authorization is pending. Please try again later.',
);
const signOutElsewhere = worded(
  400,
  'invalid_request',
  "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
);
const invalidSession = respond(errorEnvelope('E0000005'));
const grantNotTicked = respond(oauthAnswer('unauthorized_client'));

const notServiceApp = respond(oauthAnswer('invalid_application_type_client_credentials'));
/** To those that send none: another client of the monitor may send one to the same endpoint. */
const noDpopProof = intercept(oauthAnswer('invalid_dpop_proof_missing_header'), ({ raw }) => !raw.headers.dpop);
const useNonce = oauthAnswer('use_dpop_nonce');
const wrongHost = respond(oauthAnswer('invalid_dpop_proof_invalid_htu'));
const anotherNonce = respond({ ...useNonce, headers: { ...useNonce.headers, 'dpop-nonce': 'another' } });
const demandPushedRequests = alterSignIn({ pushedRequestsRequired: true });
const classic = alterSignIn({ engine: 'classic' });
const refusedByZone = respond(oauthAnswer('disallowed_network_zone'));

/** The answer of an Org server that accepts the request. */
const issuedToken = jsonResponse(200, { token_type: 'Bearer', expires_in: 3600, access_token: 'issued-by-mistake' });

const grantOtherScope = alterJson((body) => ({ ...body, scope: 'another.scope' }));

/** The Org server issues tokens to services for `okta.*` scopes only. Users' codes and refresh tokens need no scope. */
function asksForCustomScope({ body }: OktaRequest): boolean {
  const params = new URLSearchParams(body);
  const scopes = (params.get('scope') ?? '').split(' ');
  return params.get('grant_type') === 'client_credentials' && scopes.some((scope) => !scope.startsWith('okta.'));
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
  defineCase('C8', 'the audience does not match', 'ticket', [
    variant(verify, 'aud changed on the server', audienceMismatch, forgeClaims({ aud: 'api://orders' })),
    variant(verify, 'different aud configured', audienceMismatch, changeServer({ audience: 'api://elsewhere' })),
  ]),
  defineCase('C9', 'a claim is missing', 'ticket', [
    (['sub', 'cid', 'jti', 'ver'] as const).map((claim) =>
      variant(verify, `no ${claim}`, claimMissing, forgeTokens({ claims: ({ [claim]: _, ...rest }) => rest })),
    ),
    variant(verify, 'required groups missing', claimMissing, changeServer({ expects: { claims: ['groups'] } })),
  ]),
  defineCase('C10', 'a scope is missing', 'ticket', [
    variants([...token, ...code], 'fewer scopes granted', scopeMissing, grantOtherScope),
    variant(verify, 'missing from scp', scopeMissing, forgeClaims({ scp: ['another.scope'] })),
    variant(rateLimits, '403 insufficient_scope', apiScopeMissing, callApiAsServiceApp(['okta.apps.read'])),
    variant(
      rateLimits,
      '403, commas in quotes',
      apiScopeMissing,
      callApiAsServiceApp(),
      respondWithChallenge('access_token_insufficient_scopes'),
    ),
  ]),
  defineCase('C11', 'an okta.* scope was never granted', 'ticket', [
    variant(orgToken, 'consent_required', notGranted, changeServiceClient({ scopes: ['okta.roles.read'] })),
    variant(orgToken, 'reworded', notGranted, respond(reworded(oauthAnswer('no_org_scopes_granted')))),
    variant(orgAuthorize, 'consent_required, query', notGranted, redirectWithError('query', 'no_org_scopes_granted')),
    variant(rateLimits, 'consent_required at token', notGranted, callApiAsServiceApp(['okta.roles.read'])),
  ]),
  defineCase('C12', 'the admin role is missing', 'ticket', [
    variant(rateLimits, '403 E0000006', noAdminRole, respond(errorEnvelope('E0000006'))),
    variant(rateLimits, '403 E0000006, OAuth', noAdminRole, callApiAsServiceApp(), respond(errorEnvelope('E0000006'))),
  ]),
  defineCase('C13', 'wrong kind of client for the server', 'ticket', [
    variant(orgToken, 'client secret, basic', wrongKind, authenticateWithSecret('client_secret_basic')),
    variant(orgToken, 'client secret, post', wrongKind, authenticateWithSecret('client_secret_post')),
    variant(orgToken, 'not a service application', wrongKind, notServiceApp),
    variant(customToken, 'Org server only', wrongKind, respond(oauthAnswer('org_authorization_server_only_client'))),
    variant(rateLimits, 'not a service application', wrongKind, callApiAsServiceApp(), at(orgToken, notServiceApp)),
  ]),
  defineCase('C14', 'DPoP is required', 'ticket', [
    variants(token, '400 invalid_dpop_proof', dpopRequired, useApplicationWithoutDpop, noDpopProof),
    variants(token, 'default of new applications', dpopRequired, useDpopApplication(false)),
    variant(rateLimits, 'invalid_dpop_proof at token', dpopRequired, callApiAsServiceApp(), at(orgToken, noDpopProof)),
    variants(code, '400 invalid_dpop_proof', dpopRequired, noDpopProof),
    variants(code, 'turned on for the web app', dpopRequired, useDpopWebApplication(false)),
    variant(rateLimits, 'default of new applications', dpopRequired, callApiAsDpopApp(false)),
  ]),
  defineCase('C23', 'a DPoP proof is refused', 'ticket', [
    variants(token, "a proxy's host in the proof", proofRefused, useDpopApplication(true), wrongHost),
    variants(token, 'no nonce is right', proofRefused, useDpopApplication(true), anotherNonce),
    [...code, ...refresh].flatMap((target) => [
      variant(target, "a proxy's host in the proof", proofRefused, useDpopWebApplication(true), wrongHost),
      variant(target, 'no nonce is right', proofRefused, useDpopWebApplication(true), anotherNonce),
    ]),
    variants(
      userinfo,
      '400, another ath',
      proofRefused,
      useDpopWebApplication(true),
      respondWithChallenge('dpop_proof_invalid_ath'),
    ),
    variant(rateLimits, "a proxy's host, at token", proofRefused, callApiAsDpopApp(true), at(orgToken, wrongHost)),
    variant(
      rateLimits,
      '400, another ath',
      proofRefused,
      callApiAsDpopApp(true),
      respondWithChallenge('dpop_proof_invalid_ath'),
    ),
  ]),
  defineCase('C15', 'the request is outside the network zone', 'ticket', [
    variants(authenticatingEndpoints, '403 access_denied', outsideZone, refusedByZone),
    variants(authorize, 'access_denied, query', outsideZone, redirectWithError('query', 'disallowed_network_zone')),
    variant(rateLimits, '403 access_denied at token', outsideZone, callApiAsServiceApp(), at(orgToken, refusedByZone)),
  ]),
  defineCase('C27', 'the application takes pushed requests only', 'ticket', [
    variant(orgAuthorize, 'PAR demanded', configuration('request-refused'), demandPushedRequests),
    variant(signIn, 'PAR demanded', configuration('request-refused'), demandPushedRequests),
    variant(signIn, 'PAR demanded, Classic', configuration('request-refused'), demandPushedRequests, classic),
  ]),
  defineCase('C17', 'an inline hook fails', 'ticket', [
    [customToken, customAuthorize].flatMap((target) => [
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
  ]),
  defineCase('C28', 'the application lacks the grant type', 'ticket', [
    variants(
      [...token, ...code, ...refresh],
      'unauthorized_client',
      configuration('grant-not-allowed'),
      grantNotTicked,
    ),
  ]),
  defineCase('C29', 'a claim of the server cannot be evaluated', 'page', [
    variants([customToken, ...code], '400 server_error', claimFailing, failingClaim),
  ]),
  defineCase('C30', 'a scope that the grant cannot have is requested', 'ticket', [
    variants(token, 'openid for a service', unsuitable, respond(oauthAnswer('openid_not_allowed_client_creds'))),
  ]),
  defineCase('C31', 'a token of the test user is refused', 'ticket', [
    variants(userinfo, '401, revoked', userTokenRefused, respondWithChallenge('access_token_revoked')),
    variants(userinfo, '401, another issuer', userTokenRefused, respondWithChallenge('access_token_invalid_issuer')),
  ]),
  defineCase('C32', 'an external identity provider fails', 'ticket', [
    variants(code, '400 access_denied', idpFailing, noUserCreated),
  ]),
  defineCase('C33', 'something adds an Origin header', 'ticket', [
    variants(token, '400 invalid_request', configuration('browser-request-refused'), takenForBrowser),
  ]),
  defineCase('C36', 'a key to encrypt tokens is missing', 'ticket', [
    variants(token, '401, of the client', encryptionFailing, noKeyOfClient),
    variants(token, '400, of the server', encryptionFailing, noKeyOfServer),
  ]),
  defineCase('C37', 'a flow is not set up', 'ticket', [
    variants(token, '403, no trust', configuration('flow-not-set-up'), noTrust),
  ]),
  defineCase('C38', 'the sign-out redirect URI is refused', 'ticket', [
    variant(signOut, '400', configuration('sign-out-uri-refused'), signOutElsewhere),
  ]),
  defineCase('C39', 'the API does not take the API token', 'ticket', [
    variant(rateLimits, '403 E0000005', configuration('api-credential-unsuitable'), callApiWithToken(), invalidSession),
  ]),
  defineCase('M6', 'Okta answers about a flow that the monitor never uses', 'ticket', [
    variants(token, '400 authorization_pending', { code: 'flow-unexpected', domain: 'monitor' }, pendingDevice),
  ]),
  defineCase('C18', 'a request that must be refused is accepted', 'ticket', [
    variant(
      refusesCustomScope,
      'token for a custom scope',
      negativeTestFailed,
      intercept(issuedToken, asksForCustomScope),
    ),
    redirectMethods.map((method) =>
      variant(refusesUnknownRedirectUri, `redirect, ${method}`, negativeTestFailed, redirectToUnregisteredUri(method)),
    ),
  ]),
];
