import { exportJWK, generateKeyPair } from 'jose';
import { jsonResponse } from '../../emulators/okta/http-message.ts';
import type { OktaErrorCode } from '../../emulators/okta/okta-errors.ts';
import { oktaId } from '../../emulators/okta/org.ts';
import { type Case, type Expected, variant } from '../case.ts';
import { oauthAnswer, respond, respondWithChallenge, reworded } from '../faults/answers.ts';
import {
  authenticateWithSecret,
  callApiAsServiceApp,
  changeServiceClient,
  changeWebClient,
  replaceApiSecret,
  replaceServiceSecret,
  type SecretSource,
} from '../faults/configuration.ts';
import { authorize, discovery, introspect, rateLimits, token } from '../targets.ts';

const credentials = (code: string): Expected => ({ code, domain: 'credentials' });
const clientRefused = credentials('client-refused');
const assertionRefused = credentials('assertion-refused');
const tokenRefused = credentials('access-token-refused');

const [orgToken, customToken] = token;

/** A key that is not registered on the application, with a `kid` of its own or with the registered one. */
const unregisteredKey =
  (kid: 'new' | 'registered'): SecretSource =>
  async ({ clients }) => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const id = kid === 'registered' ? clients.service.privateJwk.kid : oktaId('', 43);
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

/** How discovery answers for an unknown client: with an OAuth error code in the management API's error envelope. */
const unknownClient = jsonResponse(400, {
  errorCode: 'invalid_client',
  errorSummary: "Invalid value for 'client_id' parameter.",
  errorLink: 'invalid_client',
  errorId: oktaId('oae', 22),
  errorCauses: [],
});

export const credentialCases: readonly Case[] = [
  {
    id: 'K1',
    title: 'the client ID or secret is refused',
    severity: 'ticket',
    variants: [
      variant(
        customToken,
        'wrong secret, basic',
        clientRefused,
        authenticateWithSecret('default', 'client_secret_basic', 'wrong'),
      ),
      variant(
        customToken,
        'wrong secret, post',
        clientRefused,
        authenticateWithSecret('default', 'client_secret_post', 'wrong'),
      ),
      ...token.map((target) =>
        variant(
          target,
          'unknown client ID',
          clientRefused,
          changeServiceClient(target.server, { clientId: '0oa0unknown0client00' }),
        ),
      ),
      ...[...token, ...introspect].map((target) =>
        variant(target, '401 invalid_client', clientRefused, respond(target, oauthAnswer('invalid_client_secret'))),
      ),
      ...token.map((target) =>
        variant(
          target,
          'invalid_client, reworded',
          clientRefused,
          respond(target, reworded(oauthAnswer('invalid_client'))),
        ),
      ),
      ...authorize.map((target) =>
        variant(
          target,
          'unknown client ID, 400 page',
          clientRefused,
          changeWebClient(target.server, { clientId: '0oa0unknown0client00' }),
        ),
      ),
      ...discovery.map((target) =>
        variant(target, '400 error envelope', clientRefused, respond(target, unknownClient)),
      ),
    ],
  },
  {
    id: 'K2',
    title: 'the client assertion is refused',
    severity: 'ticket',
    variants: [
      ...token.flatMap((target) => [
        variant(
          target,
          'key not registered',
          assertionRefused,
          replaceServiceSecret(target.server, unregisteredKey('new')),
        ),
        variant(
          target,
          'wrong key, registered kid',
          assertionRefused,
          replaceServiceSecret(target.server, unregisteredKey('registered')),
        ),
      ]),
      ...[...token, ...introspect].flatMap((target) => [
        ...assertionErrors.map(([code, symptom]) =>
          variant(target, symptom, assertionRefused, respond(target, oauthAnswer(code))),
        ),
        variant(
          target,
          'issued in the future',
          { code: 'clock-skew', domain: 'clock' },
          respond(target, oauthAnswer('client_assertion_issued_at_in_future')),
        ),
      ]),
      variant(
        rateLimits,
        'key not registered',
        assertionRefused,
        callApiAsServiceApp(['okta.users.read'], unregisteredKey('new')),
      ),
      variant(
        rateLimits,
        'issued in the future',
        { code: 'clock-skew', domain: 'clock' },
        callApiAsServiceApp(),
        respond(orgToken, oauthAnswer('client_assertion_issued_at_in_future')),
      ),
    ],
  },
  {
    id: 'K3',
    title: 'the API token is no longer valid',
    severity: 'ticket',
    variants: [
      variant(
        rateLimits,
        '401 E0000011',
        credentials('api-token-refused'),
        replaceApiSecret(() => JSON.stringify({ apiToken: oktaId('00', 40) })),
      ),
    ],
  },
  {
    id: 'K4',
    title: 'the access token is refused',
    severity: 'ticket',
    variants: [
      variant(
        rateLimits,
        '401, second challenge',
        tokenRefused,
        callApiAsServiceApp(),
        respondWithChallenge(rateLimits, 'token_expired', 'DPoP algs="ES256 RS256", '),
      ),
      ...(
        [
          ['access_token_invalid', 'invalid'],
          ['token_expired', 'expired'],
          ['access_token_revoked', 'revoked'],
          ['access_token_invalid_audience', 'wrong audience'],
          ['access_token_invalid_issuer', 'wrong issuer'],
        ] as const
      ).map(([code, symptom]) =>
        variant(
          rateLimits,
          `401 ${symptom}`,
          tokenRefused,
          callApiAsServiceApp(),
          respondWithChallenge(rateLimits, code),
        ),
      ),
    ],
  },
  {
    id: 'K5',
    title: 'the test user cannot sign in',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe that signs in a user',
  },
  {
    id: 'K6',
    title: 'a certificate expires soon or has expired',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a SAML certificate probe',
  },
];
