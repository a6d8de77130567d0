import { DomUtils } from 'htmlparser2';
import type { Exchange, OktaError } from '../model/exchange.ts';
import knownTexts from './known-texts.json' with { type: 'json' };
import { parseMarkup } from './parse-markup.ts';
import signInTexts from './sign-in-texts.json' with { type: 'json' };
import { parseWwwAuthenticate } from './www-authenticate.ts';

/**
 * Parses an error response in any of Okta's formats: OAuth JSON, the management API's envelope, a challenge header with
 * an empty body, or an HTML page.
 *
 * Trap: the formats mix. OAuth endpoints send 429 in the envelope, discovery puts an OAuth code into `errorCode`, and
 * the management API rejects an OAuth token with a header and no body. The result is shown to people, so codes must
 * look like codes, and only texts from Okta's catalog are kept.
 * https://developer.okta.com/docs/reference/error-codes/
 */
export function parseOktaError(headers: Headers, body: string): OktaError {
  const json = parseObject(body);
  const errorCode = code(json?.errorCode);
  if (errorCode) {
    const causes = causesOf(json?.errorCauses);
    return {
      ...{ shape: 'envelope', errorCode, ...textFields(json?.errorSummary), ...errorIdOf(json?.errorId) },
      ...(causes.length > 0 && { causes }),
    };
  }
  if (isUnknownHost(body)) return { shape: 'other', reason: unknownHost, description: 'Resource not found' };
  const error = code(json?.error);
  if (error) return { shape: 'oauth', error, ...textFields(json?.error_description) };
  const challenges = parseWwwAuthenticate(headers.get('www-authenticate') ?? '');
  const challenge = challenges.find(({ parameters }) => code(parameters.error));
  if (challenge) {
    const { error: named, error_description: description, scope } = challenge.parameters;
    return { shape: 'challenge', ...(named && { error: named }), ...textFields(description), ...scopesOf(scope) };
  }
  return isHtml(headers) ? parsePage(textOf(body)) : { shape: 'other' };
}

/** An error page has Okta's text, and newer ones also the code: "Error Code: access_denied". */
function parsePage(text: string): OktaError {
  const error = /[Ee]rror [Cc]ode:?\s*([a-z]+(?:_[a-z]+)+)/.exec(text)?.[1];
  return { shape: 'html', ...(error && { error }), ...fieldsOf(knownTextIn(text)) };
}

/** The error in an answer whose status is that of a success. Undefined if it is none. */
export function parseRefusalOfSuccess(headers: Headers, body: string): OktaError | undefined {
  if (!/"error(Code)?"\s*:/.test(body)) return undefined;
  const error = parseOktaError(headers, body);
  return error.shape === 'envelope' || error.shape === 'oauth' ? error : undefined;
}

/** The error in the parameters of a callback. */
export function parseCallbackError(parameters: URLSearchParams): OktaError {
  const error = code(parameters.get('error'));
  return { shape: 'callback', ...(error && { error }), ...textFields(parameters.get('error_description')) };
}

/** Whether the response declares itself an HTML page. */
export function isHtml(headers: Headers): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '');
}

function parseObject(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** A code such as `invalid_client` or `E0000047`. Other text is dropped, because it could be anything. */
function code(value: unknown): string | undefined {
  return typeof value === 'string' && /^([a-z][a-z_]{1,59}|E\d{7})$/.test(value) ? value : undefined;
}

/** The reason of Okta's answer for a host without an org. Its catalog has no code for it. */
export const unknownHost = 'unknown_host';

/** Whether a body is the answer of Okta's front for a host without an org. It has neither a request id nor a code. */
export function isUnknownHost(body: string): boolean {
  return /^\s*\{\s*"status"\s*:\s*404\s*,\s*"message"\s*:\s*"Resource not found"\s*\}\s*$/.test(body);
}

/** Causes of an envelope that hold nothing of the request. Before them, Okta names the field. */
const knownCauses = [
  'The field cannot be left blank',
  'An object with this field already exists in the current organization',
  'Does not match required pattern',
  'Provisioning is not supported',
  'Your passcode does not match our records. Please try again',
  "Your passcode doesn't match our records. Please try again",
];

/** The causes in an envelope. A cause may quote a request, or name a person: of others than the known ones, `redact` decides. */
function causesOf(causes: unknown): readonly string[] {
  if (!Array.isArray(causes)) return [];
  return causes
    .map((cause) => (cause as { errorSummary?: unknown } | null)?.errorSummary)
    .filter((text) => typeof text === 'string')
    .map((text) => {
      const sentence = text.replace(/^[A-Za-z]{1,40}: /, '').replace(/\.$/, '');
      return knownCauses.includes(sentence) || knownText(sentence)?.text === sentence ? text : redact(text);
    })
    .filter((text) => /\w/.test(text))
    .slice(0, 3);
}

/** The names of scopes in a challenge. Anything else is dropped, because a challenge could quote a request. */
function scopesOf(scope = ''): Pick<OktaError, 'scopes'> {
  const scopes = scope
    .split(' ')
    .filter((name) => /^(okta\.[\w.]{1,60}|openid|profile|email|address|phone)$/.test(name));
  return scopes.length > 0 ? { scopes: scopes.slice(0, 10) } : {};
}

function errorIdOf(value: unknown): Pick<OktaError, 'errorId'> {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? { errorId: value } : {};
}

function textFields(given: unknown): Pick<OktaError, 'reason' | 'description' | 'wording'> {
  if (typeof given !== 'string' || given.trim() === '') return {};
  const known = knownText(given);
  return known ? fieldsOf(known) : { wording: redact(given) };
}

function fieldsOf(text: KnownText | undefined): Pick<OktaError, 'reason' | 'description'> {
  return text ? { reason: text.reason, description: text.text } : {};
}

/** The text of a page. Only the beginning is read, because error pages state the error early. */
function textOf(html: string): string {
  return DomUtils.textContent(parseMarkup(html.slice(0, 65_536)));
}

/**
 * Whether the last of the exchanges refused a code or a refresh token (RFC 6749, 5.2) without another cause: Okta puts limits,
 * users and settings under the same code, and says in its text which.
 */
export function isGrantRefused(exchanges: readonly Exchange[]): boolean {
  const { status, error } = exchanges.at(-1) ?? {};
  const reasons = [undefined, 'invalid_grant', 'invalid_authorization_code', 'invalid_refresh_token'];
  return error?.error === 'invalid_grant' && status !== 429 && reasons.includes(error.reason);
}

/** A description from Okta's catalog: its reason code and its text. */
export interface KnownText {
  readonly reason: string;
  readonly text: string;
}

/** The known text that a description equals or starts with. Ignores case, quotes and a final period. */
export function knownText(description: string): KnownText | undefined {
  const given = plain(description.slice(0, 2_000)).replace(/^(description: |=)/, '');
  return entries.find(({ plainText, pattern }) =>
    pattern ? given.search(pattern) === 0 : given.startsWith(plainText),
  );
}

/** The known text that a page contains. A short one could be any page's. */
export function knownTextIn(page: string): KnownText | undefined {
  const given = plain(page);
  return entries.find(
    ({ plainText, pattern }) => plainText.length >= 20 && (pattern ? pattern.test(given) : given.includes(plainText)),
  );
}

function plain(text: string): string {
  const spaced = text.replaceAll(/\s+/g, ' ').replaceAll(/[’‘`"“”]/g, "'");
  return spaced.trim().toLowerCase().replace(/\.$/, '');
}

/** Okta fills a detail in for each `…`. */
function patternOf(plainText: string): RegExp | undefined {
  if (!plainText.includes('…')) return undefined;
  const parts = plainText.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.{1,200}?'));
}

/**
 * Okta's error descriptions, longest first, so that a text which starts with a shorter one is not mistaken for it. The JSON
 * has them by the reason code of Okta's catalog (the System Log's `outcome.reason`). A text ends before its first detail, or
 * has `…` for it where too little would be left.
 *
 * They have two uses. The rules match reasons, because Okta puts several causes under one code. And evidence shows the text of
 * the table instead of the one that was received, which could quote a request. Of other texts, it shows single words (`redact`).
 * https://developer.okta.com/docs/reference/error-codes/
 */
const entries = Object.entries(knownTexts)
  .map(([reason, text]) => ({ reason, text, plainText: plain(text), pattern: patternOf(plain(text)) }))
  .sort((a, b) => b.plainText.length - a.plainText.length);

/** How many words in a row must be those of a known text. Fewer could be a name between words that Okta uses. */
const leastRun = 4;

/**
 * Every run of that many words in Okta's texts. A word alone says nothing: a user may be called `grant` or `mark`, which the
 * catalog has as words. Trap: a login that is a word of the protocol, such as `user` or `scope`, may complete a run.
 */
const knownRuns = new Set(
  [...Object.values(knownTexts), ...Object.values(signInTexts)].flatMap((text) => runsOf(wordsOf(text))),
);

/** Replaces everything in a text but its runs of words that a known text has too: "The access token provided … does not contain". */
export function redact(text: string): string {
  const words = wordsOf(text.slice(0, 400)).slice(0, 40);
  const isKept = words.map(() => false);
  runsOf(words).forEach((run, index) => {
    if (run !== undefined && knownRuns.has(run)) isKept.fill(true, index, index + leastRun);
  });
  const shown = words.map((word, index) => (isKept[index] && word) || '…');
  const [first = '', ...rest] = shown.filter((word, index) => word !== '…' || shown[index - 1] !== '…');
  return [/^[A-Z]/.test(text.trim()) ? first.charAt(0).toUpperCase() + first.slice(1) : first, ...rest].join(' ');
}

/**
 * The words of a text that could be Okta's. Undefined stands for everything else: what is quoted or in brackets, what is no
 * word in lower case, and where a detail begins after a colon.
 */
function wordsOf(text: string): readonly (string | undefined)[] {
  const quoted = /(?<!\w)['"`‘’“”].{0,200}?['"`‘’“”](?!\w)|\[[^\]]*\]?|\([^)]*\)?|:/g;
  const words = text.trim().replaceAll(quoted, ' … ').split(/\s+/);
  return words.map((word, index) => {
    const bare = (index === 0 ? word.toLowerCase() : word).replace(/[.,;]$/, '');
    return /^[a-z]{1,20}$/.test(bare) ? bare : undefined;
  });
}

/** The run that begins at each word. Undefined where it is too short, or something else than a word is in it. */
function runsOf(words: readonly (string | undefined)[]): readonly (string | undefined)[] {
  return words.map((_, index) => {
    const run = words.slice(index, index + leastRun);
    return run.length === leastRun && !run.includes(undefined) ? run.join(' ') : undefined;
  });
}
