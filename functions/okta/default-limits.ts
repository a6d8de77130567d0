/**
 * Okta's rate-limit buckets, with the requests per minute of a Workforce org. All custom servers of an org share the
 * same three buckets. Limits differ by contract: the Admin Console shows an org's own.
 * https://developer.okta.com/docs/reference/rate-limits/
 */
export const defaultLimits = {
  '/oauth2/v1/clients': 100,
  '/oauth2/v1/authorize': 2000,
  '/oauth2/v1/token': 2000,
  '/oauth2/v1': 2000,
  '/oauth2/{id}/v1/authorize': 2000,
  '/oauth2/{id}/v1/token': 2000,
  '/oauth2/{id}/v1': 2000,
  '/idp/idx': 1000,
  '/idp/idx/identify': 1000,
  '/idp/idx/introspect': 2000,
  '/login/token/redirect': 600,
  '/login/login.htm': 1200,
  '/api/v1/authn': 500,
  '/api/v1/authn/factors/{id}/verify': 500,
  '/api/v1/sessions': 750,
  '/api/v1/users': 600,
  '/api/v1/apps': 100,
  '/api/v1/apps/{id}': 500,
  '/api/v1/agentPools': 20,
  '/api/v1/domains': 100,
  '/api/v1/logs': 120,
  '/api/v1': 1200,
} as const;

export type Bucket = keyof typeof defaultLimits;

/** A bucket's requests per minute, or undefined for an unknown bucket. */
export function defaultLimit(bucket: string): number | undefined {
  return Object.hasOwn(defaultLimits, bucket) ? defaultLimits[bucket as Bucket] : undefined;
}
