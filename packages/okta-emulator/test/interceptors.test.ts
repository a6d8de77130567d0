import { describe, expect, it } from 'vitest';
import { startOktaEmulator } from '../src/index.ts';
import { createOktaClient } from './support/okta-client.ts';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

const path = '/.well-known/okta-organization';

describe('an interceptor', () => {
  it('replaces responses until it is removed', async () => {
    const remove = okta.intercept({ path }, { status: 503, body: { errorCode: 'E0000010' } });
    const response = await client.request(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/json']);
    expect(response.headers.get('x-okta-request-id')).not.toBeNull();
    expect(await response.json()).toEqual({ errorCode: 'E0000010' });
    remove();
    expect((await client.request(path)).status).toBe(200);
  });

  it('changes responses', async () => {
    const remove = okta.intercept(
      { path: /\/v1\/keys$/ },
      { transform: (response) => ({ ...response, body: JSON.stringify({ keys: [] }) }) },
    );
    const response = await client.request('/oauth2/default/v1/keys');
    remove();
    expect(response.headers.get('cache-control')).toMatch(/^max-age/);
    expect(await response.json()).toEqual({ keys: [] });
  });

  it('can remove Okta’s common headers', async () => {
    const remove = okta.intercept(
      { path },
      { transform: ({ headers: { 'x-okta-request-id': _, ...headers }, ...rest }) => ({ ...rest, headers }) },
    );
    const response = await client.request(path);
    remove();
    expect(response.headers.get('x-okta-request-id')).toBeNull();
  });

  it('does not affect other paths and methods', async () => {
    const remove = okta.intercept({ method: 'POST', path }, { status: 500 });
    const responses = [await client.request(path), await client.request(path, { method: 'POST' })];
    remove();
    expect(responses.map(({ status }) => status)).toEqual([200, 500]);
  });

  it('applies interceptors in the order in which they were added', async () => {
    const append = (text: string) =>
      okta.intercept({ path }, { transform: (response) => ({ ...response, body: response.body + text }) });
    const removeAll = [okta.intercept({ path }, { body: 'a' }), append('b'), append('c')];
    expect(await (await client.request(path)).text()).toBe('abc');
    for (const remove of removeAll) remove();
  });

  it('can delay a response', async () => {
    const remove = okta.intercept({ path }, { delayMs: 50 });
    const started = performance.now();
    await client.request(path);
    remove();
    expect(performance.now() - started).toBeGreaterThanOrEqual(45);
  });

  it('can close the connection without a response', async () => {
    const remove = okta.intercept({ path }, { disconnect: 'close' });
    await expect(client.request(path)).rejects.toThrow('fetch failed');
    remove();
    expect(okta.requests.at(-1)).toMatchObject({ path, status: 0 });
  });

  it('can reset the connection', async () => {
    const remove = okta.intercept({ path }, { disconnect: 'reset' });
    await expect(client.request(path)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    remove();
    expect((await client.request(path)).status).toBe(200);
  });

  it('can stall in the middle of a body until the client disconnects', async () => {
    const remove = okta.intercept({ path }, { truncate: 'stall' });
    const response = await client.request(path);
    remove();
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.value?.length).toBeLessThan(Number(response.headers.get('content-length')));
    await reader?.cancel();
  });

  it('reports an error in an interceptor with a header of its own', async () => {
    const remove = okta.intercept(
      { path },
      {
        transform() {
          throw new Error('a mistake');
        },
      },
    );
    const response = await client.request(path);
    remove();
    expect(response.status).toBe(500);
    expect(decodeURIComponent(response.headers.get('x-okta-emulator-error') ?? '')).toBe('Error: a mistake');
  });

  it('does not delay the close of the server', async () => {
    const other = await startOktaEmulator();
    const otherClient = createOktaClient(other);
    other.intercept({ path }, { delayMs: 600_000 });
    const waiting = expect(otherClient.request(path)).rejects.toThrow('fetch failed');
    await otherClient.request('/oauth2/v1/keys');
    await other.close();
    await waiting;
    await otherClient.close();
  });
});

describe('the record of requests', () => {
  it('records each request with its rate-limit bucket, and can be cleared', async () => {
    okta.clearRequests();
    await client.request('/oauth2/v1/keys?client_id=x');
    await client.request('/api/v1/users?limit=1');
    expect(okta.requests).toEqual([
      { method: 'GET', path: '/oauth2/v1/keys', status: 200, bucket: undefined },
      { method: 'GET', path: '/api/v1/users', status: 403, bucket: '/api/v1/users' },
    ]);
    okta.clearRequests();
    expect(okta.requests).toEqual([]);
  });
});
