import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeServer } from '../../../../local/lab/scenarios/faults/configuration.ts';
import { at, token } from '../../../../local/lab/scenarios/targets.ts';
import { EmulatedOrgs } from '../../../../local/lab/simulation/emulated-orgs.ts';
import type { TestEnvironment } from '../../../../local/lab/simulation/environment.ts';
import { losePackets } from '../../../../local/lab/simulation/packet-loss.ts';
import { createOktaClient, type OktaClient } from '../../../../packages/okta-emulator/test/support/okta-client.ts';
import { fullOrg } from '../../../support/full-org.ts';

const [orgToken] = token;

let okta: TestEnvironment['okta'];
let client: OktaClient;
let orgs: EmulatedOrgs;
beforeAll(async () => {
  orgs = await EmulatedOrgs.start([fullOrg]);
  ({ okta } = orgs.environment('acme'));
  client = createOktaClient(okta);
});
afterAll(async () => {
  await client.close();
  await orgs[Symbol.asyncDispose]();
});

const users = async () => {
  const headers = { authorization: `SSWS ${okta.apiToken}` };
  const answer = await client.request('/api/v1/users?limit=1', { headers });
  return { status: answer.status, remaining: Number(answer.headers.get('x-rate-limit-remaining')) };
};

describe('the event of an emulated org', () => {
  it('points at the Okta emulator and names secrets that exist', () => {
    expect(orgs.eventOf(fullOrg)).toMatchObject({ event: { name: 'acme', domain: okta.domain } });
    const { secrets } = orgs.environment('acme');
    expect([...secrets.keys()]).toEqual(expect.arrayContaining(['acme/key', 'acme/api']));
  });

  it('has every active fault until it is restored', async () => {
    const drop = await orgs.inject('acme', [at(orgToken, changeServer({ issuer: 'https://wrong' }))]);
    const hurry = await orgs.inject('acme', [() => ({ timeoutMs: 7_000 })]);
    expect(orgs.eventOf(fullOrg)).toMatchObject({
      timeoutMs: 7_000,
      event: { servers: [{ issuer: 'https://wrong' }, {}] },
    });
    await drop.restore();
    await hurry.restore();
    expect(orgs.eventOf(fullOrg)).not.toHaveProperty('timeoutMs');
    expect(orgs.eventOf(fullOrg).event).toMatchObject({ servers: [{ issuer: okta.issuers.org }, {}] });
  });
});

describe('a virtual minute', () => {
  it('starts with full rate limits, except for headroom that a fault has taken', async () => {
    await using injected = await orgs.inject('acme', [
      (environment) => ({ restore: environment.okta.setRemaining('/api/v1/users', 0.1) }),
    ]);
    const first = await users();
    expect(first.remaining).toBe(59);
    orgs.beginMinute();
    expect(await users()).toEqual(first);
    await injected.restore();
    orgs.beginMinute();
    expect((await users()).remaining).toBe(599);
  });

  it('returns the requests of an org once', async () => {
    orgs.takeRequests();
    await users();
    expect(orgs.takeRequests().acme).toMatchObject([{ path: '/api/v1/users', status: 200 }]);
    expect(orgs.takeRequests().acme).toEqual([]);
  });
});

describe('packet loss', () => {
  const ask = () =>
    client.request('/.well-known/okta-organization').then(
      ({ status }) => status,
      () => 'lost' as const,
    );
  const inMinute = async (minute: number, seed: number) => {
    using packetLoss = losePackets(okta, () => minute, { share: 0.5, seed });
    const met: (number | 'lost')[] = [];
    for (let request = 0; request < 12; request += 1) met.push(await ask());
    expect(packetLoss.lost).toBe(met.filter((each) => each === 'lost').length);
    return met;
  };

  it('loses the same share of requests for the same seed', async () => {
    const met = await inMinute(1, 1);
    expect(new Set(met)).toEqual(new Set([200, 'lost']));
    expect(await inMinute(1, 1)).toEqual(met);
    expect(await inMinute(2, 1)).not.toEqual(met);
    expect(await inMinute(1, 2)).not.toEqual(met);
  });

  it('stops when it is told to', async () => {
    losePackets(okta, () => 1, { share: 1 }).stop();
    expect(await ask()).toBe(200);
  });
});

it('refuses two orgs whose clients share the name of a secret', async () => {
  await expect(EmulatedOrgs.start([fullOrg, { ...fullOrg, name: 'other' }])).rejects.toThrow(
    'Two clients share the secret',
  );
});
