import { DomUtils } from 'htmlparser2';
import type { OktaError } from '../model/exchange.ts';
import { type KnownText, knownText, knownTextIn } from './known-texts.ts';
import { parseMarkup } from './parse-markup.ts';
import { parseWwwAuthenticate } from './www-authenticate.ts';

/**
 * Reads an error answer in whichever of Okta's shapes it comes: OAuth's JSON, the management envelope, a challenge
 * header with an empty body, or a page.
 *
 * Trap: the shapes mix. An OAuth endpoint answers 429 in the envelope, discovery puts an OAuth code into `errorCode`,
 * and the management API answers an OAuth token with a header and no body at all. What is kept is shown to people, so
 * codes must look like codes, and of texts only those that Okta's catalogue knows are kept.
 * https://developer.okta.com/docs/reference/error-codes/
 */
export function parseOktaError(headers: Headers, body: string): OktaError {
  const json = parseObject(body);
  const errorCode = code(json?.errorCode);
  if (errorCode) {
    return { shape: 'envelope', errorCode, ...told(known(json?.errorSummary)), ...errorIdOf(json?.errorId) };
  }
  const error = code(json?.error);
  if (error) return { shape: 'oauth', error, ...told(known(json?.error_description)) };
  const challenges = parseWwwAuthenticate(headers.get('www-authenticate') ?? '');
  const challenge = challenges.find(({ parameters }) => code(parameters.error));
  if (challenge) {
    const { error: named, error_description: description } = challenge.parameters;
    return { shape: 'challenge', ...(named && { error: named }), ...told(known(description)) };
  }
  return isHtml(headers) ? { shape: 'html', ...told(knownTextIn(textOf(body))) } : { shape: 'other' };
}

/** An error that came back in the parameters of a callback. */
export function parseCallbackError(parameters: URLSearchParams): OktaError {
  const error = code(parameters.get('error'));
  return { shape: 'callback', ...(error && { error }), ...told(known(parameters.get('error_description'))) };
}

/** Whether an answer calls itself a page. */
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

/** `invalid_client`, `E0000047`: what does not look like a code is none, and may be anything. */
function code(value: unknown): string | undefined {
  return typeof value === 'string' && /^([a-z][a-z_]{1,59}|E\d{7})$/.test(value) ? value : undefined;
}

function errorIdOf(value: unknown): Pick<OktaError, 'errorId'> {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? { errorId: value } : {};
}

function known(description: unknown): KnownText | undefined {
  return typeof description === 'string' ? knownText(description) : undefined;
}

function told(text: KnownText | undefined): Pick<OktaError, 'reason' | 'description'> {
  return text ? { reason: text.reason, description: text.text } : {};
}

/** A page's text. What is read of it is bounded: what a page has to say it says early. */
function textOf(html: string): string {
  return DomUtils.textContent(parseMarkup(html.slice(0, 65_536)));
}
