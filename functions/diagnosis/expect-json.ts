import { isHtml } from '../okta/okta-error.ts';
import { ProbeFailure, UnexpectedResponse } from './probe-failure.ts';

/**
 * Parses the JSON object of a success, which has status 200. Throws `UnexpectedResponse` for any other status, and
 * `ProbeFailure` for an HTML page or an invalid body.
 */
export async function expectJson(
  response: Response,
  statuses: readonly number[] = [200],
): Promise<Readonly<Record<string, unknown>>> {
  const value = await parse(response, statuses);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProbeFailure('malformed-answer', 'the body is not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Parses the JSON array of a 200 response. Throws the same errors as `expectJson`. */
export async function expectJsonArray(response: Response): Promise<readonly unknown[]> {
  const value = await parse(response, [200]);
  if (!Array.isArray(value)) throw new ProbeFailure('malformed-answer', 'the body is not a JSON array');
  return value;
}

async function parse(response: Response, statuses: readonly number[]): Promise<unknown> {
  const { status } = response;
  if (!statuses.includes(status)) throw new UnexpectedResponse();
  if (isHtml(response.headers)) throw new ProbeFailure('unexpected-page', `status ${status} with an HTML page`);
  try {
    return await response.json();
  } catch {
    throw new ProbeFailure('malformed-answer', 'the body is not JSON');
  }
}
