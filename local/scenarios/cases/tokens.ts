import { jsonResponse } from '../../emulators/okta/http-message.ts';
import { generateSigningKey } from '../../emulators/okta/signing-keys.ts';
import { type Case, type Expected, variant, variants, warning } from '../case.ts';
import { alterKeys, forgeClaims, forgeTokens, respond, shiftDate } from '../faults/answers.ts';
import { changeServer } from '../faults/configuration.ts';
import { at, introspect, keys, organization, verify } from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const clockSkew: Expected = { code: 'clock-skew', domain: 'clock' };

const wrongIssuer = configuration('issuer-mismatch');
const invalidSignature = okta('signature-invalid');
const inactive = jsonResponse(200, { active: false });

const [, customKeys] = keys;

/** Publishes another key under each `kid`. */
const replaceKeys = alterKeys(async (published) => {
  const { n } = (await generateSigningKey()).publicJwk;
  return published.map((key) => ({ ...key, n }));
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
        forgeClaims(({ iat }) => ({ iat: iat + 300 })),
      ),
      variant(
        verify,
        'nbf in 5 min',
        clockSkew,
        forgeClaims(({ iat }) => ({ nbf: iat + 300 })),
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
        forgeClaims(({ iat }) => ({ iat: iat - 7200, exp: iat - 3600 })),
      ),
      variant(
        verify,
        '5 min instead of 30',
        configuration('token-lifetime-short'),
        changeServer({ expects: { minLifetimeSeconds: 1800 } }),
        forgeClaims(({ iat }) => ({ exp: iat + 300 })),
      ),
    ],
  },
  {
    id: 'T3',
    title: 'the token has the wrong issuer',
    severity: 'ticket',
    variants: [
      variant(
        verify,
        'the Org server',
        wrongIssuer,
        forgeClaims(({ iss }) => ({ iss: iss.replace('/oauth2/default', '') })),
      ),
      variant(
        verify,
        'another domain',
        wrongIssuer,
        forgeClaims(() => ({ iss: 'https://login.example.com/oauth2/default' })),
      ),
    ],
  },
  {
    id: 'T4',
    title: 'the token’s signature is invalid',
    severity: 'page',
    variants: [
      variant(verify, 'signed with another key', invalidSignature, forgeTokens({ unknownKey: true })),
      variant(verify, 'another key published', invalidSignature, at(customKeys, replaceKeys)),
    ],
  },
  {
    id: 'T5',
    title: 'a fresh token is inactive',
    severity: 'page',
    variants: variants(introspect, '200 {"active":false}', okta('token-inactive'), respond(inactive)),
  },
];
