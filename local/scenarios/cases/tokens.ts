import { jsonResponse } from '../../emulators/okta/http-message.ts';
import { generateSigningKey } from '../../emulators/okta/signing-keys.ts';
import { type Case, type Expected, variant, warning } from '../case.ts';
import { alterHeaders, forgeTokens, intercept, respond } from '../faults/answers.ts';
import { changeServer } from '../faults/configuration.ts';
import { introspect, keys, organization, verify } from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const clockSkew: Expected = { code: 'clock-skew', domain: 'clock' };

const shiftDate = (seconds: number) =>
  alterHeaders(organization, (headers) => ({ ...headers, date: new Date(Date.now() + seconds * 1000).toUTCString() }));

/** Publishes another key under the `kid` of the key in use. */
const replacePublishedKey = intercept(keys[1], {
  async transform(answer) {
    const { n } = (await generateSigningKey()).publicJwk;
    const { keys: published } = JSON.parse(answer.body) as { keys: object[] };
    return { ...answer, body: JSON.stringify({ keys: published.map((key) => ({ ...key, n })) }) };
  },
});

export const tokenCases: readonly Case[] = [
  {
    id: 'T1',
    title: 'the clocks are out of sync',
    severity: 'ticket',
    variants: [
      warning(organization, 'Date 5 min ahead', clockSkew, shiftDate(300)),
      warning(organization, 'Date 5 min behind', clockSkew, shiftDate(-300)),
      variant(
        verify,
        'iat in 5 min',
        clockSkew,
        forgeTokens({ claims: (claims) => ({ ...claims, iat: claims.iat + 300 }) }),
      ),
      variant(
        verify,
        'nbf in 5 min',
        clockSkew,
        forgeTokens({ claims: (claims) => ({ ...claims, nbf: claims.iat + 300 }) }),
      ),
    ],
  },
  {
    id: 'T2',
    title: 'the token is expired or its lifetime is too short',
    severity: 'ticket',
    variants: [
      variant(
        verify,
        'expired an hour ago',
        configuration('token-expired'),
        forgeTokens({ claims: (claims) => ({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }) }),
      ),
      variant(
        verify,
        '5 min instead of 30',
        configuration('token-lifetime-short'),
        changeServer('default', (server) => ({ ...server, expects: { minLifetimeSeconds: 1800 } })),
        forgeTokens({ claims: (claims) => ({ ...claims, exp: claims.iat + 300 }) }),
      ),
    ],
  },
  {
    id: 'T3',
    title: 'the token has the wrong issuer',
    severity: 'ticket',
    variants: (
      [
        ['the Org server', (iss: string) => iss.replace('/oauth2/default', '')],
        ['another domain', () => 'https://login.example.com/oauth2/default'],
      ] as const
    ).map(([symptom, change]) =>
      variant(
        verify,
        symptom,
        configuration('issuer-mismatch'),
        forgeTokens({ claims: (claims) => ({ ...claims, iss: change(claims.iss) }) }),
      ),
    ),
  },
  {
    id: 'T4',
    title: 'the token’s signature is invalid',
    severity: 'page',
    variants: [
      variant(verify, 'signed with another key', okta('signature-invalid'), forgeTokens({ unknownKey: true })),
      variant(verify, 'another key published', okta('signature-invalid'), replacePublishedKey),
    ],
  },
  {
    id: 'T5',
    title: 'a fresh token is inactive',
    severity: 'page',
    variants: introspect.map((target) =>
      variant(
        target,
        '200 {"active":false}',
        okta('token-inactive'),
        respond(target, jsonResponse(200, { active: false })),
      ),
    ),
  },
];
