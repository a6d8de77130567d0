import { isHtml } from '../okta/okta-error.ts';
import { ProbeFailure, RefusedAnswer } from './probe-failure.ts';

/**
 * The JSON object of a 200 answer. Throws `RefusedAnswer` for another status, and a `ProbeFailure` for a page or a
 * broken body.
 */
export async function expectJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const value = await parse(response);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProbeFailure('malformed-answer', 'the body is not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** The JSON array of a 200 answer; it throws as `expectJson` does. */
export async function expectJsonArray(response: Response): Promise<readonly unknown[]> {
  const value = await parse(response);
  if (!Array.isArray(value)) throw new ProbeFailure('malformed-answer', 'the body is not a JSON array');
  return value;
}

async function parse(response: Response): Promise<unknown> {
  if (response.status !== 200) throw new RefusedAnswer();
  if (isHtml(response.headers)) throw new ProbeFailure('unexpected-page', 'status 200 with a page');
  try {
    return await response.json();
  } catch {
    throw new ProbeFailure('malformed-answer', 'the body is not JSON');
  }
}
