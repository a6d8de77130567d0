import { jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import { createRemediation, type IdxContent, type IdxMessageKey, idxMessage, idxResponse } from './idx-body.ts';
import { type Authenticators, credentialOf, currentAuthenticator, keyOfFactor, type StepContext } from './idx-forms.ts';
import { currentStep } from './idx-steps.ts';
import { type AuthenticatorKey, stateHandle, type Transaction, type Transactions } from './idx-transaction.ts';
import { oktaId } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { SignInOutcome } from './sign-in.ts';
import { type CheckCode, type CheckPassword, type CodeVerdict, createUserLimits } from './sign-in-checks.ts';
import type { SignInLog } from './sign-in-log.ts';

interface IdxParts {
  readonly origin: string;
  readonly state: OrgState;
  readonly transactions: Transactions;
  readonly checkPassword: CheckPassword;
  readonly checkCode: CheckCode;
  readonly log: SignInLog;
  /** Whether an application, by its id, is assigned to the users of the org. */
  readonly isAssigned: (applicationId: string) => boolean;
  /** Ends the sign-in for an application with its own sign-in page. */
  readonly issueInteractionCode: (request: OktaRequest, transaction: Transaction, server: string) => Promise<object>;
}

type Body = Readonly<Record<string, unknown>>;

/** Why an answer was refused, and where the message is. */
interface Refusal {
  readonly status: number;
  readonly key: IdxMessageKey;
  readonly field?: string;
}

/** What an answer to a step is allowed to see. */
interface Answer extends StepContext {
  readonly request: OktaRequest;
  readonly body: Body;
}

/**
 * The API behind Okta's sign-in page: introspect, then answer the remediations until there is a `success`.
 *
 * Trap: the state handle changes with every answer, and only the newest one is good.
 */
export function createIdxApi({
  origin,
  state,
  transactions,
  checkPassword,
  checkCode,
  log,
  isAssigned,
  issueInteractionCode,
}: IdxParts) {
  const authenticators: Authenticators = {
    okta_password: oktaId('aut'),
    google_otp: oktaId('aut'),
    okta_verify: oktaId('aut'),
  };

  const limits = createUserLimits(state, log);

  /** At most 10 requests of a sign-in and 20 of a user in 5 seconds. */
  const isTooFast = ({ id, user }: Transaction, request: OktaRequest): boolean => {
    const exceedsState = limits.exceeded(request, `state:${id}`, 10, 5000, user);
    return (user !== undefined && limits.exceeded(request, `user:${user}`, 20, 5000, user)) || exceedsState;
  };

  const contextOf = (transaction: Transaction): StepContext => ({
    transaction,
    user: transaction.user === undefined ? undefined : state.userAt(transaction.user, transaction.client.id),
    settings: state.settings(),
    isAssigned: isAssigned(transaction.client.id),
    authenticators,
  });

  function password({ transaction, settings, request, body }: Answer, login: string, key: IdxMessageKey) {
    const verdict = checkPassword(login, credential(body, 'passcode'));
    log.password(request, login, verdict);
    if (verdict.kind === 'refused') return { status: 401, key };
    transaction.user = verdict.user.id;
    transaction.proved.add('okta_password');
    const user = state.userAt(verdict.user.id, transaction.client.id) ?? verdict.user;
    const { access } = user;
    const needsMore = user.factorMode === '2FA' && !settings.consent;
    log.policy(request, verdict.user, access === 'DENY' ? 'DENY' : needsMore ? 'CHALLENGE' : 'ALLOW');
    return undefined;
  }

  function code({ user, transaction, request, body }: Answer, key: AuthenticatorKey): Refusal | undefined {
    const factor = user?.factors.find((enrolled) => keyOfFactor(enrolled) === key);
    if (!factor || !user) return invalid;
    const field = credentialOf(key);
    const verdict = checkCode(factor, credential(body, field));
    log.code(request, user, factor, verdict);
    if (verdict === 'accepted') {
      transaction.proved.add(key);
      return undefined;
    }
    if (verdict === 'suspended') return { status: 403, key: 'authfactor.challenge.suspended_factor' };
    return { status: 401, key: codeMessage(verdict, key), field };
  }

  /** The answers by path. Each changes the transaction, or returns why it was refused. */
  const answers: Readonly<Record<string, (answer: Answer) => Refusal | undefined>> = {
    '/idp/idx/identify'(answer) {
      const { transaction, settings, body } = answer;
      const identifier = String(body.identifier ?? '');
      if (identifier === '') return invalid;
      if (settings.captcha && !isSolved(body)) return { status: 400, key: 'oie.idx.invalid.request' };
      if (body.credentials !== undefined && settings.passwordOnFirstPage) {
        const refusal = password(answer, identifier, 'errors.E0000004');
        if (!refusal) transaction.identifier = identifier;
        return refusal;
      }
      const user = state.users.find(identifier);
      if (!user && settings.unknownUsersShown) return { status: 200, key: 'idx.unknown.user' };
      transaction.identifier = identifier;
      if (user) transaction.user = user.id;
      return undefined;
    },
    '/idp/idx/challenge'({ transaction, user, body }) {
      const { id, methodType } = (body.authenticator ?? {}) as Body;
      const key = user?.factors.map(keyOfFactor).find((candidate) => authenticators[candidate] === id);
      if (!key || (key === 'okta_verify' && methodType !== 'totp')) return invalid;
      transaction.selected = key;
      return undefined;
    },
    '/idp/idx/challenge/answer'(answer) {
      const { transaction, user } = answer;
      const step = currentStep(answer)?.forms?.[0]?.name;
      if (step?.startsWith('reenroll-authenticator')) {
        if (!user) return invalid;
        state.users.update(user.id, { status: 'ACTIVE', password: credential(answer.body, 'passcode') });
        transaction.passed.add('skip');
        return undefined;
      }
      const key = currentAuthenticator(answer);
      if (key === undefined) return invalid;
      if (key !== 'okta_password') return code(answer, key);
      const refusal = password(answer, transaction.identifier ?? '', 'incorrectPassword');
      return refusal && { ...refusal, field: 'passcode' };
    },
    '/idp/idx/skip': ({ transaction }) => {
      transaction.passed.add('skip');
      return undefined;
    },
    '/idp/idx/consent': ({ transaction }) => {
      transaction.passed.add('consent');
      return undefined;
    },
    '/idp/idx/keep-me-signed-in': ({ transaction }) => {
      transaction.passed.add('keep-me-signed-in');
      return undefined;
    },
    // No Okta Verify answers the challenge, so polling never ends.
    '/idp/idx/authenticators/poll': () => undefined,
  };

  async function respond(transaction: Transaction, request: OktaRequest, refusal?: Refusal): Promise<OktaResponse> {
    const context = contextOf(transaction);
    transactions.advance(transaction);
    const step = currentStep(context);
    if (!step) return succeed(transaction, request);
    const { status = 200, ...content } = withRefusal(withChallenge(step, transaction), refusal);
    return idxResponse(refusal?.status ?? status, origin, transaction, withWayBack(status, content, transaction));
  }

  async function succeed(transaction: Transaction, request: OktaRequest): Promise<OktaResponse> {
    const user = state.users.find(transaction.user ?? '');
    if (user && !transaction.passed.has('success')) log.signedIn(request, user);
    transaction.passed.add('success');
    const { finish } = transaction;
    if (finish.kind === 'interaction-code') {
      const successWithInteractionCode = await issueInteractionCode(request, transaction, finish.server);
      transactions.end(transaction);
      return idxResponse(200, origin, transaction, { more: { successWithInteractionCode } });
    }
    const href = `${origin}/login/token/redirect?stateToken=${transaction.id}`;
    const success = { name: 'success-redirect', href, method: 'GET' };
    return idxResponse(200, origin, transaction, { more: { success } });
  }

  /** The way to end the search for Okta FastPass is not a separate remediation. */
  function withChallenge<Content extends IdxContent>(content: Content, transaction: Transaction): Content {
    if (content.forms?.[0]?.name !== 'device-challenge-poll') return content;
    const cancel = createRemediation(
      origin,
      stateHandle(transaction),
    )({
      name: 'cancel-polling',
      path: '/idp/idx/authenticators/poll/cancel',
      fields: [
        { name: 'reason', visible: false },
        { name: 'statusCode', visible: false },
      ],
    });
    const value = {
      challengeMethod: 'LOOPBACK',
      challengeRequest: `e30.${oktaId('', 43)}.${oktaId('', 86)}`,
      domain: 'http://localhost',
      ports: ['8769', '65111', '65121', '65131', '65141', '65151'],
      probeTimeoutMillis: 100,
      cancel,
    };
    return { ...content, more: { authenticatorChallenge: { type: 'object', value } } };
  }

  function withWayBack(status: number, content: IdxContent, transaction: Transaction): IdxContent {
    if (status === 200 || transaction.finish.kind === 'interaction-code') return content;
    const path = `${origin}/login/token/redirect?stateToken=${transaction.id}`;
    return { ...content, forms: [{ name: 'failure-redirect', path, method: 'GET' }] };
  }

  /** The parameters of a redirect back to the application. */
  function outcome(transaction: Transaction): SignInOutcome {
    const step = currentStep(contextOf(transaction));
    if (!step) return 'success';
    if (step.status === undefined) return 'pending';
    return step.messages?.[0]?.i18n.key === 'idx.error.user.not.assigned.to.app'
      ? 'user_not_assigned'
      : 'no_matching_policy';
  }

  async function answerRequest(request: OktaRequest): Promise<OktaResponse> {
    const { networkBlocked, addressSuspicious } = state.settings();
    if (networkBlocked) return networkBlock();
    if (addressSuspicious) return log.suspicious(request);
    if (request.method !== 'POST') return notFound();
    const body = parse(request.body);
    const isStart = request.path === '/idp/idx/introspect';
    const transaction = isStart
      ? find(transactions, startToken(body))
      : transactions.findByHandle(String(body.stateHandle ?? ''));
    if (!transaction) return expired(origin);
    if (isTooFast(transaction, request)) return tooManyRequests(origin);
    const command = commands[request.path];
    if (!command) return answerStep(transaction, request, body);
    command(transaction);
    return respond(transaction, request);
  }

  /** Answers a remediation, which must be one that the current step offers. */
  function answerStep(
    transaction: Transaction,
    request: OktaRequest,
    body: Body,
  ): Promise<OktaResponse> | OktaResponse {
    const answer = answers[request.path];
    if (!answer) return notFound();
    const context = contextOf(transaction);
    const isOffered = currentStep(context)?.forms?.some(({ path }) => path === request.path) ?? false;
    return respond(transaction, request, isOffered ? answer({ ...context, request, body }) : invalid);
  }

  return { respond: answerRequest, outcome };
}

const invalid: Refusal = { status: 400, key: 'oie.idx.invalid.request' };

/** The requests that every step takes, by path. */
const commands: Readonly<Record<string, (transaction: Transaction) => void>> = {
  '/idp/idx/introspect': () => {},
  '/idp/idx/cancel': restart,
  '/idp/idx/authenticators/poll/cancel': ({ passed }) => void passed.add('device-challenge'),
};

function startToken({ stateHandle: handle, stateToken, interactionHandle }: Body): string {
  return String(handle ?? stateToken ?? interactionHandle ?? '');
}

function find(transactions: Transactions, token: string): Transaction | undefined {
  return transactions.findByStart(token) ?? transactions.findByHandle(token);
}

/** Undoes everything that the user did. */
function restart(transaction: Transaction): void {
  transaction.proved.clear();
  transaction.passed.clear();
  delete transaction.identifier;
  delete transaction.user;
  delete transaction.selected;
}

function withRefusal<Content extends IdxContent>(content: Content, refusal: Refusal | undefined): Content {
  if (!refusal) return content;
  const message = idxMessage(refusal.key);
  return refusal.field === undefined
    ? { ...content, messages: [...(content.messages ?? []), message] }
    : { ...content, fieldMessage: { field: refusal.field, message } };
}

function codeMessage(verdict: CodeVerdict, key: AuthenticatorKey): IdxMessageKey {
  if (verdict === 'used') return 'authfactor.challenge.soft_token.used_passcode';
  return key === 'google_otp' ? 'authfactor.challenge.soft_token.invalid_passcode' : 'api.authn.error.PASSCODE_INVALID';
}

function credential(body: Body, name: string): string {
  return String((body.credentials as Body | undefined)?.[name] ?? '');
}

function isSolved(body: Body): boolean {
  return Boolean((body.captchaVerify as Body | undefined)?.captchaToken);
}

/** Returns a JSON object, or an empty one for any other text. */
function parse(text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : {};
  } catch {
    return {};
  }
}

/** Trap: the answer has no state handle. */
function expired(origin: string): OktaResponse {
  return idxResponse(401, origin, undefined, { messages: [idxMessage('idx.session.expired')] });
}

/** The answer of Identity Engine to too many requests, of the org or of a user. It is not the envelope of other APIs. */
export function tooManyRequests(origin: string): OktaResponse {
  return idxResponse(429, origin, undefined, { messages: [idxMessage('tooManyRequests')] });
}

function notFound(): OktaResponse {
  return jsonResponse(404, { version: '1.0.0', messages: { type: 'array', value: [] } });
}

/** Returns the answer of a proxy in front of the org, which has nothing of Identity Engine. */
function networkBlock(): OktaResponse {
  return {
    ...jsonResponse(403, { error: 'Forbidden', message: 'Access denied by network policy' }),
    sender: 'other',
  };
}
