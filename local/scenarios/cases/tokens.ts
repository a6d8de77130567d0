import { jsonResponse } from '../../emulators/okta/http-message.ts';
import { generateSigningKey } from '../../emulators/okta/signing-keys.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, defineCase, type Expected, variant, variants, warning } from '../case.ts';
import { alterKeys, forgeClaims, forgeTimes, forgeTokens, respond, shiftDate } from '../faults/answers.ts';
import { changeServer } from '../faults/configuration.ts';
import { at, introspect, keys, organization, verify } from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const clockSkew: Expected = { code: 'clock-skew', domain: 'clock' };

const wrongIssuer = configuration('issuer-mismatch');
const invalidSignature = okta('signature-invalid');
const inactive = jsonResponse(200, { active: false });

const [, customKeys] = keys;

const nameOrgServer: Fault = (environment) => forgeClaims({ iss: environment.okta.issuers.org })(environment);

/** Publishes another key under each `kid`. */
const replaceKeys = alterKeys(async (published) => {
  const { n } = (await generateSigningKey()).publicJwk;
  return published.map((key) => ({ ...key, n }));
});

export const tokenCases: readonly Case[] = [
  defineCase('T1', 'the clocks are out of sync', 'ticket', [
    warning(organization, 'Date 5 min ahead', clockSkew, shiftDate(300)),
    warning(organization, 'Date 5 min behind', clockSkew, shiftDate(-300)),
    variant(verify, 'iat in 5 min', clockSkew, forgeTimes({ iat: 300 })),
    variant(verify, 'nbf in 5 min', clockSkew, forgeTimes({ nbf: 300 })),
  ]),
  defineCase('T2', 'the token is expired or its lifetime is too short', 'ticket', [
    variant(verify, 'expired an hour ago', configuration('token-expired'), forgeTimes({ iat: -7200, exp: -3600 })),
    variant(
      verify,
      '5 min instead of 30',
      configuration('token-lifetime-short'),
      changeServer({ expects: { minLifetimeSeconds: 1800 } }),
      forgeTimes({ exp: 300 }),
    ),
  ]),
  defineCase('T3', 'the token has the wrong issuer', 'ticket', [
    variant(verify, 'the Org server', wrongIssuer, nameOrgServer),
    variant(verify, 'another domain', wrongIssuer, forgeClaims({ iss: 'https://login.example.com/oauth2/default' })),
  ]),
  defineCase('T4', 'the token’s signature is invalid', 'page', [
    variant(verify, 'signed with another key', invalidSignature, forgeTokens({ unknownKey: true })),
    variant(verify, 'another key published', invalidSignature, at(customKeys, replaceKeys)),
  ]),
  defineCase('T5', 'a fresh token is inactive', 'page', [
    variants(introspect, '200 {"active":false}', okta('token-inactive'), respond(inactive)),
  ]),
];
