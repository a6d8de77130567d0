import { type Answer, type AnswerHeaders, htmlAnswer, jsonAnswer } from './answer.ts';
import { authorizationResponse, responseMode } from './authorization-response.ts';
import { errorPage } from './error-page.ts';
import type { OktaError } from './okta-errors.ts';
import type { ProviderResult } from './provider-bridge.ts';

/** What Okta sends with all that must not be kept. */
export const uncached = { 'cache-control': 'no-cache, no-store', pragma: 'no-cache', expires: '0' } as const;

/** An error of an endpoint that clients call (RFC 6749, 5.2). */
export function oauthError({ status, error, description }: OktaError, headers: AnswerHeaders = {}): Answer {
  const { 'content-type': _, ...kept } = headers;
  return jsonAnswer(status, { error, error_description: description }, { ...kept, ...uncached });
}

/** The redirect back to the application, as Okta makes it. */
export function authorized(result: ProviderResult): Answer {
  const location = result.headers.location;
  if (typeof location !== 'string') return asSent(result);
  // RFC 9207's `iss` is not something that Okta sends.
  const cleaned = location.replace(/([?#&])iss=[^&]*&?/, '$1').replace(/[?#&]$/, '');
  return { status: 302, headers: { ...result.headers, location: cleaned, ...uncached }, body: '' };
}

/** An error at /authorize: to the application where it may travel, else on Okta's own page. */
export function refused(error: OktaError, { params, failure, headers }: ProviderResult): Answer {
  const { location: _, 'content-type': __, ...kept } = headers;
  const redirectUri = params.redirect_uri;
  const canTravel = typeof redirectUri === 'string' && failure?.allow_redirect !== false;
  if (!canTravel || error.code === 'invalid_client_id' || error.code === 'illegal_redirect_uri') {
    return errorPage(error, { ...kept, ...uncached });
  }
  const members = {
    ...(typeof params.state === 'string' && { state: params.state }),
    error: error.error,
    error_description: error.description,
  };
  return authorizationResponse(responseMode(params), redirectUri, members, { ...kept, ...uncached });
}

/** What the provider made, where Okta's does not differ. */
export function asSent({ status, headers, body }: ProviderResult): Answer {
  if (body === undefined || body === null) return { status, headers, body: '' };
  if (typeof body !== 'string') return jsonAnswer(status, body, uncached);
  return headers['content-type']?.toString().includes('html')
    ? htmlAnswer(status, body, { ...headers, ...uncached })
    : { status, headers, body };
}
