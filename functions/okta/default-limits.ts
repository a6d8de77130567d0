/**
 * Okta's rate-limit buckets with a Workforce org's requests per minute. All custom servers of an org draw on the same
 * three. Contracts differ: the Admin Console shows an org's own.
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
  '/api/v1/users': 600,
  '/api/v1/apps': 100,
  '/api/v1/logs': 120,
  '/api/v1': 1200,
} as const;

export type Bucket = keyof typeof defaultLimits;

/** A bucket's requests per minute; undefined where it is none that we know. */
export function defaultLimit(bucket: string): number | undefined {
  return Object.hasOwn(defaultLimits, bucket) ? defaultLimits[bucket as Bucket] : undefined;
}
