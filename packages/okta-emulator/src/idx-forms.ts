import { type Field, type Form, type IdxContent, type IdxMessageKey, idxMessage, list, object } from './idx-body.ts';
import type { AuthenticatorKey, Transaction } from './idx-transaction.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import type { Factor, User } from './users.ts';

/** The facts that decide a step. */
export interface StepContext {
  readonly transaction: Transaction;
  readonly user: User | undefined;
  readonly settings: SignInSettings;
  /** Whether the application is assigned to the users of the org. */
  readonly isAssigned: boolean;
  readonly authenticators: Authenticators;
}

/** The org's ids of its authenticators. They differ from org to org. */
export type Authenticators = Readonly<Record<AuthenticatorKey, string>>;

const kinds = {
  okta_password: { displayName: 'Password', type: 'password', method: 'password' },
  google_otp: { displayName: 'Google Authenticator', type: 'app', method: 'otp' },
  okta_verify: { displayName: 'Okta Verify', type: 'app', method: 'totp' },
} as const satisfies Record<AuthenticatorKey, object>;

export const keyOfFactor = ({ provider }: Factor): AuthenticatorKey =>
  provider === 'GOOGLE' ? 'google_otp' : 'okta_verify';

/** The name of the input that the proof goes to. */
export const credentialOf = (key: AuthenticatorKey): 'totp' | 'passcode' =>
  key === 'okta_verify' ? 'totp' : 'passcode';

/** The authenticator that the client is asked to answer for, if it need not choose one. */
export function currentAuthenticator({ transaction, user }: StepContext): AuthenticatorKey | undefined {
  if (!transaction.proved.has('okta_password')) return 'okta_password';
  if (transaction.selected !== undefined) return transaction.selected;
  const [first, ...more] = user?.factors ?? [];
  // Okta Verify has several methods, so it must be chosen even if it is the only factor.
  return first && more.length === 0 && first.provider === 'GOOGLE' ? keyOfFactor(first) : undefined;
}

export const skipForm: Form = { name: 'skip', path: '/idp/idx/skip' };

function passcode(label: string): Field {
  return {
    ...{ name: 'credentials', type: 'object', required: true },
    form: { value: [{ name: 'passcode', label, secret: true }] },
  };
}

export function identify({ settings: { passwordOnFirstPage, identityProvider, captcha } }: StepContext): IdxContent {
  const captchaField: Field = {
    ...{ name: 'captchaVerify', type: 'object', required: true },
    form: {
      value: [
        { name: 'captchaId', required: true, value: 'cap1emulated2captcha', visible: false, mutable: false },
        { name: 'captchaToken', required: true, visible: false },
      ],
    },
  };
  return {
    forms: [
      {
        name: 'identify',
        path: '/idp/idx/identify',
        fields: [
          { name: 'identifier', label: 'Username', required: true },
          ...(passwordOnFirstPage && identityProvider === undefined ? [passcode('Password')] : []),
          ...(captcha ? [captchaField] : []),
          { name: 'rememberMe', type: 'boolean', label: 'Keep me signed in' },
        ],
      },
      { name: 'unlock-account', path: '/idp/idx/unlock-account' },
    ],
    ...(captcha && {
      more: {
        captcha: object({ id: 'cap1emulated2captcha', name: 'Captcha', siteKey: 'emulated-site-key', type: captcha }),
      },
    }),
  };
}

/** Asks for the password, or for a code. */
export function challenge(context: StepContext): IdxContent {
  const key = currentAuthenticator(context) ?? 'okta_password';
  const isPassword = key === 'okta_password';
  const field: Field = {
    ...{ name: 'credentials', type: 'object', required: true },
    form: {
      value: [
        {
          ...{ name: credentialOf(key), label: isPassword ? 'Password' : 'Enter code', required: true, visible: true },
          ...(isPassword && { secret: true }),
        },
      ],
    },
  };
  return {
    forms: [
      {
        ...{ name: 'challenge-authenticator', path: '/idp/idx/challenge/answer', fields: [field] },
        relatesTo: ['$.currentAuthenticator'],
      },
    ],
    more: {
      currentAuthenticator: object(describe(key, context)),
      ...enrolled(context),
    },
  };
}

/** Lets the client choose a factor. The options are in no order that means anything. */
export function select(context: StepContext): IdxContent {
  const options = (context.user?.factors ?? []).map((factor, index) => {
    const key = keyOfFactor(factor);
    const id: Field = { name: 'id', required: true, value: context.authenticators[key], mutable: false };
    const methodType: Field =
      key === 'google_otp'
        ? { name: 'methodType', required: false, value: 'otp', mutable: false }
        : {
            ...{ name: 'methodType', required: false, type: 'string' },
            options: [
              { label: 'Get a push notification', value: 'push' },
              { label: 'Enter a code', value: 'totp' },
            ],
          };
    return {
      label: kinds[key].displayName,
      value: { form: { value: [id, methodType] } },
      relatesTo: `$.authenticatorEnrollments.value[${index}]`,
    };
  });
  return {
    forms: [
      {
        name: 'select-authenticator-authenticate',
        path: '/idp/idx/challenge',
        fields: [{ name: 'authenticator', type: 'object', options }],
      },
    ],
    more: enrolled(context),
  };
}

export function enrollment({ authenticators, settings }: StepContext): IdxContent {
  const keys = ['google_otp', 'okta_verify'] as const;
  const options = keys.map((key, index) => ({
    label: kinds[key].displayName,
    value: { form: { value: [{ name: 'id', required: true, value: authenticators[key], mutable: false }] } },
    relatesTo: `$.authenticators.value[${index}]`,
  }));
  return {
    forms: [
      {
        name: 'select-authenticator-enroll',
        path: '/idp/idx/credential/enroll',
        fields: [{ name: 'authenticator', type: 'object', options }],
      },
      ...(settings.enrollment === 'optional' ? [skipForm] : []),
    ],
    more: { authenticators: list(keys.map((key) => described(key, authenticators[key]))) },
  };
}

/**
 * Asks for a new password.
 *
 * Trap: the form is that for the current password, and its value becomes the new one.
 */
export function newPassword(name: string, message: IdxMessageKey, context: StepContext): IdxContent {
  return {
    forms: [
      {
        ...{ name, path: '/idp/idx/challenge/answer', fields: [passcode('New password')] },
        relatesTo: ['$.currentAuthenticator'],
      },
    ],
    messages: [idxMessage(message)],
    more: {
      currentAuthenticator: object({
        ...describe('okta_password', context),
        settings: { complexity: { minLength: 8 }, daysToExpiry: context.user?.passwordExpiresInDays ?? 0 },
      }),
    },
  };
}

/** Ends the sign-in. The only way on is back to the application. */
export function denied(status: number, key: IdxMessageKey): IdxContent & { readonly status: number } {
  return { status, messages: [idxMessage(key)] };
}

function enrolled({ user, authenticators }: StepContext) {
  const factors = (user?.factors ?? []).map((factor) => described(keyOfFactor(factor), factor.id));
  const password = described('okta_password', `lae${user?.id.slice(3) ?? ''}`);
  return {
    authenticators: list((user?.factors ?? []).map(keyOfFactor).map((key) => described(key, authenticators[key]))),
    authenticatorEnrollments: list([...factors, password]),
  };
}

function describe(key: AuthenticatorKey, { authenticators }: StepContext) {
  return described(key, authenticators[key]);
}

function described(key: AuthenticatorKey, id: string) {
  const { displayName, type, method } = kinds[key];
  return { type, key, id, displayName, methods: [{ type: method }] };
}
