import type { FindingCode } from '../findings/finding.ts';
import { ProbeFailure, UnexpectedResponse, unexpectedFactor } from '../findings/probe-failure.ts';
import type { Fetch } from '../model/probe.ts';
import { parseOktaError } from '../okta/okta-error.ts';
import type { SignIn, SignInAnswer } from './sign-in.ts';

/**
 * Signs in by primary authentication, as at Classic Engine: password, a code where it is asked for, and the session token,
 * which /authorize takes in place of a session.
 *
 * Trap: every state of the user is a success by its HTTP status. A locked user gets the words of a wrong password unless the
 * password policy shows lockouts.
 * https://developer.okta.com/docs/reference/api/authn/
 */
export async function signInAtClassicEngine({
  authorizeUrl,
  fetch,
  browse,
  login,
  proof,
}: SignIn): Promise<SignInAnswer> {
  const { origin } = new URL(authorizeUrl);
  const methods = ['pwd'];
  let answer = await post(fetch, `${origin}/api/v1/authn`, { username: login, password: await proof.password() });
  if (answer.status === 'MFA_REQUIRED') {
    const [factor] = answer.factors
      .filter(({ factorType }) => factorType === 'token:software:totp')
      // As at Identity Engine, Google Authenticator comes before Okta Verify.
      .toSorted((one, other) => one.provider.localeCompare(other.provider));
    if (!factor) throw unexpectedFactor(namesOf(answer.factors));
    const url = `${origin}/api/v1/authn/factors/${factor.id}/verify?rememberDevice=false`;
    answer = await post(fetch, url, { stateToken: answer.stateToken, passCode: await proof.code() });
    methods.push('otp');
  }
  if (answer.status === 'SUCCESS' && answer.sessionToken === undefined)
    throw new ProbeFailure('malformed-answer', 'the sign-in succeeds without a session token');
  if (answer.status !== 'SUCCESS' || answer.sessionToken === undefined) {
    const code = states[answer.status] ?? 'sign-in-step-unknown';
    throw new ProbeFailure(code, `the user's state is ${answer.status}`);
  }
  const url = new URL(authorizeUrl);
  url.searchParams.set('sessionToken', answer.sessionToken);
  url.searchParams.set('prompt', 'none');
  return { ...(await browse(url.href)), methods };
}

/** The meaning of a user's states other than success. */
const states: Readonly<Record<string, FindingCode>> = {
  LOCKED_OUT: 'user-locked',
  PASSWORD_EXPIRED: 'user-password-expired',
  PASSWORD_RESET: 'user-password-expired',
  RECOVERY: 'user-password-expired',
  MFA_ENROLL: 'enrollment-demanded',
  MFA_ENROLL_ACTIVATE: 'enrollment-demanded',
  MFA_CHALLENGE: 'factor-unexpected',
};

/** Errors of primary authentication. Those of other endpoints share some of the codes. */
const refusals: Readonly<Record<string, FindingCode>> = {
  E0000004: 'user-password-refused',
  E0000207: 'user-password-refused',
  E0000064: 'user-password-expired',
  E0000069: 'user-locked',
  E0000119: 'user-locked',
  E0000068: 'factor-refused',
  E0000082: 'one-time-code-used',
  E0000083: 'factor-refused',
  E0000057: 'sign-in-denied',
  E0000085: 'sign-in-denied',
};

interface Answer {
  readonly status: string;
  readonly stateToken?: string;
  readonly sessionToken?: string;
  readonly factors: readonly { readonly id: string; readonly factorType: string; readonly provider: string }[];
}

async function post(fetch: Fetch, url: string, body: object): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (response.status >= 400) {
    const error = parseOktaError(response.headers, text);
    const code = refusals[error.errorCode ?? ''];
    if (code) throw new ProbeFailure(code, `Okta says ${error.errorCode}`);
    throw new UnexpectedResponse();
  }
  const answer = readAnswer(text);
  if (!answer) throw new ProbeFailure('malformed-answer', 'the answer has no known status');
  // The password still works. Okta warns of it only where it is asked to.
  return answer.status === 'PASSWORD_WARN' && answer.sessionToken ? { ...answer, status: 'SUCCESS' } : answer;
}

function readAnswer(text: string): Answer | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { status, stateToken, sessionToken, _embedded } = Object(body) as Record<string, unknown>;
  if (typeof status !== 'string' || !/^[A-Z_]{1,40}$/.test(status)) return undefined;
  const { factors } = Object(_embedded) as Record<string, unknown>;
  return {
    status,
    ...(typeof stateToken === 'string' && { stateToken }),
    ...(typeof sessionToken === 'string' && { sessionToken }),
    factors: (Array.isArray(factors) ? factors : []).flatMap((factor) => {
      const { id, factorType, provider = '' } = Object(factor) as Record<string, unknown>;
      const isUsable = /^\w{1,64}$/.test(String(id)) && /^[\w:]{1,40}$/.test(String(factorType));
      return isUsable ? [{ id: String(id), factorType: String(factorType), provider: String(provider) }] : [];
    }),
  };
}

function namesOf(factors: Answer['factors']): string {
  return factors.map(({ factorType }) => factorType).join(', ') || 'a factor that it does not name';
}
