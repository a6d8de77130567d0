import type { OktaError } from '../model/exchange.ts';
import { parseWwwAuthenticate } from './www-authenticate.ts';

/**
 * Reads an error answer in whichever of Okta's shapes it comes: OAuth's JSON, the management envelope, a challenge
 * header with an empty body, or a page.
 *
 * Trap: the shapes mix. An OAuth endpoint answers 429 in the envelope, discovery puts an OAuth code into `errorCode`,
 * and the management API answers an OAuth token with a header and no body at all.
 * https://developer.okta.com/docs/reference/error-codes/
 */
export function parseOktaError(headers: Headers, body: string): OktaError {
  const json = parseObject(body);
  if (json && typeof json.errorCode === 'string') {
    return {
      shape: 'envelope',
      errorCode: clip(json.errorCode),
      ...text('description', json.errorSummary),
      ...text('errorId', json.errorId),
    };
  }
  if (json && typeof json.error === 'string') {
    return { shape: 'oauth', error: clip(json.error), ...text('description', json.error_description) };
  }
  const challenge = parseWwwAuthenticate(headers.get('www-authenticate') ?? '').find(
    ({ parameters }) => parameters.error,
  );
  if (challenge) {
    return {
      shape: 'challenge',
      ...text('error', challenge.parameters.error),
      ...text('description', challenge.parameters.error_description),
    };
  }
  return { shape: isHtml(headers) ? 'html' : 'other' };
}

/** Whether an answer calls itself a page. */
export function isHtml(headers: Headers): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '');
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  return typeof value === 'string' ? ({ [name]: clip(value) } as Record<Name, string>) : {};
}

/** An error text is evidence, but whoever writes it may make it as long as they like. */
function clip(value: string): string {
  return value.length > 300 ? `${value.slice(0, 299)}…` : value;
}
