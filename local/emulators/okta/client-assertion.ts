import { OktaRefusal } from './okta-refusal.ts';

const maxLifetimeSeconds = 3600;

/**
 * What Okta asks of a client assertion beyond what the provider checks itself.
 *
 * The audience is where clients go wrong: Okta wants the URL of the very endpoint that is called, and neither the
 * issuer nor the token endpoint will do elsewhere, though RFC 7523 and the provider allow both.
 *
 * @see https://developer.okta.com/docs/guides/build-self-signed-jwt/
 */
export function checkClientAssertion(claims: Readonly<Record<string, unknown>>, endpoint: string): void {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(endpoint)) throw new OktaRefusal('client_assertion_invalid_audience');
  if (Number(claims.exp) > nowSeconds + maxLifetimeSeconds) {
    throw new OktaRefusal('client_assertion_expires_too_far_in_future');
  }
  if (claims.iat !== undefined && Number(claims.iat) > nowSeconds) {
    throw new OktaRefusal('client_assertion_issued_at_in_future');
  }
  if (claims.sub !== claims.iss) throw new OktaRefusal('client_assertion_invalid_subject');
}
