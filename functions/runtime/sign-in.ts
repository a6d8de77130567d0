import { createHash } from 'node:crypto';
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
} from 'oauth4webapi';
import { expectJson } from '../diagnosis/expect-json.ts';
import type { FindingCode } from '../diagnosis/finding.ts';
import { ProbeFailure, UnexpectedResponse } from '../diagnosis/probe-failure.ts';
import type { Exchange } from '../model/exchange.ts';
import { type Engine, type Org, signInServer, type TestUser, type WebClient } from '../model/org.ts';
import type {
  AuthorizationCode,
  AuthorizationRequest,
  CookieJar,
  Fetch,
  Session,
  UserCredentials,
} from '../model/probe.ts';
import { readAuthorizeAnswer } from '../okta/authorize-answer.ts';
import { openCookieJar } from '../okta/cookie-jar.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { parseCallbackError } from '../okta/okta-error.ts';
import { browse, type Page } from './browse.ts';
import { signInAtClassicEngine } from './classic-engine.ts';
import { signInAtIdentityEngine } from './identity-engine.ts';
import type { Secret, Secrets } from './secrets.ts';
import type { SignInMemory, SignInRecord } from './sign-in-memory.ts';
import { type UserSecret, userSecretOf } from './user-secret.ts';

/** What an engine needs to sign a user in. */
export interface SignIn {
  /** The address that an application sends the browser to. */
  readonly authorizeUrl: string;
  /** Keeps cookies as a browser does. */
  readonly fetch: Fetch;
  /** Opens an address, and follows redirects on the host of the org. */
  readonly browse: (url: string) => Promise<Page>;
  readonly login: string;
  readonly proof: Proof;
}

/** Hands out what the user proves itself with: once each, and only if that cannot lock the user out. */
export interface Proof {
  password(): Promise<string>;
  code(): Promise<string>;
}

/** Where the sign-in ended. */
export interface SignInAnswer extends Page {
  readonly methods: readonly string[];
}

export interface SignInOptions {
  readonly org: Org;
  readonly secrets: Secrets;
  readonly memory: SignInMemory;
  readonly fetch: Fetch;
  /** Those of this sign-in so far. */
  readonly exchanges: readonly Exchange[];
  readonly now: () => number;
  readonly requestAuthorization: UserCredentials['requestAuthorization'];
}

/** A sign-in that was refused for one of these is not repeated until the secret changes. */
const finalRefusals: readonly FindingCode[] = [
  'user-password-refused',
  'user-locked',
  'user-password-expired',
  'factor-refused',
  'factor-locked',
];

/** Passwords of which nobody knows how they ended. Okta's usual lockout is after ten wrong ones. */
const mostOpen = 3;

/** And then one in so long. */
const openAgainMs = 60 * 60_000;

/**
 * Signs the test user in, as a browser would, and returns the session.
 *
 * Trap: it must never lock the user out. At most one password and one code a run, no retry, and nothing at all after Okta
 * has refused this value of the secret. What must be remembered for that is written before anything is sent; where it cannot
 * be written, nothing is sent.
 */
export async function signIn(options: SignInOptions): Promise<Session> {
  const { org, secrets, memory, exchanges, now } = options;
  const { user } = org;
  const server = signInServer(org);
  if (!user || !server) throw new Error(`org ${org.name} has no test user, or no web application`);
  const { secret, record } = await usableSecret(user, secrets, memory, now());
  const began = now();
  const cookies = openCookieJar(now, { DT: deviceTokenOf(user, server.web) });
  const offsetMs = () => (exchanges.findLast((each) => each.clockOffsetSeconds)?.clockOffsetSeconds ?? 0) * 1000;
  const proof = proofOf(userSecretOf(secret, user.secret), record, memory, () => now() + offsetMs());
  const engine = user.engine ?? (await engineOf(org, options.fetch));
  const request = await options.requestAuthorization(server, options.fetch);
  const fetch = cookies.through(options.fetch);
  try {
    const sign = { identity: signInAtIdentityEngine, classic: signInAtClassicEngine }[engine];
    const answer = await sign({
      ...{ authorizeUrl: request.url, fetch, login: user.login, proof },
      browse: (url) => browse(fetch, url, server.web.redirectUri),
    });
    readCallback(answer, request.state, server.web);
    await remembered(memory.write({ ...proof.record(), accepted: true, open: 0 }));
    return { cookies, startedAt: Math.floor((began + offsetMs()) / 1000), methods: answer.methods };
  } catch (error) {
    await endSession(org, cookies, options.fetch);
    const refusal = error instanceof ProbeFailure && finalRefusals.includes(error.code);
    // If the table cannot be written, the process still remembers it. What Okta said is what people must know.
    if (refusal) {
      await memory.write({ ...proof.record(), accepted: false, refused: error.code, open: 0 }).catch(() => {});
    } else if (isAnswerToPassword(error) && proof.record().open > 0) {
      await memory.write({ ...proof.record(), open: 0 }).catch(() => {});
    }
    throw error;
  }
}

/**
 * The device token, by which Okta recognizes a browser: always the same one for a test user, so that not each sign-in is one
 * from a new device, of which Okta writes to the user and which raises the risk that it sees. It is no secret: it lets
 * nobody in.
 * https://developer.okta.com/docs/guides/device-context/
 */
function deviceTokenOf({ login }: TestUser, { clientId }: WebClient): string {
  return createHash('sha256').update(`${clientId} ${login}`).digest('hex').slice(0, deviceTokenLength);
}

/** The longest that Okta takes. */
const deviceTokenLength = 32;

/** Whether Okta has answered the password, and something else is wrong. A failure of its own, or of the network, is none. */
function isAnswerToPassword(error: unknown): boolean {
  return error instanceof ProbeFailure && !noAnswers.includes(error.code);
}

const noAnswers: readonly FindingCode[] = [
  'malformed-answer',
  'sign-in-expired',
  'sign-in-not-remembered',
  'sign-in-undecided',
];

/** Whatever DynamoDB says: it is the monitor's own trouble, and nobody is asked to sign in. */
async function remembered<Value>(access: Promise<Value>): Promise<Value> {
  try {
    return await access;
  } catch (error) {
    throw new ProbeFailure('sign-in-not-remembered', error instanceof Error ? error.name : 'unknown error');
  }
}

/** The secret, unless Okta has refused this value of it. A rotated one is read at once. */
async function usableSecret(
  { secret: name }: TestUser,
  secrets: Secrets,
  memory: SignInMemory,
  now: number,
): Promise<{ readonly secret: Secret; readonly record: SignInRecord }> {
  const known = await remembered(memory.read());
  let secret = await secrets.read(name);
  const versionOf = ({ version = 'the only one' }: Secret) => version;
  if (known?.refused !== undefined && versionOf(secret) === known.version) {
    secret = await secrets.read(name, { fresh: true });
  }
  if (versionOf(secret) !== known?.version) {
    return { secret, record: { version: versionOf(secret), accepted: false, open: 0, at: now } };
  }
  const { refused, accepted, open, at } = known;
  if (refused !== undefined) {
    const why =
      'not tried again: the secret has not changed since Okta refused it, and more attempts could lock the user';
    throw new ProbeFailure(refused, why);
  }
  if (!accepted && open >= mostOpen && now < at + openAgainMs) {
    throw new ProbeFailure('sign-in-undecided', `${open} sign-ins with this secret ended without an answer`);
  }
  return { secret, record: known };
}

function proofOf(
  secret: UserSecret,
  known: SignInRecord,
  memory: SignInMemory,
  oktaNow: () => number,
): Proof & { record(): SignInRecord } {
  let record = known;
  let isPasswordSent = false;
  let isCodeSent = false;
  const write = async (next: SignInRecord) => {
    record = next;
    await remembered(memory.write(next));
  };
  return {
    record: () => record,
    async password() {
      if (isPasswordSent) throw new ProbeFailure('user-password-refused', 'the password is asked for again');
      isPasswordSent = true;
      await write({ ...record, open: record.open + 1, at: oktaNow() });
      return secret.password.reveal();
    },
    async code() {
      if (isCodeSent) throw new ProbeFailure('factor-refused', 'the code is asked for again');
      if (!secret.code)
        throw new ProbeFailure('factor-unexpected', {
          detail: 'the sign-in asks for a code, and the secret has no "totpSecret"',
          comparisons: [{ name: 'factor that is asked for', expected: 'a password alone', found: 'a code too' }],
        });
      isCodeSent = true;
      const { code, step } = secret.code(oktaNow()).reveal();
      if (record.step !== undefined && step <= record.step)
        throw new ProbeFailure('one-time-code-used', 'the monitor used the code of this half minute before');
      await write({ ...record, step });
      return code;
    },
  };
}

/** The engine by the org's public metadata. */
async function engineOf({ domain }: Org, fetch: Fetch): Promise<Engine> {
  const { pipeline } = await expectJson(await fetch(endpointUrl(domain, { id: 'org' }, 'organization')));
  return pipeline === 'v1' ? 'classic' : 'identity';
}

/** The parameters of a request for a code with PKCE (RFC 7636), for the scopes of the web application. */
export async function authorizationParameters(
  { clientId, redirectUri, scopes }: WebClient,
  more: Readonly<Record<string, string>>,
): Promise<Omit<AuthorizationRequest, 'url'> & { readonly parameters: Record<string, string> }> {
  const [state, nonce, verifier] = [generateRandomState(), generateRandomNonce(), generateRandomCodeVerifier()];
  const parameters = {
    ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: scopes.join(' '), state, nonce },
    ...{ code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more },
  };
  return { parameters, state, verifier, nonce };
}

/** The code in the answer to an authorization request. Throws if there is none. */
export function readCallback(answer: Page, state: string, { redirectUri }: WebClient): string {
  const read = readAuthorizeAnswer(answer, redirectUri);
  if (read.kind === 'page') throw new ProbeFailure('sign-in-step-unknown', 'the sign-in ends with a page of Okta');
  if (read.kind === 'elsewhere')
    throw new ProbeFailure('malformed-answer', {
      detail: 'the sign-in redirects somewhere other than the redirect URI',
      comparisons: [{ name: 'redirect', expected: redirectUri, found: originOf(answer.location) }],
    });
  const { parameters } = read;
  if (parameters.get('state') !== state)
    throw new ProbeFailure('malformed-answer', 'the callback does not return the state that was sent');
  if (parameters.has('error')) throw new UnexpectedResponse(parseCallbackError(parameters));
  const code = parameters.get('code');
  if (!code) throw new ProbeFailure('malformed-answer', 'the callback has neither a code nor an error');
  return code;
}

/** The origin that a redirect leads to. The rest of it could hold anything. */
function originOf(location: string | null): string {
  const target = URL.parse(location ?? '');
  return target ? target.origin.slice(0, 200) : 'no usable Location';
}

/** The code, and what proves whose it is. */
export function codeOf({ verifier, nonce }: AuthorizationRequest, value: string): AuthorizationCode {
  return { value, verifier, nonce };
}

/**
 * Ends the session, if there is one. Best effort: Okta calls the endpoint deprecated, and a session that has ended answers
 * with 404.
 */
export async function endSession({ domain }: Pick<Org, 'domain'>, cookies: CookieJar, fetch: Fetch): Promise<void> {
  if (!cookies.has('idx') && !cookies.has('sid')) return;
  const url = endpointUrl(domain, { id: 'org' }, 'session');
  await cookies
    .through(fetch)(url, { method: 'DELETE' })
    .catch(() => {});
}
