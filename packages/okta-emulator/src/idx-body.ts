import { jsonResponse, type OktaResponse } from './http-message.ts';
import { stateHandle, type Transaction } from './idx-transaction.ts';

/** One input of a form, as the Ion format describes it. */
export interface Field {
  readonly name: string;
  readonly label?: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly visible?: boolean;
  readonly mutable?: boolean;
  readonly secret?: boolean;
  readonly value?: unknown;
  readonly options?: readonly object[];
  readonly form?: { readonly value: readonly Field[] };
  readonly messages?: object;
}

/** A step that a client may take. */
export interface Form {
  readonly name: string;
  /** Below the origin. */
  readonly path: string;
  readonly method?: 'GET';
  /** Without the state handle, which every form has. */
  readonly fields?: readonly Field[];
  readonly relatesTo?: readonly string[];
  /** More members of the remediation. */
  readonly more?: object;
}

/** The members of a body besides those of every body. */
export interface IdxContent {
  readonly forms?: readonly Form[];
  readonly messages?: readonly IdxMessage[];
  /** A message at an input instead of at the top. */
  readonly fieldMessage?: { readonly field: string; readonly message: IdxMessage };
  /** More members of the body. */
  readonly more?: object;
}

const ion = 'application/ion+json; okta-version=1.0.0';

/** Writes a form as a remediation. */
export function createRemediation(origin: string, handle: string, content: IdxContent = {}) {
  return ({ name, path, method, fields = [], relatesTo, more }: Form) => {
    const href = path.startsWith('/') ? origin + path : path;
    if (method === 'GET') return { name, ...more, href, method };
    const stateHandleField = { name: 'stateHandle', required: true, value: handle, visible: false, mutable: false };
    return {
      rel: ['create-form'],
      name,
      ...(relatesTo && { relatesTo }),
      ...more,
      href,
      method: 'POST',
      produces: ion,
      value: [...fields.map((field) => withMessage(field, content.fieldMessage)), stateHandleField],
      accepts: 'application/json; okta-version=1.0.0',
    };
  };
}

function withMessage(field: Field, given: IdxContent['fieldMessage']): Field {
  if (!given) return field;
  if (field.form) return { ...field, form: { value: field.form.value.map((inner) => withMessage(inner, given)) } };
  return field.name === given.field ? { ...field, messages: list([given.message]) } : field;
}

export const list = (value: readonly unknown[]) => ({ type: 'array', value });
export const object = (value: object) => ({ type: 'object', value });

/** The answer to a step of a sign-in, in the format of Okta's Identity Engine. */
export function idxResponse(
  status: number,
  origin: string,
  transaction: Transaction | undefined,
  content: IdxContent,
): OktaResponse {
  const { forms = [], messages, more } = content;
  const handle = transaction && stateHandle(transaction);
  const remediation = createRemediation(origin, handle ?? '', content);
  const body = {
    version: '1.0.0',
    ...(transaction && {
      stateHandle: handle,
      expiresAt: new Date(transaction.expiresAtMs).toISOString(),
      intent: 'LOGIN',
    }),
    ...(forms.length > 0 && { remediation: list(forms.map(remediation)) }),
    ...(messages && { messages: list(messages) }),
    ...more,
    ...(transaction?.user && { user: object({ id: transaction.user, identifier: transaction.identifier }) }),
    ...(transaction && {
      cancel: remediation({ name: 'cancel', path: '/idp/idx/cancel' }),
      app: object({ name: 'oidc_client', label: transaction.client.label, id: transaction.client.id }),
      authentication: object({
        protocol: transaction.finish.kind === 'return' ? 'SAML2.0' : 'OIDC',
        issuer: object({ uri: transaction.issuer }),
      }),
    }),
  };
  return jsonResponse(status, body, { 'content-type': ion });
}

interface IdxMessage {
  readonly message: string;
  readonly i18n: { readonly key: string; readonly params?: readonly string[] };
  readonly class: 'ERROR' | 'INFO' | 'WARNING';
}

/** The messages of Identity Engine, by the key that identifies them. */
const texts = {
  'errors.E0000004': ['ERROR', 'Authentication failed'],
  incorrectPassword: ['ERROR', 'Password is incorrect'],
  'authfactor.challenge.soft_token.invalid_passcode': [
    'ERROR',
    "Your code doesn't match our records. Please try again.",
  ],
  'api.authn.error.PASSCODE_INVALID': ['ERROR', 'Invalid code. Try again.'],
  'authfactor.challenge.soft_token.used_passcode': [
    'ERROR',
    'Each code can only be used once. Please wait for a new code and try again.',
  ],
  'authfactor.challenge.suspended_factor': ['ERROR', 'Your factor has been suspended.'],
  'idx.error.user.not.assigned.to.app': ['ERROR', 'User is not assigned to this application.'],
  'security.access_denied': ['ERROR', 'You do not have permission to perform the requested action.'],
  'oie.assurance.unsatisfiable': ['ERROR', 'The requested assurance could not be satisfied.'],
  'idx.session.expired': ['ERROR', 'The session has expired.'],
  'idx.unknown.user': ['INFO', 'There is no account with this username.'],
  'idx.password.expired': ['INFO', 'Your password has expired.'],
  'idx.password.expiring.message': ['INFO', 'When your password expires, you cannot sign in.'],
  'oie.idx.invalid.request': ['ERROR', 'The step is not possible in the current state.'],
  tooManyRequests: ['ERROR', 'Too many requests.'],
} as const satisfies Record<string, readonly [IdxMessage['class'], string]>;

export type IdxMessageKey = keyof typeof texts;

export function idxMessage(key: IdxMessageKey): IdxMessage {
  const [level, message] = texts[key];
  return { message, i18n: { key, params: [] }, class: level };
}
