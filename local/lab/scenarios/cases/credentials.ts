import { exportJWK, generateKeyPair } from 'jose';
import {
  emptyResponse,
  jsonResponse,
  type OktaErrorCode,
  type OktaResponse,
  oktaId,
} from '../../../../packages/okta-emulator/src/index.ts';
import { type Case, defineCase, type Expected, variant, variants } from '../case.ts';
import { oauthAnswer, respond, respondWithChallenge, reworded } from '../faults/answers.ts';
import {
  authenticateWithSecret,
  callApiAsServiceApp,
  callApiWithToken,
  changeServiceClient,
  changeWebClient,
  pushRequests,
  replaceServiceSecret,
  type SecretSource,
  useWrongWebSecret,
} from '../faults/configuration.ts';
import {
  at,
  authenticatingEndpoints,
  authorize,
  code,
  discovery,
  pushedRequests,
  rateLimits,
  token,
} from '../targets.ts';

const credentials = (code: string): Expected => ({ code, domain: 'credentials' });
const clientRefused = credentials('client-refused');
const clientUnknown = credentials('client-unknown');
const assertionRefused = credentials('assertion-refused');
const tokenRefused = credentials('access-token-refused');
const clockSkew: Expected = { code: 'clock-skew', domain: 'clock' };

const [orgToken, customToken] = token;

/** A key that is not registered on the application, with its own `kid` or that of the registered key. */
const unregisteredKey =
  (kid: 'new' | 'known'): SecretSource =>
  async ({ clients }) => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const id = kid === 'known' ? clients.service.privateJwk.kid : oktaId('', 43);
    return JSON.stringify({ privateKey: { ...(await exportJWK(privateKey)), kid: id, alg: 'RS256' } });
  };

/** Okta's errors for a client assertion, apart from those that an unregistered key causes. */
const assertionErrors: readonly [code: OktaErrorCode, symptom: string][] = [
  ['client_assertion_invalid_audience', 'aud is not the endpoint'],
  ['client_assertion_expired_token', 'expired'],
  ['client_assertion_expires_too_far_in_future', 'exp too far in the future'],
  ['client_assertion_already_used', 'jti reused'],
  ['client_assertion_invalid_signature', 'invalid signature'],
  ['client_assertion_invalid_kid', 'unknown kid'],
];

const issuedInFuture = respond(oauthAnswer('client_assertion_issued_at_in_future'));

/** Okta's errors for an access token. */
const accessTokenErrors: readonly [code: OktaErrorCode, symptom: string][] = [
  ['access_token_invalid', 'invalid'],
  ['token_expired', 'expired'],
  ['access_token_revoked', 'revoked'],
  ['access_token_invalid_audience', 'wrong audience'],
  ['access_token_invalid_issuer', 'wrong issuer'],
];

const unknownClientId = '0oa0unknown0client00';
const unknownApiToken: SecretSource = () => JSON.stringify({ apiToken: oktaId('00', 40) });

/** How discovery answers for an unknown client: with an OAuth error code in the management API's error envelope. */
const unknownClient = jsonResponse(400, {
  errorCode: 'invalid_client',
  errorSummary: "Invalid value for 'client_id' parameter.",
  errorLink: 'invalid_client',
  errorId: oktaId('oae', 22),
  errorCauses: [],
});

/** RFC 6749, 5.2 asks for a challenge where a client authenticates by the Authorization header. */
const refusedWithChallenge: OktaResponse = {
  ...emptyResponse(401),
  headers: { 'www-authenticate': 'Basic realm="Okta"' },
};

const refusedAsText: OktaResponse = {
  ...emptyResponse(401),
  headers: { 'content-type': 'text/plain' },
  body: 'Bad client.',
};

export const credentialCases: readonly Case[] = [
  defineCase('K1', 'the client ID or secret is refused', 'ticket', [
    variant(customToken, 'wrong secret, basic', clientRefused, authenticateWithSecret('client_secret_basic', 'wrong')),
    variant(customToken, 'wrong secret, post', clientRefused, authenticateWithSecret('client_secret_post', 'wrong')),
    variants(token, 'unknown client ID', clientUnknown, changeServiceClient({ clientId: unknownClientId })),
    variants(
      authenticatingEndpoints,
      '401 invalid_client',
      clientRefused,
      respond(oauthAnswer('invalid_client_secret')),
    ),
    variants(code, 'wrong secret of the web app', clientRefused, useWrongWebSecret),
    variants(pushedRequests, '401 at PAR', clientRefused, pushRequests, respond(oauthAnswer('invalid_client_secret'))),
    variants(authenticatingEndpoints, '401 text', clientRefused, respond(refusedAsText)),
    variants(authenticatingEndpoints, '401, Basic challenge', clientRefused, respond(refusedWithChallenge)),
    variants(token, 'invalid_client, reworded', clientRefused, respond(reworded(oauthAnswer('invalid_client')))),
    variants(authorize, 'unknown client ID, 400 page', clientUnknown, changeWebClient({ clientId: unknownClientId })),
    variants(discovery, '400 error envelope', clientUnknown, respond(unknownClient)),
  ]),
  defineCase('K2', 'the client assertion is refused', 'ticket', [
    token.flatMap((target) => [
      variant(target, 'key not registered', assertionRefused, replaceServiceSecret(unregisteredKey('new'))),
      variant(target, 'wrong key, registered kid', assertionRefused, replaceServiceSecret(unregisteredKey('known'))),
    ]),
    authenticatingEndpoints.flatMap((target) => [
      ...assertionErrors.map(([code, symptom]) =>
        variant(target, symptom, assertionRefused, respond(oauthAnswer(code))),
      ),
      variant(target, 'issued in the future', clockSkew, issuedInFuture),
    ]),
    variant(
      rateLimits,
      'key not registered',
      assertionRefused,
      callApiAsServiceApp(['okta.users.read'], unregisteredKey('new')),
    ),
    variant(rateLimits, 'issued in the future', clockSkew, callApiAsServiceApp(), at(orgToken, issuedInFuture)),
  ]),
  defineCase('K3', 'the API token is no longer valid', 'ticket', [
    variant(rateLimits, '401 E0000011', credentials('api-token-refused'), callApiWithToken(unknownApiToken)),
  ]),
  defineCase('K4', 'the access token is refused', 'ticket', [
    variant(
      rateLimits,
      '401, second challenge',
      tokenRefused,
      callApiAsServiceApp(),
      respondWithChallenge('token_expired', 'DPoP algs="ES256 RS256", '),
    ),
    accessTokenErrors.map(([code, symptom]) =>
      variant(rateLimits, `401 ${symptom}`, tokenRefused, callApiAsServiceApp(), respondWithChallenge(code)),
    ),
  ]),
];
