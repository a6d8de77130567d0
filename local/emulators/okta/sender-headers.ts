import { randomBytes } from 'node:crypto';
import { noStore, type ResponseHeaders } from './http-message.ts';

/**
 * What sends a response, from the inside out:
 *
 * - `application`: the org.
 * - `filter`: the org, before it routes the request: rate limits and some licenses.
 * - `server`: the server in front of the org, for requests that it cannot route.
 * - `front`: the front of all orgs, for hosts that are no org.
 * - `other`: not the org: the status page, or something between the client and Okta.
 */
export type Sender = 'application' | 'filter' | 'server' | 'front' | 'other';

/**
 * The headers that a sender adds to every response.
 *
 * Trap: `server` and `front` send no `x-okta-request-id`, so a response without it may still be Okta's.
 */
export function senderHeaders(sender: Sender, domain: string, requestId: string): ResponseHeaders {
  switch (sender) {
    case 'application': {
      const { 'set-cookie': cleared, ...org } = orgHeaders(domain, requestId);
      return {
        ...noStore,
        'referrer-policy': 'strict-origin-when-cross-origin',
        ...org,
        'set-cookie': [
          ...cleared,
          `JSESSIONID=${randomBytes(16).toString('hex').toUpperCase()}; Path=/; Secure; HttpOnly`,
        ],
      };
    }
    case 'filter':
      return orgHeaders(domain, requestId);
    case 'server':
      return serverHeaders;
    case 'front':
      return {
        server: 'Apache',
        'accept-ranges': 'bytes',
        'public-key-pins-report-only': 'max-age=60; report-uri="https://okta.report-uri.com/r/default/hpkp/reportOnly"',
        vary: 'X-Amzn-Trace-Id,Accept',
      };
    case 'other':
      return {};
    default:
      return sender satisfies never;
  }
}

const serverHeaders = {
  server: 'nginx',
  'strict-transport-security': 'max-age=315360000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

function orgHeaders(domain: string, requestId: string) {
  return {
    ...serverHeaders,
    'accept-ch': 'Sec-CH-UA-Platform-Version',
    'content-security-policy': contentSecurityPolicy(domain),
    p3p: 'CP="HONK"',
    // Clears the cookies of a session that the org does not know.
    'set-cookie': ['sid="";Version=1;Path=/;Max-Age=0', 'xids="";Version=1;Path=/;Max-Age=0'],
    'x-okta-request-id': requestId,
    'x-xss-protection': '0',
  };
}

/** Allows the org, its Admin Console and Okta's static content. */
function contentSecurityPolicy(domain: string): string {
  const adminDomain = domain.replace(/^[^.:]+/, '$&-admin');
  const script = `'unsafe-inline' 'self' 'report-sample' ${domain} *.oktacdn.com`;
  return [
    `default-src 'self' ${domain} *.oktacdn.com`,
    `connect-src 'self' ${domain} ${adminDomain} *.oktacdn.com`,
    `script-src ${script}`,
    `style-src ${script}`,
    `frame-src 'self' ${domain} ${adminDomain}`,
    `img-src 'self' ${domain} *.oktacdn.com data: blob:`,
    `font-src 'self' ${domain} data: *.oktacdn.com`,
    "frame-ancestors 'self'",
  ].join('; ');
}
