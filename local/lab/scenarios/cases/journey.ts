import {
  emptyResponse,
  errorEnvelope,
  type OktaResponse,
  type ServerId,
  type SignInSettings,
  type User,
} from '../../../../packages/okta-emulator/src/index.ts';
import { type Case, defineCase, type Expected, type Variant, variant, variants, variantsByEndpoint } from '../case.ts';
import { alterJson, declaredJson, oauthAnswer, redirectWithError, respond } from '../faults/answers.ts';
import { changeOrg, changeServer } from '../faults/configuration.ts';
import {
  alterSignIn,
  alterUser,
  changeTestUser,
  forgeIdTokens,
  forgeUserInfo,
  newFactor,
  newSeed,
  signInWithCode,
  storeWrongPassword,
} from '../faults/test-user.ts';
import {
  at,
  code,
  type FaultAt,
  factorVerification,
  idToken,
  primaryAuthentication,
  refresh,
  refreshReuse,
  revoke,
  type ScenarioTarget,
  signIn,
  signInAnswer,
  signInSteps,
  signOut,
  singleSignOn,
  userinfo,
} from '../targets.ts';

const credentials = (finding: string): Expected => ({ code: finding, domain: 'credentials' });
const configuration = (finding: string): Expected => ({ code: finding, domain: 'configuration' });
const monitor = (finding: string): Expected => ({ code: finding, domain: 'monitor' });
const okta = (finding: string): Expected => ({ code: finding, domain: 'okta' });

const classic = alterSignIn({ engine: 'classic' });

/** At Identity Engine and at Classic Engine. */
const atBothEngines = (
  symptom: string,
  expected: Expected,
  ...faults: FaultAt<ScenarioTarget>[]
): readonly Variant[] => [
  variant(signIn, symptom, expected, ...faults),
  variant(signIn, `${symptom}, Classic`, expected, classic, ...faults),
];

const refused = credentials('user-password-refused');
const internalError = okta('internal-error');
const malformed = okta('malformed-answer');

const failing = respond(errorEnvelope('E0000009'));

/** Okta words these alike, so that no one learns which users exist. */
const wordedAlike: readonly [symptom: string, fault: FaultAt<ScenarioTarget>][] = [
  ['wrong password', storeWrongPassword],
  ['suspended', alterUser({ status: 'SUSPENDED' })],
  ['deactivated', alterUser({ status: 'DEPROVISIONED' })],
];

/** A setting of the sign-in that stops the test user, and its finding. */
const stopping: readonly [symptom: string, settings: Partial<SignInSettings>, expected: Expected][] = [
  ['consent', { consent: true }, configuration('consent-demanded')],
  ['captcha', { captcha: 'HCAPTCHA' }, configuration('captcha-demanded')],
  ['routed to another IdP', { identityProvider: 'Partner' }, configuration('routed-elsewhere')],
  ['no state token in the page', { stateTokenInPage: false }, configuration('sign-in-page-unknown')],
];

/** A user who is asked for a code that it cannot have. */
const lacksFactor: Partial<User> = { factorMode: '2FA', factors: [] };

/** Sends a one-time code in each run, and gets no answer. */
const atACode = (one: Variant): Variant => ({ ...one, usesUp: 'codes' });

const servers = ['org', 'default'] as const satisfies readonly ServerId[];

/** ID tokens that no application accepts. */
const badIdTokens: readonly [symptom: string, expected: Expected, claim: string, value: unknown][] = [
  ['another nonce', okta('nonce-mismatch'), 'nonce', 'another'],
  ['no nonce', okta('nonce-mismatch'), 'nonce', undefined],
  ['another at_hash', okta('access-token-hash-mismatch'), 'at_hash', 'another'],
];

/** ID tokens that contradict the configuration, or that say little. */
const doubtfulIdTokens: readonly [symptom: string, expected: Expected, claim: string, value: unknown][] = [
  ['another issuer', configuration('issuer-mismatch'), 'iss', 'https://login.example.com'],
  ['another audience', configuration('audience-mismatch'), 'aud', 'another'],
  ['old auth_time', okta('authentication-stale'), 'auth_time', 1_700_000_000],
  ['another amr', configuration('authentication-mismatch'), 'amr', ['swk']],
  ['no auth_time', configuration('claim-missing'), 'auth_time', undefined],
  ['no sub', configuration('claim-missing'), 'sub', undefined],
  ['expired', configuration('token-expired'), 'exp', 1_700_000_000],
];

const forged = (server: ServerId, claim: string, value: unknown) =>
  forgeIdTokens(server, (claims) => ({ ...claims, [claim]: value }));

const [, customIdToken] = idToken;
const [, customUserinfo] = userinfo;

/** The target of a later probe at the same server. */
const idTokenOf = ({ server }: ScenarioTarget) => (server === 'org' ? idToken[0] : customIdToken) ?? customIdToken;
const refreshOf = ({ server }: ScenarioTarget) => (server === 'org' ? refresh[0] : refresh[1]);

/** The refusal of a code or of a refresh token (RFC 6749, 5.2). */
const grantRefused = respond(oauthAnswer('invalid_grant'));

/** Breaks tokens at the token endpoint by changing a part of the signature. */
const breakSignature = alterJson(({ id_token, ...rest }) => ({ ...rest, id_token: swapEnd(String(id_token)) }));

function swapEnd(token: string): string {
  const at = token.lastIndexOf('.') + 10;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}

/** Answers revocations without revoking. Okta answers 200 in any case. */
const revokeNothing =
  (target: (typeof revoke)[number]): FaultAt =>
  (environment) =>
    at({ ...target, path: target.path.toString().replace(/introspect$/, 'revoke') }, respond(done))(environment);

const done: OktaResponse = emptyResponse(200);

/** The sign-in of the test user, and what comes of it. They happen only where the configuration has one. */
export const testUserCases: readonly Case[] = [
  defineCase('K5', 'the test user cannot sign in', 'ticket', [
    wordedAlike.flatMap(([symptom, fault]) => atBothEngines(symptom, refused, fault)),
    variant(
      signIn,
      'wrong password, second page',
      refused,
      alterSignIn({ passwordOnFirstPage: false }),
      storeWrongPassword,
    ),
    variant(signIn, 'unknown login', refused, changeTestUser({ login: 'nobody@example.com' })),
    atBothEngines('password expired', credentials('user-password-expired'), alterUser({ status: 'PASSWORD_EXPIRED' })),
    atBothEngines('wrong seed', credentials('factor-refused'), signInWithCode({}, { totpSecret: newSeed() })),
    variant(
      signIn,
      'factor suspended',
      credentials('factor-locked'),
      signInWithCode({ factors: [newFactor('SUSPENDED')] }),
    ),
  ]),
  defineCase('K7', 'the test user is locked out', 'ticket', [
    variant(
      signIn,
      'locked, and told so',
      credentials('user-locked'),
      alterSignIn({ engine: 'classic', lockoutShown: true }),
      alterUser({ status: 'LOCKED_OUT' }),
    ),
    // Classic Engine locks the user with the factor.
    variant(
      signIn,
      'factor suspended, Classic',
      credentials('user-locked'),
      classic,
      signInWithCode({ factors: [newFactor('SUSPENDED')] }),
    ),
    atBothEngines('locked', refused, alterUser({ status: 'LOCKED_OUT' })),
  ]),
  defineCase('C6', 'the user is not assigned to the application', 'ticket', [
    atBothEngines('not assigned', configuration('user-not-assigned'), alterUser({ assigned: false })),
  ]),
  defineCase('J1', 'a policy denies the test user the sign-in', 'ticket', [
    atBothEngines('denied by policy', configuration('sign-in-denied'), alterUser({ access: 'DENY' })),
  ]),
  defineCase('J13', 'Okta blocks the address of the monitor at the sign-in', 'ticket', [
    atBothEngines('address blocked', configuration('sign-in-blocked'), alterSignIn({ addressSuspicious: true })),
  ]),
  defineCase('J2', 'the policy asks for another factor', 'ticket', [
    atBothEngines(
      'code, but no seed',
      configuration('factor-unexpected'),
      signInWithCode({}, { totpSecret: undefined }),
    ),
    atBothEngines('factor to enroll', configuration('enrollment-demanded'), alterUser(lacksFactor)),
    variant(
      signIn,
      'factor missing',
      configuration('factor-missing'),
      alterSignIn({ enrollment: 'unavailable' }),
      alterUser(lacksFactor),
    ),
  ]),
  defineCase('J3', 'a setting of the sign-in stops the test user', 'ticket', [
    stopping.map(([symptom, settings, expected]) => variant(signIn, symptom, expected, alterSignIn(settings))),
    variant(
      signIn,
      'unknown step',
      monitor('sign-in-step-unknown'),
      alterSignIn({ unknownRemediation: 'prove-humanity' }),
    ),
  ]),
  defineCase('J4', 'Okta cannot sign anybody in', 'page', [
    atACode(variant(signInAnswer, '500 at a code', internalError, signInWithCode(), failing)),
    variant(primaryAuthentication, '500, Classic', internalError, classic, failing),
    atACode(variant(factorVerification, '500 at a code, Classic', internalError, classic, signInWithCode(), failing)),
    variantsByEndpoint(signInSteps.slice(1, 3), 'not JSON', malformed, respond(declaredJson('{'))),
    variantsByEndpoint(signInSteps.slice(1, 3), 'no step', malformed, respond(declaredJson('{}'))),
    variant(primaryAuthentication, 'no status', malformed, classic, respond(declaredJson('{}'))),
    variant(singleSignOn[0], '500, and at sign-out', internalError, failing),
  ]),
  defineCase('J5', 'a session is not good for single sign-on', 'ticket', [
    singleSignOn.map((target) =>
      variant(
        target,
        'login_required',
        configuration('session-not-honored'),
        redirectWithError('query', 'login_required', target.when),
      ),
    ),
  ]),
  defineCase('J6', 'what a sign-in promises is refused', 'page', [
    variants(code, 'new code refused', okta('code-refused'), grantRefused),
    variants(refresh, 'new refresh token refused', okta('refresh-refused'), grantRefused),
    revoke.map((target) =>
      variant(target, 'revoked, still active', okta('revoked-token-active'), revokeNothing(target)),
    ),
    variant(signOut, 'session still good', okta('sign-out-without-effect'), alterSignIn({ signOutEffective: false })),
  ]),
  defineCase('J7', 'applications refuse the ID token', 'page', [
    servers.flatMap((server, index) =>
      badIdTokens.map(([symptom, expected, claim, value]) =>
        variant(idToken[index] ?? customIdToken, symptom, expected, forged(server, claim, value)),
      ),
    ),
    code.map((target) =>
      variant(idTokenOf(target), 'signature broken', okta('signature-invalid'), at(target, breakSignature)),
    ),
    code.map((target) =>
      variant(
        target,
        'no id_token',
        configuration('id-token-missing'),
        alterJson(({ id_token: _, ...rest }) => rest),
      ),
    ),
    userinfo.map((target, index) =>
      variant(
        target,
        'another sub',
        okta('userinfo-mismatch'),
        forgeUserInfo(servers[index] ?? 'default', (claims) => ({ ...claims, sub: 'another' })),
      ),
    ),
  ]),
  defineCase('J8', 'a claim that applications identify users by is missing', 'page', [
    variant(
      customIdToken,
      'no email',
      configuration('id-token-claim-missing'),
      changeServer({ expects: { idToken: ['email'] } }),
      forged('default', 'email', undefined),
    ),
    variant(
      customIdToken,
      'no department',
      configuration('id-token-claim-missing'),
      changeServer({ expects: { idToken: ['department'] } }),
      alterUser({ department: undefined }),
    ),
    variant(
      customUserinfo,
      'no costCenter',
      configuration('userinfo-claim-missing'),
      changeServer({ expects: { userinfo: ['costCenter'] } }),
      alterUser({ costCenter: undefined }),
    ),
  ]),
  defineCase('J9', 'the ID token is not as expected', 'ticket', [
    servers.flatMap((server, index) =>
      doubtfulIdTokens.map(([symptom, expected, claim, value]) =>
        variant(idToken[index] ?? customIdToken, symptom, expected, forged(server, claim, value)),
      ),
    ),
  ]),
  defineCase('J10', 'refresh tokens are not as expected', 'ticket', [
    code.map((target) =>
      variant(
        refreshOf(target),
        'none for offline_access',
        configuration('refresh-token-missing'),
        at(
          target,
          alterJson(({ refresh_token: _, ...rest }) => rest),
        ),
      ),
    ),
    refresh.flatMap((target) => [
      variant(
        target,
        'rotates',
        configuration('refresh-rotation-unexpected'),
        changeServer({ expects: { refreshTokenRotation: false } }),
        alterSignIn({ refreshTokenRotation: 'ROTATE', refreshTokenLeewaySeconds: 0 }),
      ),
      variant(
        target,
        'does not rotate',
        configuration('refresh-rotation-unexpected'),
        changeServer({ expects: { refreshTokenRotation: true } }),
        alterSignIn({ refreshTokenRotation: 'STATIC' }),
      ),
    ]),
    refreshReuse.map((target) =>
      variant(
        target,
        'replaced one still works',
        configuration('replaced-refresh-token-accepted'),
        // The settings of a web application hold at both servers.
        changeOrg(({ servers, ...org }) => ({
          ...org,
          servers: servers.map((each) => (each.id === target.server ? each : { ...each, expects: {} })),
        })),
        alterSignIn({ refreshTokenRotation: 'ROTATE' }),
      ),
    ),
  ]),
];
