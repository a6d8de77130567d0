import { describe, expect, it } from 'vitest';
import { startOktaEmulator } from '../../../../../local/emulators/okta/okta-emulator.ts';
import { createOktaClient } from '../../../../support/okta-client.ts';
import { openOkta } from '../../../../support/open-okta.ts';

const { okta, client } = await openOkta();

const path = '/.well-known/okta-organization';

describe('an intervention', () => {
  it('answers in Okta’s place until it is taken back', async () => {
    const undo = okta.intercept({ path }, { status: 503, body: { errorCode: 'E0000010' } });
    const answer = await client.request(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/json']);
    expect(answer.headers.get('x-okta-request-id')).not.toBeNull();
    expect(await answer.json()).toEqual({ errorCode: 'E0000010' });
    undo();
    expect((await client.request(path)).status).toBe(200);
  });

  it('alters what would have been sent', async () => {
    const undo = okta.intercept(
      { path: /\/v1\/keys$/ },
      { transform: (answer) => ({ ...answer, body: JSON.stringify({ keys: [] }) }) },
    );
    const answer = await client.request('/oauth2/default/v1/keys');
    undo();
    expect(answer.headers.get('cache-control')).toMatch(/^max-age/);
    expect(await answer.json()).toEqual({ keys: [] });
  });

  it('can take off what Okta puts on every answer, as a proxy in front of it would', async () => {
    const undo = okta.intercept(
      { path },
      { transform: ({ headers: { 'x-okta-request-id': _, ...headers }, ...rest }) => ({ ...rest, headers }) },
    );
    const answer = await client.request(path);
    undo();
    expect(answer.headers.get('x-okta-request-id')).toBeNull();
  });

  it('leaves other paths and other methods alone', async () => {
    const undo = okta.intercept({ method: 'POST', path }, { status: 500 });
    const answers = [await client.request(path), await client.request(path, { method: 'POST' })];
    undo();
    expect(answers.map(({ status }) => status)).toEqual([200, 500]);
  });

  it('applies after the ones before it', async () => {
    const append = (text: string) =>
      okta.intercept({ path }, { transform: (answer) => ({ ...answer, body: answer.body + text }) });
    const undo = [okta.intercept({ path }, { body: 'a' }), append('b'), append('c')];
    expect(await (await client.request(path)).text()).toBe('abc');
    for (const back of undo) back();
  });

  it('can take its time', async () => {
    const undo = okta.intercept({ path }, { delayMs: 50 });
    const started = performance.now();
    await client.request(path);
    undo();
    expect(performance.now() - started).toBeGreaterThanOrEqual(45);
  });

  it('can close the connection without an answer', async () => {
    const undo = okta.intercept({ path }, { disconnect: 'close' });
    await expect(client.request(path)).rejects.toThrow('fetch failed');
    undo();
    expect(okta.requests.at(-1)).toMatchObject({ path, status: 0 });
  });

  it('can reset the connection', async () => {
    const undo = okta.intercept({ path }, { disconnect: 'reset' });
    await expect(client.request(path)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    undo();
    expect((await client.request(path)).status).toBe(200);
  });

  it('can stall in the middle of a body, and holds nobody to it', async () => {
    const undo = okta.intercept({ path }, { truncate: 'stall' });
    const answer = await client.request(path);
    undo();
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    expect(first?.value?.length).toBeLessThan(Number(answer.headers.get('content-length')));
    await reader?.cancel();
  });

  it('that fails is told from an outage by a header of its own', async () => {
    const undo = okta.intercept(
      { path },
      {
        transform() {
          throw new Error('a mistake');
        },
      },
    );
    const answer = await client.request(path);
    undo();
    expect(answer.status).toBe(500);
    expect(decodeURIComponent(answer.headers.get('x-okta-emulator-error') ?? '')).toBe('Error: a mistake');
  });

  it('holds no one up when the server closes', async () => {
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

describe('what was served', () => {
  it('is recorded with its bucket, and can be forgotten', async () => {
    okta.clearRequests();
    await client.request('/oauth2/v1/keys?client_id=x');
    await client.request('/api/v1/users?limit=1');
    expect(okta.requests).toEqual([
      { method: 'GET', path: '/oauth2/v1/keys', status: 200, bucket: undefined },
      { method: 'GET', path: '/api/v1/users', status: 401, bucket: '/api/v1/users' },
    ]);
    okta.clearRequests();
    expect(okta.requests).toEqual([]);
  });
});
