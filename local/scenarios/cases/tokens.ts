import type { TokenAlteration } from '../../emulators/okta/access-token.ts';
import { jsonResponse } from '../../emulators/okta/http-message.ts';
import { generateSigningKey } from '../../emulators/okta/signing-keys.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant, warning } from '../case.ts';
import { altersHeaders, answers, meets } from '../faults/answers.ts';
import { server } from '../faults/events.ts';
import { introspect, keys, organization, verify } from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const clockSkew: Expected = { code: 'clock-skew', domain: 'clock' };

const forges =
  (forgery: TokenAlteration): Fault =>
  ({ okta: { alterTokens } }) => ({ restore: alterTokens('default', forgery) });

const shifted = (seconds: number) =>
  altersHeaders(organization, (headers) => ({ ...headers, date: new Date(Date.now() + seconds * 1000).toUTCString() }));

/** The published key keeps its id and is another one. */
const swapsKey = meets(keys[1], {
  async transform(answer) {
    const { n } = (await generateSigningKey()).publicJwk;
    const { keys: published } = JSON.parse(answer.body) as { keys: object[] };
    return { ...answer, body: JSON.stringify({ keys: published.map((key) => ({ ...key, n })) }) };
  },
});

export const tokenCases: readonly Case[] = [
  {
    id: 'T1',
    title: 'the clocks disagree',
    severity: 'ticket',
    variants: [
      warning(organization, 'Date 5 min ahead', clockSkew, shifted(300)),
      warning(organization, 'Date 5 min behind', clockSkew, shifted(-300)),
      variant(
        verify,
        'iat in 5 min',
        clockSkew,
        forges({ claims: (claims) => ({ ...claims, iat: claims.iat + 300 }) }),
      ),
      variant(
        verify,
        'nbf in 5 min',
        clockSkew,
        forges({ claims: (claims) => ({ ...claims, nbf: claims.iat + 300 }) }),
      ),
    ],
  },
  {
    id: 'T2',
    title: 'the token has expired, or lives too short',
    severity: 'ticket',
    variants: [
      variant(
        verify,
        'exp an hour ago',
        configuration('token-expired'),
        forges({ claims: (claims) => ({ ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }) }),
      ),
      variant(
        verify,
        '5 min, expected 30',
        configuration('token-lifetime-short'),
        server('default', (one) => ({ ...one, expects: { minLifetimeSeconds: 1800 } })),
        forges({ claims: (claims) => ({ ...claims, exp: claims.iat + 300 }) }),
      ),
    ],
  },
  {
    id: 'T3',
    title: 'the token names another issuer',
    severity: 'ticket',
    variants: (
      [
        ['the Org server', (iss: string) => iss.replace('/oauth2/default', '')],
        ['another domain', () => 'https://login.example.com/oauth2/default'],
      ] as const
    ).map(([wire, to]) =>
      variant(
        verify,
        wire,
        configuration('issuer-mismatch'),
        forges({ claims: (claims) => ({ ...claims, iss: to(claims.iss) }) }),
      ),
    ),
  },
  {
    id: 'T4',
    title: 'the signature does not verify',
    severity: 'page',
    variants: [
      variant(verify, 'signed with another key', okta('signature-invalid'), forges({ unknownKey: true })),
      variant(verify, 'another key published', okta('signature-invalid'), swapsKey),
    ],
  },
  {
    id: 'T5',
    title: 'a fresh token is inactive',
    severity: 'page',
    variants: introspect.map((site) =>
      variant(
        site,
        '200 {"active":false}',
        okta('token-inactive'),
        answers(site, jsonResponse(200, { active: false })),
      ),
    ),
  },
];
