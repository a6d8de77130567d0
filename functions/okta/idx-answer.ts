import { knownText, redact } from './okta-error.ts';
import signInTexts from './sign-in-texts.json' with { type: 'json' };

/**
 * An answer of Identity Engine's sign-in API, reduced to the needs of the next step. The rest is dropped, because it
 * describes the user.
 *
 * Trap: the API is not documented. Its remediations are chosen by name, never by position: which of them there are, and in
 * which order, depends on policies and on the user.
 */
export interface IdxAnswer {
  /** Identifies the sign-in. It may change with every answer. */
  readonly stateHandle?: string;
  readonly remediations: readonly Remediation[];
  /**
   * The keys of errors and warnings, of the answer and of its fields, without repetition: `incorrectPassword`. Beside them, the
   * reasons of their texts that are in Okta's catalog.
   */
  readonly messages: readonly string[];
  /** The keys of messages that only inform. */
  readonly notices: readonly string[];
  /** What the messages say, by their keys, as far as that could not name the user. */
  readonly texts: Readonly<Record<string, string>>;
  /** The key of the authenticator that is being asked for: `okta_password`, `google_otp`. */
  readonly authenticator?: string;
  /** Where to go once the user is signed in. */
  readonly success?: string;
  readonly hasCaptcha: boolean;
  /** Where to give up the search for an app of Okta's on the device, which comes before everything else where it is on. */
  readonly cancelDeviceChallenge?: string;
  /** The authenticators to choose from. Their order and ids differ from org to org and from user to user. */
  readonly choices: readonly Choice[];
}

/** An authenticator that may be chosen. */
export interface Choice {
  readonly key: string;
  readonly id: string;
  /** The methods that it has, such as `totp`, if the choice must name one. */
  readonly methods: readonly string[];
}

/** A possible next step of the sign-in. */
export interface Remediation {
  readonly name: string;
  readonly href: string;
  /** The names of the fields to send, with a dot before those of an object: `credentials.passcode`. */
  readonly fields: readonly string[];
}

/** Undefined if the text is no answer of this API. */
export function readIdxAnswer(text: string): IdxAnswer | undefined {
  const body = asObject(parse(text));
  const { version, stateHandle, remediation, messages } = body;
  if (typeof version !== 'string' || !(remediation || messages || body.success || typeof stateHandle === 'string'))
    return undefined;
  const forms = listOf(asObject(remediation).value).map(asObject);
  const success = asObject(body.success).href ?? forms.find(({ name }) => name === 'success-redirect')?.href;
  const cancel = asObject(asObject(asObject(body.authenticatorChallenge).value).cancel).href;
  const authenticator = asObject(asObject(body.currentAuthenticator ?? body.currentAuthenticatorEnrollment).value).key;
  const all = [...messagesIn(messages), ...forms.flatMap((form) => fieldMessages(form.value))];
  return {
    ...(typeof stateHandle === 'string' && { stateHandle }),
    remediations: forms.flatMap(readRemediation),
    messages: keysOf(all.filter(({ isNotice }) => !isNotice)),
    notices: keysOf(all.filter(({ isNotice }) => isNotice)),
    texts: Object.fromEntries(all.flatMap(({ key, text }) => (text === undefined ? [] : [[key, text]]))),
    ...(typeof authenticator === 'string' && { authenticator }),
    ...(typeof success === 'string' && { success }),
    hasCaptcha: body.captcha !== undefined,
    ...(typeof cancel === 'string' && { cancelDeviceChallenge: cancel }),
    choices: forms
      .filter(({ name }) => name === 'select-authenticator-authenticate')
      .flatMap(({ value }) => listOf(value))
      .flatMap((field) => listOf(asObject(field).options))
      .flatMap((option) => readChoice(asObject(option), body)),
  };
}

/** An option names its authenticator by a path into the answer: `$.authenticatorEnrollments.value[0]`. */
function readChoice(
  { value, relatesTo }: Readonly<Record<string, unknown>>,
  body: Readonly<Record<string, unknown>>,
): readonly Choice[] {
  const fields = listOf(asObject(asObject(value).form).value).map(asObject);
  const id = fields.find(({ name }) => name === 'id')?.value;
  const method = fields.find(({ name }) => name === 'methodType');
  const [, list = '', index = ''] = /^\$\.(\w+)\.value\[(\d+)\]$/.exec(String(relatesTo)) ?? [];
  const listed = [body.authenticatorEnrollments, body.authenticators].flatMap((each) => listOf(asObject(each).value));
  const authenticator = list
    ? asObject(listOf(asObject(body[list]).value)[Number(index)])
    : asObject(listed.find((each) => asObject(each).id === id));
  const { key } = authenticator;
  if (typeof key !== 'string' || typeof id !== 'string') return [];
  const methods = [method?.value, ...listOf(method?.options).map((option) => asObject(option).value)];
  return [{ key, id, methods: methods.filter((each): each is string => typeof each === 'string') }];
}

function readRemediation({ name, href, value }: Readonly<Record<string, unknown>>): readonly Remediation[] {
  if (typeof name !== 'string' || typeof href !== 'string' || !/^[\w-]{1,64}$/.test(name)) return [];
  return [{ name, href, fields: fieldsOf(value) }];
}

/** The names of a form's fields. A field that is an object has its own form. */
function fieldsOf(value: unknown, prefix = ''): readonly string[] {
  return listOf(value)
    .map(asObject)
    .flatMap(({ name, form }) => {
      if (typeof name !== 'string') return [];
      const path = `${prefix}${name}`;
      return [path, ...fieldsOf(asObject(form).value, `${path}.`)];
    });
}

interface Message {
  readonly key: string;
  readonly text?: string;
  /** It informs, and refuses nothing. */
  readonly isNotice: boolean;
}

/** The messages in fields, however deep. */
function fieldMessages(value: unknown, depth = 0): readonly Message[] {
  if (depth > 6) return [];
  return listOf(value)
    .map(asObject)
    .flatMap(({ messages, form, value: inner, options }) => [
      ...messagesIn(messages),
      ...fieldMessages(asObject(form).value, depth + 1),
      ...fieldMessages(asObject(asObject(inner).form).value, depth + 1),
      ...fieldMessages(options, depth + 1),
    ]);
}

/** Trap: the text of a message may name the user. Its key and the reason of a known text do not. */
function messagesIn(messages: unknown): readonly Message[] {
  return listOf(asObject(messages).value)
    .map(asObject)
    .flatMap(({ i18n, message, class: kind }) => {
      const isNotice = /^(INFO|SUCCESS)$/i.test(String(kind));
      const said = typeof message === 'string' ? message : '';
      const known = knownText(said);
      const keys = [asObject(i18n).key, known?.reason].filter(
        (key): key is string => typeof key === 'string' && /^[\w.-]{1,120}$/.test(key),
      );
      return keys.map((key) => {
        const text = textOfKey(key) ?? known?.text ?? redact(said);
        return { key, isNotice, ...(/\w/.test(text) && { text }) };
      });
    });
}

/** Okta's own sentence for a key, whatever the language of the answer. */
function textOfKey(key: string): string | undefined {
  return Object.hasOwn(signInTexts, key) ? signInTexts[key as keyof typeof signInTexts] : undefined;
}

function keysOf(messages: readonly Message[]): readonly string[] {
  return [...new Set(messages.map(({ key }) => key))];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
