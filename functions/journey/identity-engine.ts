import type { FindingCode } from '../findings/finding.ts';
import { ProbeFailure, UnexpectedResponse, unexpectedFactor } from '../findings/probe-failure.ts';
import type { Fetch } from '../model/probe.ts';
import { type IdxAnswer, type Remediation, readIdxAnswer } from '../okta/idx-answer.ts';
import { stateTokenIn } from '../okta/pages.ts';
import type { SignIn, SignInAnswer } from './sign-in.ts';

/** The most steps of a sign-in. With password and code it takes six. */
const mostSteps = 12;

const ion = 'application/ion+json; okta-version=1.0.0';
const json = 'application/json; okta-version=1.0.0';

/**
 * Signs in as a browser does at Identity Engine: the page, then one remediation after the other.
 *
 * Trap: one password and at most one code. A remediation that comes back after it was answered is a refusal, never a reason
 * to answer it again: the user would be locked out.
 */
export async function signInAtIdentityEngine({
  authorizeUrl,
  fetch,
  browse,
  login,
  proof,
}: SignIn): Promise<SignInAnswer> {
  const page = await browse(authorizeUrl);
  const stateToken = page.status === 200 ? stateTokenIn(page.body) : undefined;
  if (stateToken === undefined) {
    // A redirect: an error for the application, or a page elsewhere.
    if (page.status >= 300) return { ...page, methods: [] };
    throw new ProbeFailure('sign-in-page-unknown', 'the page has no state token');
  }
  const { origin } = new URL(authorizeUrl);
  const post = (url: string, body: object, accept: string) => postJson(fetch, url, body, accept);
  const answered = new Set<string>();
  const methods: string[] = [];
  let answer = await post(`${origin}/idp/idx/introspect`, { stateToken }, ion);

  for (let step = 0; step < mostSteps; step += 1) {
    refuse(answer, methods);
    const { success } = answer;
    if (success !== undefined) {
      return { ...(await browse(sameOrigin(success, origin))), methods };
    }
    const next = chooseNext(answer, origin, answered);
    if (next.kind === 'stuck') throw new ProbeFailure(next.code, next.detail);
    const { remediation } = next;
    // Before the password is handed out.
    const url = sameOrigin(remediation.href, origin);
    answered.add(answeredKey(remediation, answer));
    const body: Record<string, unknown> = { stateHandle: answer.stateHandle };
    switch (next.kind) {
      case 'identify':
        body.identifier = login;
        if (remediation.fields.some((field) => field.startsWith('credentials'))) {
          body.credentials = { passcode: await proof.password() };
          methods.push('pwd');
        }
        break;
      case 'password':
        body.credentials = { passcode: await proof.password() };
        methods.push('pwd');
        break;
      case 'code':
        body.credentials = { [next.field]: await proof.code() };
        methods.push('otp');
        break;
      case 'choose':
        body.authenticator = next.authenticator;
        break;
      case 'send':
        Object.assign(body, next.body);
        break;
      default:
        next satisfies never;
    }
    answer = await post(url, body, json);
  }
  throw new ProbeFailure('sign-in-step-unknown', `the sign-in did not end after ${mostSteps} steps`);
}

type Next = { readonly remediation: Remediation } & (
  | { readonly kind: 'identify' | 'password' }
  | { readonly kind: 'code'; readonly field: string }
  | { readonly kind: 'choose'; readonly authenticator: object }
  | { readonly kind: 'send'; readonly body: object }
);
type Stuck = { readonly kind: 'stuck'; readonly code: FindingCode; readonly detail: string };

/** Authenticators that a time-based code answers. The first of them that the user has is meant by the secret's seed. */
const codeAuthenticators = ['google_otp', 'okta_verify'];

/** The remediations that end a sign-in, and what that means. */
const dead: Readonly<Record<string, FindingCode>> = {
  'reenroll-authenticator': 'user-password-expired',
  'reset-authenticator': 'user-password-expired',
  // The password is that of another system, which has a page of its own to change it.
  'reenroll-custom-password': 'user-password-expired',
  'reset-custom-password': 'user-password-expired',
  'select-authenticator-enroll': 'enrollment-demanded',
  'enroll-authenticator': 'enrollment-demanded',
  'enroll-profile': 'enrollment-demanded',
  'redirect-idp': 'routed-elsewhere',
  consent: 'consent-demanded',
  'device-enrollment-terminal': 'enrollment-demanded',
};

/** An answer, and the steps of this sign-in that were answered already. */
interface Position {
  readonly answer: IdxAnswer;
  readonly origin: string;
  named(name: string): Remediation | undefined;
  isAnswered(remediation: Remediation): boolean;
  readonly answered: ReadonlySet<string>;
}

/** Chooses the next step: the first of `steps` that applies to the answer. */
function chooseNext(answer: IdxAnswer, origin: string, answered: ReadonlySet<string>): Next | Stuck {
  const position: Position = {
    answer,
    origin,
    answered,
    named: (name) => answer.remediations.find((each) => each.name === name),
    isAnswered: (remediation) => answered.has(answeredKey(remediation, answer)),
  };
  for (const step of steps) {
    const next = step(position);
    if (next) return next;
  }
  if (position.named('challenge-authenticator')) throw unexpectedFactor(nameOf(answer.authenticator));
  const names = answer.remediations.map(({ name }) => name).slice(0, 5);
  const said = [...answer.messages, ...answer.notices].slice(0, 5).map((key) => quote(answer, key));
  const asks = names.length > 0 ? `the sign-in asks for ${names.join(', ')}` : 'the sign-in offers no next step';
  return stuck('sign-in-step-unknown', said.length > 0 ? `${asks}; Okta says ${said.join(', ')}` : asks);
}

const stuck = (code: FindingCode, detail: string): Stuck => ({ kind: 'stuck', code, detail });

/** A step that is demanded again was refused. */
function demandedAgain(key = 'the login'): Stuck {
  const refusal = key === 'okta_password' ? 'user-password-refused' : 'factor-refused';
  return stuck(key === 'the login' ? 'sign-in-step-unknown' : refusal, `the sign-in asks for ${key} again`);
}

const steps: readonly ((position: Position) => Next | Stuck | undefined)[] = [
  decline('skip', {}),
  decline('keep-me-signed-in', { keepMeSignedIn: false }),
  cancelDeviceChallenge,
  identifyUser,
  recogniseDeadEnd,
  answerChallenge,
  selectAuthenticator,
];

/** Answers an offer that nothing depends on, once. */
function decline(name: string, body: object): (position: Position) => Next | undefined {
  return ({ named, isAnswered }) => {
    const offer = named(name);
    return offer && !isAnswered(offer) ? { kind: 'send', remediation: offer, body } : undefined;
  };
}

/** Okta FastPass looks for a device that this client is not. */
function cancelDeviceChallenge({ answer, origin, named, isAnswered }: Position): Next | undefined {
  const polled = named('device-challenge-poll');
  if (!polled || isAnswered(polled)) return undefined;
  const href = answer.cancelDeviceChallenge ?? `${origin}/idp/idx/authenticators/poll/cancel`;
  const body = { reason: 'OV_UNREACHABLE_BY_LOOPBACK', statusCode: null };
  return { kind: 'send', remediation: { ...polled, href }, body };
}

function identifyUser({ answer, named, isAnswered }: Position): Next | Stuck | undefined {
  const identify = named('identify');
  if (!identify) return undefined;
  if (answer.hasCaptcha || identify.fields.some((field) => field.startsWith('captcha')))
    return stuck('captcha-demanded', 'the sign-in asks for a captcha');
  if (!isAnswered(identify)) return { kind: 'identify', remediation: identify };
  const wantsPassword = identify.fields.some((field) => field.startsWith('credentials'));
  return demandedAgain(wantsPassword ? 'okta_password' : undefined);
}

function recogniseDeadEnd({ answer }: Position): Stuck | undefined {
  const end = answer.remediations.find(({ name }) => Object.hasOwn(dead, name));
  return end && stuck(dead[end.name] as FindingCode, `the sign-in demands ${end.name}`);
}

function answerChallenge({ answer: { authenticator = '' }, named, isAnswered }: Position): Next | Stuck | undefined {
  const challenge = named('challenge-authenticator');
  const isPassword = authenticator === 'okta_password';
  if (!challenge || !(isPassword || codeAuthenticators.includes(authenticator))) return undefined;
  if (isAnswered(challenge)) return demandedAgain(authenticator);
  if (isPassword) return { kind: 'password', remediation: challenge };
  const field = challenge.fields.includes('credentials.totp') ? 'totp' : 'passcode';
  return { kind: 'code', remediation: challenge, field };
}

function selectAuthenticator({ answer: { choices }, answered, named, isAnswered }: Position): Next | undefined {
  const select = named('select-authenticator-authenticate');
  if (!select) return undefined;
  const password = choices.find(({ key }) => key === 'okta_password');
  const [code] = codeAuthenticators.flatMap((wanted) =>
    choices.filter(({ key, methods }) => key === wanted && canUseCode(key, methods)),
  );
  const chosen = password && !answered.has('challenge-authenticator okta_password') ? password : code;
  const remediation = { ...select, name: `${select.name} ${chosen?.key}` };
  if (chosen && !isAnswered(remediation)) {
    const method = chosen.key === 'okta_verify' ? { methodType: 'totp' } : {};
    return { kind: 'choose', remediation, authenticator: { id: chosen.id, ...method } };
  }
  const offered = choices.map(({ key }) => key).filter((key) => /^[\w-]{1,40}$/.test(key));
  throw unexpectedFactor(offered.join(', ') || 'authenticators that it does not name');
}

function canUseCode(key: string, methods: readonly string[]): boolean {
  return key !== 'okta_verify' || methods.length === 0 || methods.includes('totp');
}

function nameOf(authenticator = ''): string {
  return /^[\w-]{1,40}$/.test(authenticator) ? authenticator : 'an authenticator that it does not name';
}

/** A challenge is another one for another authenticator. */
function answeredKey({ name }: Remediation, { authenticator = '' }: IdxAnswer): string {
  return name === 'challenge-authenticator' ? `${name} ${authenticator}` : name;
}

/** The meaning of messages by their keys. The texts differ by language, and may name the user. The first match counts. */
const refusals: readonly (readonly [key: RegExp, code: FindingCode])[] = [
  [/E0000010|safe\.mode|read_only$/, 'read-only-mode'],
  [/E0000009/, 'internal-error'],
  [/used_passcode|PASSCODE_REPLAYED/i, 'one-time-code-used'],
  [/suspended_factor/, 'factor-locked'],
  [/soft_token\.invalid_passcode|PASSCODE_INVALID|E0000068/, 'factor-refused'],
  [/user.*(locked|LOCKED_OUT)|E0000069|E0000119/i, 'user-locked'],
  [/password\.expired(?!\.warn)|E0000064/, 'user-password-expired'],
  [/inactive\.user|user_inactive|invalid_user_status/, 'user-locked'],
  [/not\.assigned\.to\.app|user_not_assigned|app_(access_denied|not_assigned)/, 'user-not-assigned'],
  [/assurance\.unsatisfiable|direct_auth_factor_enrollment_required/, 'factor-missing'],
  [/activation\.token/, 'user-locked'],
  [/enable\.biometrics/, 'factor-unexpected'],
  [/identity\.provider\.auth\.error|authenticator\.verify\.error\.fail/, 'identity-provider-failing'],
  [/(^|\.)access[._]denied|E0000085|E0000057|(password|unlock)\.not\.allowed/, 'sign-in-denied'],
  [/incorrectPassword|E0000004|E0000207|unknown\.user/, 'user-password-refused'],
  [/session\.expired/, 'sign-in-expired'],
];

/** Trap: a notice, such as that of a password which expires soon, refuses nothing as long as the sign-in goes on. */
function refuse(answer: IdxAnswer, methods: readonly string[]): void {
  const { messages, notices, remediations, success, stateHandle } = answer;
  const isEnd = remediations.length === 0 && success === undefined;
  // That a user is unknown is a notice where the page offers to register.
  const said = [...messages, ...notices.filter((key) => isEnd || /unknown\.user/.test(key))];
  for (const [key, code] of refusals) {
    const found = said.find((message) => key.test(message));
    if (found === undefined) continue;
    // The same words for a wrong code, once the password was right.
    const isCode = code === 'user-password-refused' && methods.at(-1) === 'otp';
    // A policy denies a sign-in that has begun. ThreatInsight and zones refuse an address before that.
    const isOfAddress = found === 'security.access_denied' && stateHandle === undefined;
    throw new ProbeFailure(
      isCode ? 'factor-refused' : isOfAddress ? 'sign-in-blocked' : code,
      `Okta says ${quote(answer, found)}`,
    );
  }
}

/** The key of a message, with Okta's sentence where that names nobody. */
function quote({ texts }: IdxAnswer, key: string): string {
  return Object.hasOwn(texts, key) ? `${key}: "${texts[key]}"` : key;
}

/** Posts to the sign-in API. An answer of another status is one too, if it says so: most refusals are 400 to 403. */
async function postJson(fetch: Fetch, url: string, body: object, accept: string): Promise<IdxAnswer> {
  const headers = { accept, 'content-type': accept === ion ? ion : 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = readIdxAnswer(await response.text());
  if (response.status === 429 || !answer) throw new UnexpectedResponse();
  if (response.status >= 500) {
    // Safe mode has words of its own.
    refuse(answer, []);
    throw new UnexpectedResponse();
  }
  return answer;
}

/** Trap: an answer must not lead the password to another host. */
function sameOrigin(href: string, origin: string): string {
  const url = URL.parse(href, origin);
  if (url?.origin === origin) return url.href;
  throw new ProbeFailure('redirected', {
    detail: 'the sign-in leads to another host',
    comparisons: [{ name: 'address', expected: origin, found: url?.origin.slice(0, 200) ?? 'no usable address' }],
  });
}
