import { createHash } from 'node:crypto';
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
} from 'oauth4webapi';
import type { Secret, Secrets } from '../aws/secrets.ts';
import type { FindingCode } from '../findings/finding.ts';
import { expectJson, ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { clockOffsetMs, type Exchange } from '../model/exchange.ts';
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
import { stepAt } from './one-time-code.ts';
import {
  type Attempts,
  attemptsWith,
  mayBeSent,
  type SignInMemory,
  type SignInRecord,
  SignInsUncounted,
  withAttempts,
  withProof,
} from './sign-in-memory.ts';
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

/** Hands out the user's credentials: once each, and noted before. */
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

/** A sign-in that was refused for one of these is not repeated until the secret has another version. */
const finalRefusals: readonly FindingCode[] = [
  'user-password-refused',
  'user-locked',
  'user-password-expired',
  'factor-refused',
  'factor-locked',
];

/** Okta accepts codes of the neighbouring half minutes. A later code comes from a wrong clock. */
const mostStepsAhead = 2;

/**
 * Signs the test user in, as a browser would, and returns the session.
 *
 * Trap: it must never lock the user out. It sends at most one password and one code a run and retries nothing. Each is noted
 * before it is sent; if that fails, nothing is sent. Once Okta has refused a version of the secret, or as many passwords as
 * `limits` allows were sent with it, nothing more is sent with that version, ever. The one thing that proves a password right
 * is a sign-in that ended at the application with a code: whatever else Okta says leaves it counted.
 */
export async function signIn(options: SignInOptions): Promise<Session> {
  const { org, secrets, memory, exchanges, now } = options;
  const { user } = org;
  const server = signInServer(org);
  if (!user || !server) throw new Error(`org ${org.name} has no test user, or no web application`);
  const { secret, version, record } = await usableSecret(user, secrets, memory);
  const began = now();
  const cookies = openCookieJar(now, { DT: deviceTokenOf(user, server.web) });
  const offsetMs = () => clockOffsetMs(exchanges);
  const proof = proofOf({ secret: userSecretOf(secret, user.secret), version, record, memory, now, offsetMs });
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
    await memory.end(withProof(version, proof.record()));
    return { cookies, startedAt: Math.floor((began + offsetMs()) / 1000), methods: answer.methods };
  } catch (error) {
    if (proof.isPasswordSent() && error instanceof ProbeFailure) {
      const { code } = error;
      const isFinal = finalRefusals.includes(code) && !(code === 'factor-refused' && proof.isClockCorrected());
      const attempts = { ...attemptsWith(version, proof.record()), last: code, ...(isFinal && { refused: code }) };
      await memory.end(withAttempts(version, attempts, proof.record()));
    }
    await endSession(org, cookies, options.fetch);
    throw error;
  }
}

/**
 * The device token, by which Okta recognizes a browser: always the same one for a test user, so that not each sign-in is one
 * from a new device, of which Okta writes to the user and which raises the risk that it sees. It is no secret: it lets
 * no one in.
 * https://developer.okta.com/docs/guides/device-context/
 */
function deviceTokenOf({ login }: TestUser, { clientId }: WebClient): string {
  return createHash('sha256').update(`${clientId} ${login}`).digest('hex').slice(0, deviceTokenLength);
}

/** The longest that Okta takes. */
const deviceTokenLength = 32;

/** Turns any error of the store into one of the monitor itself: nothing is sent. */
async function remembered<Value>(access: Promise<Value>): Promise<Value> {
  try {
    return await access;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'unknown error', message: '' };
    throw new ProbeFailure('sign-in-not-remembered', error instanceof SignInsUncounted ? message : name);
  }
}

/** The secret, unless nothing may be sent with its version any more. A rotated one is read at once. */
async function usableSecret(
  { secret: name }: TestUser,
  secrets: Secrets,
  memory: SignInMemory,
): Promise<{ readonly secret: Secret; readonly version: string; readonly record: SignInRecord }> {
  const record = await remembered(memory.read());
  const read = async (isFresh: boolean) => {
    const secret = await secrets.read(name, { fresh: isFresh });
    const version = memory.versionOf(secret);
    return { secret, version, record, stop: stopOf(version, record, memory.limits) };
  };
  const cached = await read(false);
  const { stop, ...usable } = cached.stop ? await read(true) : cached;
  if (stop) throw stop;
  return usable;
}

/** Why nothing more may be sent with a version of the secret. */
function stopOf(version: string, record: SignInRecord, most: SignInMemory['limits']): ProbeFailure | undefined {
  const { passwords, codes, refused, last } = attemptsWith(version, record);
  if (refused !== undefined)
    return new ProbeFailure(
      refused,
      'not tried again: the secret has not changed since Okta refused it, and more attempts could lock the user',
    );
  if (mayBeSent(version, record, most)) return undefined;
  const sent = `passwords sent with this version of the secret: ${passwords}, one-time codes: ${codes}`;
  const end = last === undefined ? '' : `; the last sign-in ended with ${last}`;
  return new ProbeFailure('sign-in-undecided', `${sent}; since one was right, with any version: ${record.sent}${end}`);
}

interface ProofOptions extends Pick<SignInOptions, 'memory' | 'now'> {
  readonly secret: UserSecret;
  readonly version: string;
  readonly record: SignInRecord;
  /** How far Okta's clock is ahead of ours. */
  readonly offsetMs: () => number;
}

interface NotedProof extends Proof {
  record(): SignInRecord;
  isPasswordSent(): boolean;
  /** Whether the code was that of another half minute than ours. */
  isClockCorrected(): boolean;
}

function proofOf({ secret, version, memory, now, offsetMs, ...known }: ProofOptions): NotedProof {
  let { record } = known;
  let isPasswordSent = false;
  let isCodeSent = false;
  let isClockCorrected = false;
  const note = async (next: Pick<SignInRecord, 'step'>, { passwords = 0, codes = 0 }: Partial<Attempts>) => {
    const sent = attemptsWith(version, record);
    const attempts = { ...sent, passwords: sent.passwords + passwords, codes: sent.codes + codes };
    record = withAttempts(version, attempts, { ...record, ...next, sent: record.sent + passwords });
    await remembered(memory.note(record));
  };
  return {
    record: () => record,
    isPasswordSent: () => isPasswordSent,
    isClockCorrected: () => isClockCorrected,
    async password() {
      if (isPasswordSent) throw new ProbeFailure('user-password-refused', 'the password is asked for again');
      await note({}, { passwords: 1 });
      isPasswordSent = true;
      return secret.password.reveal();
    },
    async code() {
      if (isCodeSent) throw new ProbeFailure('factor-refused', 'the code is asked for again');
      if (!secret.code)
        throw new ProbeFailure('factor-unexpected', {
          detail: 'the sign-in asks for a code, and the secret has no "totpSecret"',
          comparisons: [{ name: 'factor that is asked for', expected: 'a password alone', found: 'a code too' }],
        });
      const { code, step } = secret.code(now() + offsetMs()).reveal();
      const ownStep = stepAt(now());
      const latest = ownStep + mostStepsAhead;
      if (record.step !== undefined && record.step <= latest && step <= record.step)
        throw new ProbeFailure('one-time-code-used', 'the monitor used the code of this half minute before');
      await note({ step: Math.min(step, latest) }, { codes: 1 });
      isClockCorrected = step !== ownStep;
      isCodeSent = true;
      return code;
    },
  };
}

/** The engine that each org's metadata last named, by domain, in this container. */
const knownEngines = new Map<string, Engine>();

/** Returns the engine that the org's public metadata names. If the metadata is broken, returns the one that it last named. */
async function engineOf({ domain }: Org, fetch: Fetch): Promise<Engine> {
  const answer = await fetch(endpointUrl(domain, { id: 'org' }, 'organization'));
  try {
    const { pipeline } = await expectJson(answer);
    const engine = pipeline === 'v1' ? 'classic' : 'identity';
    knownEngines.set(domain, engine);
    return engine;
  } catch (error) {
    const known = knownEngines.get(domain);
    if (known === undefined) throw error;
    return known;
  }
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

/** Returns the code in the answer to an authorization request. Throws without one. */
export function readCallback(answer: Page, state: string, { redirectUri }: WebClient): string {
  const read = readAuthorizeAnswer(answer, redirectUri);
  if (read.kind === 'page') throw new ProbeFailure('sign-in-step-unknown', 'the sign-in ends with a page of Okta');
  if (read.kind === 'elsewhere') throw new UnexpectedResponse();
  const { parameters } = read;
  if (parameters.get('state') !== state)
    throw new ProbeFailure('malformed-answer', 'the callback does not return the state that was sent');
  if (parameters.has('error')) throw new UnexpectedResponse(parseCallbackError(parameters));
  const code = parameters.get('code');
  if (!code) throw new ProbeFailure('malformed-answer', 'the callback has neither a code nor an error');
  return code;
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
