import { type Answer, type AnswerHeaders, jsonAnswer } from './answer.ts';
import { oktaId } from './okta-id.ts';

/** Okta's management errors: HTTP status and summary by `errorCode`. */
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
 * An error in the shape of Okta's management API.
 *
 * Rate limits and unknown servers come in it on OAuth endpoints too, where a client expects `{error}`.
 *
 * @see https://developer.okta.com/docs/reference/core-okta-api/#errors
 */
export function errorEnvelope(errorCode: EnvelopeCode, detail = '', headers: AnswerHeaders = {}): Answer {
  const [status, summary] = summaries[errorCode];
  return jsonAnswer(
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
