import type { Engine } from '../../functions/model/org.ts';
import type { Fetch } from '../../functions/model/probe.ts';

/** How a server answers a wrong password, or a step besides. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  /** The password arrives, and no answer comes back. */
  | { readonly kind: 'connection lost' }
  /** The process ends before the answer comes. */
  | { readonly kind: 'killed' };

/** An answer of Identity Engine's sign-in API. */
export function idx(
  remediations: readonly object[],
  more: { readonly keys?: readonly (string | undefined)[]; readonly [member: string]: unknown } = {},
): string {
  const { keys = [], ...others } = more;
  return JSON.stringify({
    ...{ version: '1.0.0', stateHandle: 'handle' },
    ...(remediations.length > 0 && { remediation: { value: remediations } }),
    ...(keys.length > 0 && {
      messages: { value: keys.map((key) => ({ ...(key && { i18n: { key } }), class: 'ERROR' })) },
    }),
    ...others,
  });
}

/** Which authenticator a challenge is about. */
export const asking = (key: string) => ({ currentAuthenticator: { value: { key } } });

const origin = 'https://acme.okta.com';

export const remediation = (name: string, ...fields: readonly string[]) => ({
  ...{ name, href: `${origin}/idp/idx/${name === 'challenge-authenticator' ? 'challenge/answer' : name}` },
  value: fields.map((field) => ({ name: field })),
});

export const challenge = remediation('challenge-authenticator', 'credentials');

/**
 * An org as far as a sign-in sees it, which locks its user out after ten wrong passwords in a row. It counts what arrives, so
 * it does not depend on what the monitor remembers.
 */
export class LockingOkta {
  password = 'right';
  /** Undefined: the password is enough. */
  code?: string;
  /** Its answer to wrong credentials. */
  refuse: () => Answer = () => ({ kind: 'answer', status: 401, body: idx([challenge], asking('okta_password')) });
  /** Replaces the answer to a path. */
  readonly instead = new Map<string, (body: string) => Response>();
  /** Called with the state of each authorization request. */
  onAuthorize: (state: string) => void = () => {};
  readonly hosts = new Set<string>();
  passwords = 0;
  wrongInARow = 0;
  mostInARow = 0;
  readonly codes: string[] = [];
  readonly engine: Engine;
  #state = '';
  #isCodeAsked = false;

  constructor(engine: Engine = 'identity') {
    this.engine = engine;
  }

  get isLocked(): boolean {
    return this.mostInARow >= 10;
  }

  readonly fetch: Fetch = async (url, init = {}) => {
    const { host, pathname, searchParams } = new URL(url);
    this.hosts.add(host);
    const sent = String(init.body ?? '');
    const answer = this.instead.get(pathname);
    if (answer) return answer(sent);
    const body = sent === '' ? {} : JSON.parse(sent);
    const login = remediation('identify', 'identifier');
    const session = `${origin}/login/token/redirect`;
    switch (pathname) {
      case '/oauth2/v1/authorize':
        this.#state = searchParams.get('state') ?? '';
        this.onAuthorize(this.#state);
        if (searchParams.has('sessionToken')) return this.#callback();
        return new Response('<script>var config = {"stateToken":"00-state-token-00"}</script>');
      case '/idp/idx/introspect':
        this.#isCodeAsked = false;
        return new Response(idx([login]));
      case '/idp/idx/identify':
        return new Response(idx([challenge], asking('okta_password')));
      case '/idp/idx/challenge/answer': {
        const { passcode } = body.credentials;
        const isRight = this.#isCodeAsked ? this.#isCode(passcode) : this.#isPassword(passcode);
        if (!isRight) return this.#refusal();
        const isIn = this.code === undefined || this.#isCodeAsked;
        this.#isCodeAsked = !isIn;
        return new Response(isIn ? idx([], { success: { href: session } }) : idx([challenge], asking('google_otp')));
      }
      case '/login/token/redirect':
        return this.#callback();
      case '/api/v1/authn':
        if (!this.#isPassword(body.password)) return this.#refusal();
        return Response.json({ status: 'SUCCESS', sessionToken: 'session' });
      default:
        return new Response(null, { status: 204 });
    }
  };

  /** The callback at the application, with the state that it sent. */
  #callback(): Response {
    const location = `https://app.example.com/callback?code=code&state=${this.#state}`;
    return new Response(null, { status: 302, headers: { location } });
  }

  #isPassword(password: string): boolean {
    this.passwords += 1;
    const isRight = password === this.password && !this.isLocked;
    this.wrongInARow = isRight ? 0 : this.wrongInARow + 1;
    this.mostInARow = Math.max(this.mostInARow, this.wrongInARow);
    return isRight;
  }

  #isCode(code: string): boolean {
    this.codes.push(code);
    return code === this.code;
  }

  #refusal(): Response {
    const answer = this.refuse();
    if (answer.kind === 'answer') return new Response(answer.body, { status: answer.status });
    throw new Error(answer.kind);
  }
}
