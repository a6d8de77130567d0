import { generateSigningKey, jsonResponse } from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import { type Case, defineCase, type Expected, variant, variants, warning } from '../case.ts';
import {
  alterJson,
  alterKeys,
  forgeClaims,
  forgeTimes,
  forgeTokens,
  oauthAnswer,
  respond,
  shiftDate,
} from '../faults/answers.ts';
import {
  callApiAsDpopApp,
  changeServer,
  useApplicationWithoutDpop,
  useDpopApplication,
  useDpopWebApplication,
} from '../faults/configuration.ts';
import { at, code, introspect, keys, organization, rateLimits, refresh, token, verify } from '../targets.ts';

const okta = (code: string): Expected => ({ code, domain: 'okta' });
const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const clockSkew: Expected = { code: 'clock-skew', domain: 'clock' };

const wrongIssuer = configuration('issuer-mismatch');
const invalidSignature = okta('signature-invalid');
const mismatch = okta('introspection-mismatch');
const wrongType = configuration('unexpected-token-type');
const inactive = jsonResponse(200, { active: false });

const [, customKeys] = keys;
const [, customIntrospect] = introspect;
const [orgToken, customToken] = token;
const [, customCode] = code;

/** An unsecured token (RFC 7519, 6). */
const removeSignature = alterJson(({ access_token, ...rest }) => {
  const [, payload] = String(access_token).split('.');
  return { ...rest, access_token: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.` };
});

const nameOrgServer: Fault = (environment) => forgeClaims({ iss: environment.okta.issuers.org })(environment);

/** The thumbprint is that of the example in RFC 9449, 6.1. */
const bindElsewhere = forgeClaims({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } });

const notBound = configuration('token-not-bound');
const sayDpop = alterJson((body) => ({ ...body, token_type: 'DPoP' }));
const sayBearer = alterJson((body) => ({ ...body, token_type: 'Bearer' }));
const proofInFuture = respond(oauthAnswer('invalid_dpop_proof_jwt_issued_in_future'));

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
    variants(token, 'DPoP proof in the future', clockSkew, useDpopApplication(true), proofInFuture),
    variants(code, 'DPoP proof in the future', clockSkew, useDpopWebApplication(true), proofInFuture),
    variant(rateLimits, 'DPoP proof in the future', clockSkew, callApiAsDpopApp(true), at(orgToken, proofInFuture)),
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
  defineCase('T6', 'introspection describes another token', 'page', [
    variants(
      introspect,
      'another client',
      mismatch,
      alterJson((body) => ({ ...body, client_id: '0oa0another' })),
    ),
    variants(
      introspect,
      'another token_type',
      mismatch,
      alterJson((body) => ({ ...body, token_type: 'DPoP' })),
    ),
  ]),
  defineCase('T7', 'introspection contradicts the configuration', 'ticket', [
    variants(
      introspect,
      'another issuer',
      wrongIssuer,
      alterJson((body) => ({ ...body, iss: 'https://login.example.com' })),
    ),
    variants(
      introspect,
      'another scope',
      configuration('scope-missing'),
      alterJson((body) => ({ ...body, scope: 'x' })),
    ),
    variant(
      customIntrospect,
      'another audience',
      configuration('audience-mismatch'),
      alterJson((body) => ({ ...body, aud: 'x' })),
    ),
    variants(
      introspect,
      'active, but expired',
      configuration('token-expired'),
      alterJson((body) => ({ ...body, exp: 1_700_000_000 })),
    ),
  ]),
  defineCase('T8', 'the token is not new', 'ticket', [
    variant(verify, 'iat an hour ago', { code: 'token-not-fresh', domain: 'clock' }, forgeTimes({ iat: -3600 })),
  ]),
  defineCase('T9', 'the token response promises what no service accepts', 'ticket', [
    variants(
      token,
      'expires_in 0',
      configuration('token-expired'),
      alterJson((body) => ({ ...body, expires_in: 0 })),
    ),
    variants([...token, ...code, ...refresh], 'token_type DPoP', wrongType, useApplicationWithoutDpop, sayDpop),
    variants(
      [...token, ...code, ...refresh],
      'token_type mac',
      wrongType,
      alterJson((body) => ({ ...body, token_type: 'mac' })),
    ),
  ]),
  defineCase('T10', 'the token is signed with another algorithm', 'page', [
    variant(verify, 'alg none', okta('algorithm-unexpected'), at(customToken, removeSignature)),
  ]),
  defineCase('T11', 'the token is not bound to a key', 'ticket', [
    variants(token, 'token_type Bearer', notBound, useDpopApplication(true), sayBearer),
    variants([...code, ...refresh], 'token_type Bearer', notBound, useDpopWebApplication(true), sayBearer),
    variant(rateLimits, 'token_type Bearer at token', notBound, callApiAsDpopApp(true), at(orgToken, sayBearer)),
    variant(customCode, 'no cnf', notBound, useDpopWebApplication(true), forgeClaims({ cnf: undefined })),
    variant(verify, 'no cnf', notBound, useDpopApplication(true), forgeClaims({ cnf: undefined })),
  ]),
  defineCase('T12', 'the token is bound to another key', 'page', [
    variant(verify, 'another cnf.jkt', okta('token-bound-elsewhere'), useDpopApplication(true), bindElsewhere),
    variant(customCode, 'another cnf.jkt', okta('token-bound-elsewhere'), useDpopWebApplication(true), bindElsewhere),
    variants(
      introspect,
      'another cnf.jkt',
      okta('token-bound-elsewhere'),
      useDpopApplication(true),
      alterJson((body) => ({ ...body, cnf: { jkt: 'another' } })),
    ),
  ]),
];
