import { exportJWK, generateKeyPair } from 'jose';
import { jsonResponse } from '../../emulators/okta/http-message.ts';
import type { OktaErrorCode } from '../../emulators/okta/okta-errors.ts';
import { oktaId } from '../../emulators/okta/org.ts';
import { type Case, type Expected, variant } from '../case.ts';
import { answers, challenge, oauth, reworded } from '../faults/answers.ts';
import { apiClient, apiSecret, type SecretOf, service, serviceSecret, sharedSecret, web } from '../faults/events.ts';
import { authorize, discovery, introspect, rateLimits, token } from '../targets.ts';

const credentials = (code: string): Expected => ({ code, domain: 'credentials' });
const clientRefused = credentials('client-refused');
const assertionRefused = credentials('assertion-refused');
const tokenRefused = credentials('access-token-refused');

const [, customToken] = token;
const [orgToken] = token;

/** A key that is not registered on the application: under an id of its own, or under the registered one's. */
const anotherKey =
  (keepsId: boolean): SecretOf =>
  async ({ clients }) => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = keepsId ? clients.service.privateJwk.kid : oktaId('', 43);
    return JSON.stringify({ privateKey: { ...(await exportJWK(privateKey)), kid, alg: 'RS256' } });
  };

/** What Okta says of an assertion that it does not like, beside what a wrong key comes to. */
const assertionErrors: readonly [code: OktaErrorCode, wire: string][] = [
  ['client_assertion_invalid_audience', 'aud is not the endpoint'],
  ['client_assertion_expired_token', 'expired'],
  ['client_assertion_expires_too_far_in_future', 'expires too late'],
  ['client_assertion_already_used', 'jti already used'],
  ['client_assertion_invalid_signature', 'signature invalid'],
  ['client_assertion_invalid_kid', 'kid unknown'],
];

/** Discovery for a client that Okta does not know: an OAuth code in the management envelope. */
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
    title: 'the client or its secret is refused',
    severity: 'ticket',
    variants: [
      variant(customToken, 'wrong secret, basic', clientRefused, sharedSecret('default', 'client_secret_basic', true)),
      variant(customToken, 'wrong secret, post', clientRefused, sharedSecret('default', 'client_secret_post', true)),
      ...token.map((site) =>
        variant(site, 'client id unknown', clientRefused, service(site.server, { clientId: '0oa0unknown0client00' })),
      ),
      ...[...token, ...introspect].map((site) =>
        variant(site, '401 invalid_client', clientRefused, answers(site, oauth('invalid_client_secret'))),
      ),
      ...token.map((site) =>
        variant(site, 'invalid_client, reworded', clientRefused, answers(site, reworded(oauth('invalid_client')))),
      ),
      ...authorize.map((site) =>
        variant(
          site,
          'client id unknown, 400 page',
          clientRefused,
          web(site.server, { clientId: '0oa0unknown0client00' }),
        ),
      ),
      ...discovery.map((site) => variant(site, '400 envelope', clientRefused, answers(site, unknownClient))),
    ],
  },
  {
    id: 'K2',
    title: 'the client assertion is refused',
    severity: 'ticket',
    variants: [
      ...token.flatMap((site) => [
        variant(site, 'key not registered', assertionRefused, serviceSecret(site.server, anotherKey(false))),
        variant(site, 'another key, same kid', assertionRefused, serviceSecret(site.server, anotherKey(true))),
      ]),
      ...[...token, ...introspect].flatMap((site) => [
        ...assertionErrors.map(([code, wire]) => variant(site, wire, assertionRefused, answers(site, oauth(code)))),
        variant(
          site,
          'issued in the future',
          { code: 'clock-skew', domain: 'clock' },
          answers(site, oauth('client_assertion_issued_at_in_future')),
        ),
      ]),
      variant(rateLimits, 'key not registered', assertionRefused, apiClient(['okta.users.read'], anotherKey(false))),
      variant(
        rateLimits,
        'issued in the future',
        { code: 'clock-skew', domain: 'clock' },
        apiClient(),
        answers(orgToken, oauth('client_assertion_issued_at_in_future')),
      ),
    ],
  },
  {
    id: 'K3',
    title: 'the API token is dead',
    severity: 'ticket',
    variants: [
      variant(
        rateLimits,
        '401 E0000011',
        credentials('api-token-refused'),
        apiSecret(() => JSON.stringify({ apiToken: oktaId('00', 40) })),
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
        '401, the second challenge',
        tokenRefused,
        apiClient(),
        challenge(rateLimits, 'token_expired', 'DPoP algs="ES256 RS256", '),
      ),
      ...(
        [
          ['access_token_invalid', 'invalid'],
          ['token_expired', 'expired'],
          ['access_token_revoked', 'revoked'],
          ['access_token_invalid_audience', 'not for Okta'],
          ['access_token_invalid_issuer', 'other issuer'],
        ] as const
      ).map(([code, wire]) =>
        variant(rateLimits, `401 ${wire}`, tokenRefused, apiClient(), challenge(rateLimits, code)),
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
    title: 'a certificate runs out',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe of SAML certificates',
  },
];
