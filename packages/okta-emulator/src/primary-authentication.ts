import { errorEnvelope } from './error-responses.ts';
import { jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import { oktaId } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { Login } from './sessions.ts';
import { type CheckCode, type CheckPassword, type CodeVerdict, createUserLimits } from './sign-in-checks.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { Factor, User } from './users.ts';

interface PrimaryAuthenticationParts {
  readonly origin: string;
  readonly state: OrgState;
  readonly checkPassword: CheckPassword;
  readonly checkCode: CheckCode;
  readonly log: SignInLog;
}

type Status =
  | 'SUCCESS'
  | 'PASSWORD_WARN'
  | 'PASSWORD_EXPIRED'
  | 'MFA_ENROLL'
  | 'MFA_REQUIRED'
  | 'MFA_CHALLENGE'
  | 'LOCKED_OUT';

/** A sign-in that a state token stands for. */
interface Attempt {
  readonly userId: string;
  readonly warns: boolean;
  isProved: boolean;
  isWarned: boolean;
  expiresAtMs: number;
}

type Body = Readonly<Record<string, unknown>>;

const lifetimeMs = 300_000;

/** A code that was refused, in the order of Okta's catalog. */
const codeErrors = {
  wrong: ['E0000068', "Your passcode doesn't match our records. Please try again."],
  used: ['E0000082', ''],
  'outside-window': ['E0000083', ''],
  suspended: ['E0000069', ''],
} as const satisfies Record<Exclude<CodeVerdict, 'accepted'>, readonly [string, string]>;

/**
 * `/api/v1/authn`: the sign-in API of the Classic engine, which Identity Engine has too.
 *
 * Traps: every state of a sign-in has the HTTP status 200. At Identity Engine it asks for no factor, because that is
 * for the policy of the application to decide, which only /authorize knows.
 * https://developer.okta.com/docs/reference/api/authn/
 */
export class PrimaryAuthentication {
  readonly #parts: PrimaryAuthenticationParts;
  readonly #attempts = new Map<string, Attempt>();
  readonly #sessionTokens = new Map<string, Login & { readonly expiresAtMs: number }>();
  readonly #limits: ReturnType<typeof createUserLimits>;

  constructor(parts: PrimaryAuthenticationParts) {
    this.#parts = parts;
    this.#limits = createUserLimits(parts.state, parts.log);
  }

  #start({ username, password, options }: Body, request: OktaRequest): OktaResponse {
    const { state, checkPassword, log } = this.#parts;
    const login = String(username ?? '');
    if (state.settings().addressSuspicious) return log.suspicious(request);
    if (this.#limits.exceeded(request, `authn:${login}`, 4, 1000, login)) return errorEnvelope('E0000047');
    if (login === '' || typeof password !== 'string') {
      return errorEnvelope('E0000001', 'authRequest', ["The 'username' and 'password' attributes are required."]);
    }
    const verdict = checkPassword(login, password);
    log.password(request, login, verdict);
    if (verdict.kind === 'refused') {
      const isShown = state.settings().lockoutShown && verdict.user?.status === 'LOCKED_OUT';
      return isShown ? this.#answer('LOCKED_OUT', undefined, verdict.user) : errorEnvelope('E0000004');
    }
    const { user } = verdict;
    const isClassic = state.settings().engine === 'classic';
    if (isClassic && user.access === 'DENY') {
      log.policy(request, user, 'DENY');
      return errorEnvelope('E0000085');
    }
    const needsFactor = isClassic && user.factorMode === '2FA';
    log.policy(request, user, needsFactor ? 'CHALLENGE' : 'ALLOW');
    const token = `00${oktaId('', 40)}`;
    this.#attempts.set(token, {
      userId: user.id,
      warns: (options as Body | undefined)?.warnBeforePasswordExpired === true,
      isProved: !needsFactor,
      isWarned: false,
      expiresAtMs: state.now() + lifetimeMs,
    });
    return this.#proceed(token, request);
  }

  /** The state that a sign-in is in. */
  #statusOf(attempt: Attempt, user: User): Status {
    const { state } = this.#parts;
    if (!attempt.isProved) return user.factors.length === 0 ? 'MFA_ENROLL' : 'MFA_REQUIRED';
    if (user.status === 'PASSWORD_EXPIRED') return 'PASSWORD_EXPIRED';
    const daysLeft = user.passwordExpiresInDays ?? Number.POSITIVE_INFINITY;
    if (attempt.warns && !attempt.isWarned && daysLeft <= state.settings().expireWarnDays) return 'PASSWORD_WARN';
    return 'SUCCESS';
  }

  #proceed(token: string, request: OktaRequest): OktaResponse {
    const { state, log } = this.#parts;
    const attempt = this.#attempts.get(token);
    const user = state.users.find(attempt?.userId ?? '');
    if (!attempt || !user || attempt.expiresAtMs <= state.now()) return errorEnvelope('E0000011');
    // The end of the state token moves on with its use.
    attempt.expiresAtMs = state.now() + lifetimeMs;
    const status = this.#statusOf(attempt, user);
    if (status !== 'SUCCESS') return this.#answer(status, token, user);
    this.#attempts.delete(token);
    const isMultiFactor = state.settings().engine === 'classic' && user.factorMode === '2FA';
    const sessionToken = `20111${oktaId('', 60)}`;
    const amr = isMultiFactor ? ['mfa', 'otp', 'pwd'] : ['pwd'];
    this.#sessionTokens.set(sessionToken, { accountId: user.id, amr, expiresAtMs: state.now() + lifetimeMs });
    log.signedIn(request, user);
    return this.#answer('SUCCESS', undefined, user, { sessionToken });
  }

  #answer(status: Status, stateToken: string | undefined, user: User | undefined, more: object = {}) {
    const { origin, state } = this.#parts;
    const href = (path: string, allow = ['POST']) => ({ href: `${origin}/api/v1/authn${path}`, hints: { allow } });
    const next: Partial<Record<Status, object>> = {
      PASSWORD_WARN: {
        next: { name: 'changePassword', ...href('/credentials/change_password') },
        skip: { name: 'skip', ...href('/skip') },
      },
      PASSWORD_EXPIRED: { next: { name: 'changePassword', ...href('/credentials/change_password') } },
      LOCKED_OUT: { next: { name: 'unlock', ...href('/recovery/unlock') } },
    };
    const factors = (user?.factors ?? []).map((factor) => ({
      id: factor.id,
      factorType: 'token:software:totp',
      provider: factor.provider,
      vendorName: factor.provider,
      profile: { credentialId: user?.login },
      _links: { verify: href(`/factors/${factor.id}/verify`) },
    }));
    const isFactorStep = status === 'MFA_REQUIRED' || status === 'MFA_CHALLENGE' || status === 'MFA_ENROLL';
    return jsonResponse(200, {
      ...(stateToken !== undefined && { stateToken }),
      ...(status !== 'LOCKED_OUT' && { expiresAt: new Date(state.now() + lifetimeMs).toISOString() }),
      status,
      ...more,
      _embedded: {
        ...(user && status !== 'LOCKED_OUT' && { user: embedded(user) }),
        ...(isFactorStep && { factors: status === 'MFA_ENROLL' ? enrollable : factors }),
        ...(status === 'MFA_REQUIRED' && {
          policy: { allowRememberDevice: true, rememberDeviceLifetimeInMinutes: 15, rememberDeviceByDefault: false },
        }),
        ...((status === 'PASSWORD_WARN' || status === 'PASSWORD_EXPIRED') && {
          policy: {
            expiration: { passwordExpireDays: user?.passwordExpiresInDays ?? 0 },
            complexity: { minLength: 8 },
          },
        }),
      },
      _links: { ...next[status], ...(status !== 'LOCKED_OUT' && { cancel: href('/cancel') }) },
    });
  }

  #verify(factorId: string, { stateToken, passCode }: Body, request: OktaRequest): OktaResponse {
    const { state, checkCode, log } = this.#parts;
    const token = String(stateToken ?? '');
    const attempt = this.#attempts.get(token);
    const user = state.users.find(attempt?.userId ?? '');
    if (!attempt || !user || attempt.expiresAtMs <= state.now()) return errorEnvelope('E0000011');
    if (attempt.isProved) return errorEnvelope('E0000079');
    const factor: Factor | undefined = user.factors.find(({ id }) => id === factorId);
    if (!factor) return errorEnvelope('E0000007', `${factorId} (UserFactor)`);
    if (passCode === undefined) return this.#answer('MFA_CHALLENGE', token, user);
    const verdict = checkCode(factor, String(passCode));
    log.code(request, user, factor, verdict);
    if (verdict === 'accepted') {
      attempt.isProved = true;
      return this.#proceed(token, request);
    }
    const [code, cause] = codeErrors[verdict];
    return errorEnvelope(code, '', cause === '' ? [] : [cause]);
  }

  #changePassword({ stateToken, oldPassword, newPassword }: Body, request: OktaRequest): OktaResponse {
    const { state } = this.#parts;
    const token = String(stateToken ?? '');
    const user = state.users.find(this.#attempts.get(token)?.userId ?? '');
    if (!user) return errorEnvelope('E0000011');
    if (user.password !== oldPassword || typeof newPassword !== 'string') return errorEnvelope('E0000014');
    state.users.update(user.id, { status: 'ACTIVE', password: newPassword });
    return this.#proceed(token, request);
  }

  respond(request: OktaRequest): OktaResponse {
    if (request.method !== 'POST') return errorEnvelope('E0000022');
    const body = parse(request.body);
    if (!body) return errorEnvelope('E0000003');
    const [, factorId] = /^\/api\/v1\/authn\/factors\/([^/]+)\/verify$/.exec(request.path) ?? [];
    if (factorId !== undefined) return this.#verify(factorId, body, request);
    const token = String(body.stateToken ?? '');
    switch (request.path) {
      case '/api/v1/authn':
        return body.stateToken === undefined ? this.#start(body, request) : this.#proceed(token, request);
      case '/api/v1/authn/skip': {
        const attempt = this.#attempts.get(token);
        if (attempt) attempt.isWarned = true;
        return this.#proceed(token, request);
      }
      case '/api/v1/authn/cancel':
        return this.#attempts.delete(token) ? jsonResponse(200, {}) : errorEnvelope('E0000011');
      case '/api/v1/authn/credentials/change_password':
        return this.#changePassword(body, request);
      default:
        return errorEnvelope('E0000007', `${request.path} (Path)`);
    }
  }

  /** Returns the user whom a session token stands for. The token works once, for five minutes. */
  redeem(sessionToken: string): Login | undefined {
    const found = this.#sessionTokens.get(sessionToken);
    this.#sessionTokens.delete(sessionToken);
    return found && found.expiresAtMs > this.#parts.state.now() ? found : undefined;
  }
}

/** The factors that a user without one may enroll. */
const enrollable = (['OKTA', 'GOOGLE'] as const).map((provider) => ({
  ...{ factorType: 'token:software:totp', provider, vendorName: provider, status: 'NOT_SETUP', enrollment: 'REQUIRED' },
}));

function embedded({ id, login, firstName, lastName, locale, zoneinfo }: User) {
  const profile = {
    login,
    firstName,
    lastName,
    locale: locale ?? 'en_US',
    timeZone: zoneinfo ?? 'America/Los_Angeles',
  };
  return { id, passwordChanged: '2024-01-15T09:30:00.000Z', profile };
}

/** The members of a JSON object, or undefined for anything else. */
function parse(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}
