import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import { parseOktaError } from '../../../../functions/okta/okta-error.ts';
import { parseRateLimit } from '../../../../functions/okta/rate-limit.ts';
import { ascribe, readSender, requestIdIn, senders } from '../../../../functions/okta/sender.ts';

/** A response as it was on the wire. */
interface Recorded {
  readonly path?: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Who sent a response, as the HTTP client records it. */
function senderOf({ path = '/oauth2/v1/token', status, headers = {}, body = '' }: Recorded) {
  const received = new Headers(headers);
  const url = `https://acme.okta.com${path}`;
  const requestId = requestIdIn(received);
  const rateLimit = parseRateLimit(received, 0);
  const exchange: Exchange = {
    ...{ method: 'POST', url: url.split('?')[0] ?? url, at: '', phases: {}, status },
    ...(status >= 400 && { error: parseOktaError(received, body) }),
    ...(requestId && { requestId }),
    ...(rateLimit && { rateLimit }),
    ...(!requestId && { sender: readSender({ url, status, headers: received, body }) }),
  };
  return ascribe(exchange);
}

const html = { 'content-type': 'text/html' };
const json = { 'content-type': 'application/json' };
const envelope = '{"errorCode":"E0000022","errorSummary":"no","errorId":"oae1"}';
const callbackUrl = `/oauth2/v1/authorize?redirect_uri=${encodeURIComponent('https://app.example.com/cb')}`;

describe('the sender of a response', () => {
  it.each<[string, Recorded]>([
    ['a request id', { status: 500, headers: { ...html, 'x-okta-request-id': 'X0f36XVUkCaUNcCqV' } }],
    [
      'a request id, although a CDN passed the response on',
      { status: 500, headers: { 'x-okta-request-id': 'X0f36XVUkCaUNcCqV', server: 'cloudflare', via: '1.1 varnish' } },
    ],
    ['a request id of a format that is not known', { status: 500, headers: { 'x-okta-request-id': 'a/b+c1==/d' } }],
    ['an error envelope without a request id', { status: 405, headers: json, body: envelope }],
    [
      'the front’s answer for a host that is no org',
      { status: 404, body: '{"status":404,"message":"Resource not found"}' },
    ],
    ['an OAuth error at an OAuth endpoint', { status: 401, headers: json, body: '{"error":"invalid_client"}' }],
    [
      'a page of /authorize with a text of Okta’s catalog',
      {
        path: '/oauth2/v1/authorize',
        status: 400,
        headers: html,
        body: "<p>Invalid value for 'client_id' parameter.</p>",
      },
    ],
    ['a token', { status: 200, headers: json, body: '{"access_token":"eyJhbGciOiJ","token_type":"Bearer"}' }],
    [
      'a callback',
      {
        path: callbackUrl,
        status: 302,
        headers: { location: 'https://app.example.com/cb?state=1&error=login_required' },
      },
    ],
  ])('is Okta for %s', (_, recorded) => {
    expect(senderOf(recorded)).toMatchObject({ by: 'okta' });
  });

  it.each<[string, Recorded]>([
    ['status 407', { status: 407 }],
    ['a status of a web server', { status: 495 }],
    [
      'a challenge that names another host',
      {
        status: 401,
        headers: { 'www-authenticate': 'Bearer authorization_uri="https://gateway/oauth2/v1/authorize"' },
      },
    ],
    ['a 403 without any mark, because Okta sends an id with it', { status: 403 }],
    ['an OAuth error that gateways use too', { status: 403, headers: json, body: '{"error":"access_denied"}' }],
    [
      'a challenge at a public address',
      { path: '/oauth2/v1/keys', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    ],
    ['status 511', { status: 511, headers: html }],
    ['status 451', { status: 451 }],
    ['a challenge for NTLM', { status: 401, headers: { 'www-authenticate': 'NTLM' } }],
    ['a Server header that is not Okta’s', { status: 429, headers: { server: 'cloudflare' } }],
    ['a Server header with a version', { status: 403, headers: { server: 'nginx/1.18.0' } }],
    ['a Via header', { status: 403, headers: { via: '1.1 proxy.corp.example (squid/5.7)' } }],
    ['a header of a product', { status: 403, headers: { 'cf-ray': '1-FRA' } }],
    ['a redirect to another sign-on', { status: 302, headers: { location: 'https://sso.example.com/' } }],
    [
      'a page that refreshes to a portal',
      { status: 200, headers: html, body: '<meta http-equiv="refresh" content="0;url=http://portal.example/">' },
    ],
    [
      'a page that says that it blocks',
      { status: 200, headers: html, body: '<h1>This site is blocked by your organization</h1>' },
    ],
    [
      'JSON of an API gateway',
      { status: 403, headers: { ...json, 'x-amzn-errortype': 'ForbiddenException' }, body: '{"message":"Forbidden"}' },
    ],
  ])('is something in between for %s', (_, recorded) => {
    expect(senderOf(recorded)).toMatchObject({ by: 'intermediary' });
  });

  it.each<[string, Recorded]>([
    ['a bare 503', { status: 503 }],
    [
      'a page of a web server',
      { status: 502, headers: { ...html, server: 'nginx' }, body: '<h1>502 Bad Gateway</h1>' },
    ],
    ['a phrase that every web server uses', { status: 500, headers: html, body: '<h1>Internal Server Error</h1>' }],
    ['a bare 429', { status: 429 }],
    ['an empty request id', { status: 503, headers: { 'x-okta-request-id': '' } }],
    ['a word in place of a request id', { status: 503, headers: { 'x-okta-request-id': 'undefined' } }],
    [
      'a page that loads from Okta, as those of customers do',
      { status: 400, headers: html, body: '<script src="https://ok12static.oktacdn.com/x.js">' },
    ],
    [
      'a policy for scripts of Okta’s',
      { status: 403, headers: { 'content-security-policy': 'script-src https://global.oktacdn.com' } },
    ],
    [
      'an OAuth error that came through a proxy',
      { status: 401, headers: { ...json, via: '1.1 squid' }, body: '{"error":"invalid_client"}' },
    ],
  ])('is not known for %s', (_, recorded) => {
    expect(senderOf(recorded)).toMatchObject({ by: 'unknown' });
  });

  it('is `nobody` without a response', () => {
    const failure = { code: 'ECONNREFUSED', message: '' };
    const exchange = { method: 'GET', url: 'https://acme.okta.com/', at: '', phases: {}, failure };
    expect(ascribe(exchange)).toEqual({ by: 'nobody', because: ['ECONNREFUSED'] });
  });

  it('comes with its reasons', () => {
    expect(senderOf({ status: 429, headers: { server: 'cloudflare' } }).because).toEqual([
      'no X-Okta-Request-Id',
      'server: cloudflare',
    ]);
  });

  it('never shows more of a header or a page than the name of a known product', () => {
    const secret = 'canary-5a1f';
    const { because } = senderOf({
      status: 403,
      headers: {
        server: secret,
        via: `1.1 ${secret}`,
        'content-type': secret,
        'cf-ray': secret,
        'www-authenticate': secret,
      },
      body: `blocked by policy ${secret}`,
    });
    expect(because.join()).not.toContain(secret);
    expect(because).toContain('server: not shown');
  });

  it('is found for any response, with at least one reason', () => {
    const headers = fc.dictionary(
      fc.constantFrom('server', 'via', 'location', 'www-authenticate', 'content-type', 'set-cookie', 'cf-ray'),
      fc.stringMatching(/^[\x20-\x7e]*$/),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), headers, fc.string(), (status, given, body) => {
        const { by, because } = senderOf({ status, headers: given, body });
        expect(senders).toContain(by);
        expect(because.length).toBeGreaterThan(0);
      }),
    );
  });
});
