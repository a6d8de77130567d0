import { TOTP } from 'otpauth';
import type { Response } from 'undici';
import type { TestUser } from '../../src/index.ts';

/** Sends a request with the cookies of one browser. */
export type Send = (path: string, init?: { readonly json?: object; readonly method?: string }) => Promise<Response>;

export interface IdxStep {
  readonly status: number;
  readonly body: IdxBody;
  /** The names of the remediations, in their order. */
  readonly names: readonly string[];
  /** The keys of all messages, wherever they are. */
  readonly keys: readonly string[];
}

interface IdxBody {
  readonly stateHandle?: string;
  readonly expiresAt?: string;
  readonly success?: { readonly href: string };
  readonly [member: string]: unknown;
}

/** The state token in a sign-in page, with the escapes of JavaScript resolved, or undefined. */
export function stateTokenOf(page: string): string | undefined {
  const [, literal] = /"stateToken":"([^"]*)"/.exec(page) ?? [];
  return literal?.replace(/\\x(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The current code of a user's authenticator application. */
export function currentCode(secret: string, timestamp = Date.now()): string {
  return new TOTP({ secret }).generate({ timestamp });
}

/** Speaks to the sign-in API as Okta's page does, one step at a time. */
export function createIdxSteps(send: Send) {
  let last: IdxStep | undefined;

  async function post(path: string, json: object): Promise<IdxStep> {
    const response = await send(path, { json });
    const body = (await response.json()) as IdxBody;
    const remediations = (body.remediation as { value: { name: string }[] } | undefined)?.value ?? [];
    const text = JSON.stringify([body.messages, body.remediation]);
    last = {
      ...{ status: response.status, body, names: remediations.map(({ name }) => name) },
      keys: [...text.matchAll(/"i18n":\{"key":"([^"]+)"/g)].map(([, key = '']) => key),
    };
    return last;
  }
  const step = (path: string, json: object = {}) =>
    post(`/idp/idx/${path}`, { stateHandle: last?.body.stateHandle, ...json });

  return {
    introspect: (stateToken: string) => post('/idp/idx/introspect', { stateToken }),
    identify: (identifier: string, passcode?: string) =>
      step('identify', { identifier, ...(passcode !== undefined && { credentials: { passcode } }) }),
    answer: (credentials: object) => step('challenge/answer', { credentials }),
    step,
    /** The whole sign-in of a user, to the URL that leads back to the application. */
    async signIn(page: string, user: TestUser): Promise<string> {
      await this.introspect(stateTokenOf(page) ?? '');
      let now = await this.identify(user.login, user.password);
      if (now.names.includes('challenge-authenticator') && user.totpSecret !== undefined) {
        now = await this.answer({ passcode: currentCode(user.totpSecret) });
      }
      if (!now.body.success) throw new Error(`The sign-in ended with ${now.status} ${now.names} ${now.keys}.`);
      return now.body.success.href;
    },
  };
}
