import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { errorEnvelope } from '../src/index.ts';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

/** Sends a `Host` header that is not the name of the certificate, as only Node's own client can. */
async function answerFor(host: string) {
  const options = { ca: okta.ca, servername: 'localhost', headers: { host } };
  const [answer] = (await once(get(`${okta.origin}/oauth2/v1/keys`, options), 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

/** The members that a response of each sender has and lacks, as recorded at real orgs. */
const recorded = [
  {
    sender: 'the application (404 E0000007)',
    path: '/nowhere',
    status: 404,
    present: [
      'transfer-encoding',
      'x-okta-request-id',
      'cache-control',
      'referrer-policy',
      'p3p',
      'content-security-policy',
      'accept-ch',
    ],
    absent: ['x-rate-limit-limit'],
  },
  {
    sender: 'the application below a rate limit (403 E0000005)',
    path: '/api/v1/users',
    status: 403,
    present: ['x-okta-request-id', 'cache-control', 'pragma', 'expires', 'x-rate-limit-limit', 'x-rate-limit-reset'],
    absent: ['www-authenticate'],
  },
  {
    sender: 'the server in front of the org (405 E0000022)',
    path: '/oauth2/v1/token',
    status: 405,
    present: ['strict-transport-security', 'x-content-type-options', 'content-type'],
    absent: [
      'x-okta-request-id',
      'x-rate-limit-limit',
      'cache-control',
      'p3p',
      'content-security-policy',
      'set-cookie',
    ],
  },
] as const;

describe('a response', () => {
  it.each(recorded)('has the headers of $sender', async ({ path, status, present, absent }) => {
    const response = await client.request(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('server')).toBe('nginx');
    expect(present.filter((name) => !response.headers.has(name))).toEqual([]);
    expect(absent.filter((name) => response.headers.has(name))).toEqual([]);
  });

  it('has a request ID of 32 hexadecimal digits', async () => {
    const { headers } = await client.request('/oauth2/v1/keys');
    expect(headers.get('x-okta-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('over the rate limit has a request ID and the limit, but nothing about caching', async () => {
    const restore = okta.setRemaining('/api/v1/users', 0);
    const { status, headers } = await client.request('/api/v1/users');
    restore();
    expect(status).toBe(429);
    expect(headers.get('x-rate-limit-remaining')).toBe('0');
    expect(headers.has('x-okta-request-id')).toBe(true);
    expect(headers.has('cache-control')).toBe(false);
    expect(headers.has('retry-after')).toBe(false);
  });

  it.each(['nobody.okta.com', 'nobody.okta.com:443', 'login.example.com'])(
    'for %s, which is no org, comes from the front of all orgs',
    async (host) => {
      const { status, headers, body } = await answerFor(host);
      expect(status).toBe(404);
      expect(body).toBe('{"status":404,"message":"Resource not found"}\n');
      expect(headers).toMatchObject({ server: 'Apache', 'content-length': '46', vary: 'X-Amzn-Trace-Id,Accept' });
      expect(headers['public-key-pins-report-only']).toContain('okta.report-uri.com');
      for (const name of ['content-type', 'x-okta-request-id', 'set-cookie', 'p3p']) {
        expect(headers).not.toHaveProperty(name);
      }
    },
  );

  it.each(['localhost', '127.0.0.1'])('for %s comes from the org', async (name) => {
    expect((await answerFor(`${name}:${new URL(okta.origin).port}`)).status).toBe(200);
  });

  it('of an interceptor has the headers of its sender', async () => {
    const path = '/oauth2/v1/keys';
    const senderOf = async (effect: Parameters<typeof okta.intercept>[1]) => {
      const restore = okta.intercept({ path }, effect);
      const { headers } = await client.request(path);
      restore();
      return { id: headers.has('x-okta-request-id'), server: headers.get('server') };
    };
    expect(await senderOf(errorEnvelope('E0000009'))).toEqual({ id: true, server: 'nginx' });
    expect(await senderOf(errorEnvelope('E0000019'))).toEqual({ id: false, server: 'nginx' });
    expect(await senderOf({ status: 502, sender: 'other' })).toEqual({ id: false, server: null });
  });
});
