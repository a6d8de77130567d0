import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketFor, type OktaEmulator, startOktaEmulator } from '../src/index.ts';
import { createOktaClient, type OktaClient } from './support/okta-client.ts';

let okta: OktaEmulator;
let client: OktaClient;
let nowMs = Date.UTC(2026, 0, 1, 12, 0, 17);

beforeAll(async () => {
  okta = await startOktaEmulator({ now: () => nowMs, rateLimits: { '/api/v1/apps': 2, '/oauth2/{id}/v1/token': 1 } });
  client = createOktaClient(okta);
});

afterAll(async () => {
  await client.close();
  await okta.close();
});

/** Moves past the windows of earlier tests. */
beforeEach(() => {
  nowMs += 600_000;
});

async function apps() {
  const response = await client.request('/api/v1/apps?limit=1', {
    headers: { authorization: `SSWS ${okta.apiToken}` },
  });
  const header = (name: string) => Number(response.headers.get(`x-rate-limit-${name}`));
  return {
    status: response.status,
    limit: header('limit'),
    remaining: header('remaining'),
    reset: header('reset'),
    response,
  };
}

describe('rate limits', () => {
  it('counts down in a window that starts with the first request, not with the minute', async () => {
    const reset = nowMs / 1000 + 60;
    expect(await apps()).toMatchObject({ status: 200, limit: 2, remaining: 1, reset });
    nowMs += 20_000;
    expect(await apps()).toMatchObject({ status: 200, limit: 2, remaining: 0, reset });
  });

  it('rejects requests over the limit with an error envelope, without Retry-After', async () => {
    await apps();
    await apps();
    const { status, remaining, response } = await apps();
    expect([status, remaining]).toEqual([429, 0]);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toMatchObject({
      errorCode: 'E0000047',
      errorSummary: 'API call exceeded rate limit due to too many requests.',
    });
  });

  it('counts down from the remaining share that was set, and starts again when that ends', async () => {
    const restore = okta.setRemaining('/api/v1/apps', 0.5);
    expect(await apps()).toMatchObject({ status: 200, remaining: 0 });
    expect(await apps()).toMatchObject({ status: 429 });
    restore();
    expect(await apps()).toMatchObject({ status: 200, remaining: 1 });
  });

  it('starts a new window when the last one has ended', async () => {
    await apps();
    await apps();
    nowMs += 59_999;
    expect((await apps()).status).toBe(429);
    nowMs += 1;
    expect(await apps()).toMatchObject({ status: 200, remaining: 1, reset: nowMs / 1000 + 60 });
  });

  it('shares limits between custom servers, and rejects OAuth clients with an error envelope', async () => {
    const token = (server: string) =>
      client.post(
        `/oauth2/${server}/v1/token`,
        { grant_type: 'client_credentials', scope: 'monitor.read' },
        client.secretAuth,
      );
    expect((await token('default')).status).toBe(200);
    expect(await token('aus1a2b3c4d5e6f7g8h9')).toMatchObject({ status: 429, body: { errorCode: 'E0000047' } });
  });

  it('has the limits of a Workforce org by default', async () => {
    const response = await client.request('/oauth2/v1/authorize');
    expect(response.headers.get('x-rate-limit-limit')).toBe('2000');
  });

  it.each(['/.well-known/openid-configuration', '/oauth2/v1/keys', '/oauth2/default/v1/keys'])(
    'sends no rate-limit headers for %s',
    async (path) => {
      const { headers } = await client.request(path);
      expect([...headers.keys()].filter((name) => name.startsWith('x-rate-limit'))).toEqual([]);
    },
  );

  it('uses the same clock for the limits and the Date header', async () => {
    const { response, reset } = await apps();
    expect(reset * 1000 - Date.parse(response.headers.get('date') ?? '')).toBe(60_000);
  });
});

describe('rate-limit buckets', () => {
  it.each([
    ['/oauth2/v1/authorize', '/oauth2/v1/authorize'],
    ['/oauth2/v1/token', '/oauth2/v1/token'],
    ['/oauth2/v1/introspect', '/oauth2/v1'],
    ['/oauth2/v1/clients', '/oauth2/v1/clients'],
    ['/oauth2/default/v1/authorize', '/oauth2/{id}/v1/authorize'],
    ['/oauth2/aus1/v1/token', '/oauth2/{id}/v1/token'],
    ['/oauth2/aus1/v1/revoke', '/oauth2/{id}/v1'],
    ['/api/v1/users', '/api/v1/users'],
    ['/api/v1/apps', '/api/v1/apps'],
    ['/api/v1/apps/0oa1', '/api/v1/apps/{id}'],
    ['/api/v1/apps/0oa1/credentials/keys', '/api/v1/apps'],
    ['/api/v1/agentPools', '/api/v1/agentPools'],
    ['/api/v1/domains', '/api/v1/domains'],
    ['/api/v1/logs', '/api/v1/logs'],
    ['/api/v1/authorizationServers', '/api/v1'],
    ['/status/', undefined],
  ])('counts requests to %s in the bucket %s', (path, bucket) => {
    expect(bucketFor(path)).toBe(bucket);
  });
});
