import {
  escapeHtml,
  htmlResponse,
  jsonResponse,
  noStore,
  type OktaResponse,
  type ResponseHeaders,
  type Sender,
} from './http-message.ts';
import type { OktaError } from './okta-errors.ts';
import { oktaId } from './org.ts';

/** The HTTP status and summary of each `errorCode` of Okta's management API, and what sends it if not the org's API. */
const summaries = {
  E0000001: [400, 'Api validation failed: {0}'],
  E0000003: [400, 'The request body was not well-formed.'],
  E0000004: [401, 'Authentication failed'],
  E0000005: [403, 'Invalid session'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found: Resource not found: {0}'],
  E0000009: [500, 'Internal Server Error'],
  E0000010: [503, 'Service is in read only mode'],
  E0000011: [401, 'Invalid token provided'],
  E0000014: [403, 'Update of credentials failed'],
  E0000016: [403, 'Activation failed because the user is already active'],
  E0000015: [401, 'You do not have permission to access the feature you are requesting', 'filter'],
  E0000019: [400, 'Bad request. Accept and/or Content-Type headers likely do not match supported values.', 'server'],
  E0000022: [405, 'The endpoint does not support the provided HTTP method', 'server'],
  E0000029: [400, 'Invalid paging request.'],
  E0000031: [400, 'Invalid search criteria.'],
  E0000038: [403, "This operation is not allowed in the user's current status."],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.', 'filter'],
  E0000053: [400, 'Invalid parameter.'],
  E0000056: [403, 'Delete application forbidden.'],
  E0000068: [403, 'Invalid Passcode/Answer'],
  E0000069: [403, 'User Locked'],
  E0000079: [403, 'This operation is not allowed in the current authentication state.'],
  E0000082: [403, 'Each code can only be used once. Please wait for a new code and try again.'],
  E0000083: [403, 'Passcode valid but exceeded time window.'],
  E0000085: [403, 'You do not have permission to access your account at this time.'],
  E0000090: [409, 'The role specified is already assigned to the user.'],
  E0000134: [502, 'Okta could not communicate correctly with an inline hook.'],
  E0000135: [400, 'An inline hook responded with an error.'],
  E0000137: [504, 'Okta did not receive a response from an inline hook.'],
  E0000239: [423, 'Policy priorities are being reconciled. Please try again later.'],
} as const satisfies Record<string, readonly [status: number, summary: string, sender?: Sender]>;

type EnvelopeCode = keyof typeof summaries;

/**
 * An error in the format of Okta's management API.
 *
 * `ownSummary` takes the place of the code's usual summary, where Okta says more.
 *
 * Trap: OAuth endpoints also use it, for rate limits and unknown servers, where a client expects `{error}`.
 * https://developer.okta.com/docs/reference/core-okta-api/#errors
 */
export function errorEnvelope(
  errorCode: EnvelopeCode,
  detail = '',
  causes: readonly string[] = [],
  ownSummary?: string,
): OktaResponse {
  const [status, usual, sender] = summaries[errorCode] as readonly [number, string, Sender?];
  const summary = ownSummary ?? usual;
  return { ...envelope(status, errorCode, summary.replace('{0}', detail), causes), ...(sender && { sender }) };
}

/** A mixture of both formats: an OAuth error in the format of the management API. Discovery sends it. */
export function oauthErrorEnvelope({ error }: Pick<OktaError, 'error'>, summary: string): OktaResponse {
  return envelope(400, error, summary, []);
}

function envelope(status: number, errorCode: string, errorSummary: string, causes: readonly string[]): OktaResponse {
  const errorCauses = causes.map((cause) => ({ errorSummary: cause }));
  return jsonResponse(status, {
    errorCode,
    errorSummary,
    errorLink: errorCode,
    errorId: oktaId('oae', 22),
    errorCauses,
  });
}

/** The answer for a host without an org. It has neither an error code nor a content type. */
export function unknownOrg(): OktaResponse {
  return { status: 404, headers: {}, body: '{"status":404,"message":"Resource not found"}\n', sender: 'front' };
}

/** An error of an OAuth endpoint that clients call directly (RFC 6749, 5.2). */
export function oauthError({ status, error, description }: OktaError, headers: ResponseHeaders = {}): OktaResponse {
  const { 'content-type': _, ...kept } = headers;
  return jsonResponse(status, { error, error_description: description }, { ...kept, ...noStore });
}

/**
 * Okta's error page, for errors that must not be sent to the application: with an unknown client or an unregistered
 * redirect URI there is no safe place to redirect to (RFC 6749, 4.1.2.1).
 */
export function errorPage({ error, description }: OktaError, headers: ResponseHeaders = {}): OktaResponse {
  return htmlResponse(
    400,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Error</title></head>
<body class="auth okta-container">
<div id="okta-sign-in" class="error-content">
<h1>400</h1>
<h2>Bad Request</h2>
<p class="o-form-explain">Your request resulted in an error. ${escapeHtml(description)}</p>
<p class="error-code">Error Code: ${escapeHtml(error)}</p>
<p class="error-description">Description: ${escapeHtml(description)}</p>
<a href="/">Go to Homepage</a>
</div>
</body>
</html>
`,
    headers,
  );
}

/** A request that the management API refuses, with its error code, the causes and, if it is not the code's own, the summary. */
export class ApiError extends Error {
  readonly errorCode: EnvelopeCode;
  readonly causes: readonly string[];
  /** The value of the placeholder in the code's summary. */
  readonly detail: string;
  readonly summary: string | undefined;

  constructor(
    errorCode: EnvelopeCode,
    causes: string | readonly string[] = [],
    { detail = '', summary }: { readonly detail?: string; readonly summary?: string | undefined } = {},
  ) {
    super(summary ?? [errorCode, causes].flat().join(': '));
    this.errorCode = errorCode;
    this.causes = [causes].flat();
    this.detail = detail;
    this.summary = summary;
  }
}

/** The error for a value that the API does not take. `what` is the model or the attribute, which the summary names. */
export function invalid(what: string, ...causes: readonly string[]): ApiError {
  return new ApiError('E0000001', causes, { detail: what });
}

/** The error for an item that does not exist. `type` is Okta's name of its kind. */
export function notFound(id: string, type: string): ApiError {
  return new ApiError('E0000007', [], { detail: `${id} (${type})` });
}

/** The value that was found, if one was. Throws the error for an item that does not exist. */
export function found<Value>(value: Value | undefined, id: string, type: string): Value {
  if (value === undefined) throw notFound(id, type);
  return value;
}
