import type { OktaError } from '../model/exchange.ts';
import type { Comparison, Severity, TokenFacts } from '../model/finding.ts';
import type { Readings } from '../model/outcome.ts';
import type { AccessToken, Fetch, FetchInit } from '../model/probe.ts';
import type { Mismatch } from '../okta/access-token.ts';
import { isHtml } from '../okta/okta-error.ts';
import type { FindingCode } from './finding.ts';

/** A probe's facts about its failure. Trap: people see them. */
export interface FailureFacts {
  readonly detail?: string;
  readonly token?: TokenFacts;
  /** Expected and found values. */
  readonly comparisons?: readonly Comparison[];
  /** Replaces that of the finding. */
  readonly severity?: Severity;
  /** Values that were measured despite the failure. */
  readonly readings?: Readings;
}

/** An unexpected value that a probe reports as a finding. */
export type Problem = Mismatch<FindingCode>;

/** Thrown by a probe that knows the fault of its target. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  readonly code: FindingCode;
  readonly facts: FailureFacts;

  constructor(code: FindingCode, facts: FailureFacts | string = {}) {
    super(code);
    this.code = code;
    this.facts = typeof facts === 'string' ? { detail: facts } : facts;
  }
}

/**
 * Thrown for a response that is not the success that the probe expects. The rules determine the finding from the
 * probe's last exchange. Pass `error` if the error is not in the body, for example if it came in a callback.
 */
export class UnexpectedResponse extends Error {
  override readonly name = 'UnexpectedResponse';
  readonly error: OktaError | undefined;

  constructor(error?: OktaError) {
    super(error?.error ?? 'the status is not 200');
    this.error = error;
  }
}

/** The sign-in asks for a factor that the monitor cannot answer, by its name. */
export function unexpectedFactor(found: string): ProbeFailure {
  return new ProbeFailure('factor-unexpected', {
    detail: `the sign-in asks for ${found}`,
    comparisons: [{ name: 'factor that is asked for', expected: 'a password, or a time-based code', found }],
  });
}

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

/**
 * Sends a request with a token: bound to a key with a proof, and otherwise as a Bearer token (RFC 6750). Throws
 * `ProbeFailure` for a token that no header can hold.
 */
export async function fetchWithToken(
  { value, proofKey }: AccessToken,
  url: string,
  init: FetchInit,
  fetch: Fetch,
): Promise<Response> {
  // RFC 6749, appendix A.12.
  if (!/^[\x20-\x7E]+$/.test(value))
    throw new ProbeFailure('malformed-answer', 'the access token has characters that no request can carry');
  if (proofKey) return proofKey.send(value, url, init, fetch);
  return fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${value}` } });
}
