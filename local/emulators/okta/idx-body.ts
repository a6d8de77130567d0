import { jsonResponse, type OktaResponse } from './http-message.ts';
import type { IdxMessage } from './idx-messages.ts';
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

/** What a body says besides what every body says. */
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
