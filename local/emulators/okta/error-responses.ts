import {
  escapeHtml,
  htmlResponse,
  jsonResponse,
  noStore,
  type OktaResponse,
  type ResponseHeaders,
} from './http-message.ts';
import type { OktaError } from './okta-errors.ts';
import { oktaId } from './org.ts';

/** The HTTP status and summary of each `errorCode` of Okta's management API. */
const summaries = {
  E0000005: [401, 'Invalid session'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found: Resource not found: {0}'],
  E0000009: [500, 'Internal Server Error'],
  E0000010: [503, 'Service is in read only mode'],
  E0000011: [401, 'Invalid token provided'],
  E0000015: [401, 'You do not have permission to access the feature you are requesting'],
  E0000022: [405, 'The endpoint does not support the provided HTTP method'],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
  E0000134: [502, 'Okta could not communicate correctly with an inline hook.'],
  E0000135: [400, 'An inline hook responded with an error.'],
  E0000137: [504, 'Okta did not receive a response from an inline hook.'],
} as const;

export type EnvelopeCode = keyof typeof summaries;

/**
 * An error in the format of Okta's management API.
 *
 * Trap: OAuth endpoints also use it, for rate limits and unknown servers, where a client expects `{error}`.
 * https://developer.okta.com/docs/reference/core-okta-api/#errors
 */
export function errorEnvelope(errorCode: EnvelopeCode, detail = '', headers: ResponseHeaders = {}): OktaResponse {
  const [status, summary] = summaries[errorCode];
  return jsonResponse(
    status,
    {
      errorCode,
      errorSummary: summary.replace('{0}', detail),
      errorLink: errorCode,
      errorId: oktaId('oae', 22),
      errorCauses: [],
    },
    headers,
  );
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
