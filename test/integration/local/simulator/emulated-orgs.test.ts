import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsEmulator, startAwsEmulator } from '../../../../local/emulators/aws/aws-emulator.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../../local/emulators/okta/okta-emulator.ts';
import { changeServer } from '../../../../local/scenarios/faults/configuration.ts';
import { type EmulatedOrgs, emulateOrgs } from '../../../../local/simulator/emulated-orgs.ts';
import type { TestEnvironment } from '../../../../local/simulator/environment.ts';
import { losePackets } from '../../../../local/simulator/packet-loss.ts';
import type { Schedule } from '../../../../local/simulator/template/deployment.ts';
import { fullOrg } from '../../../support/full-org.ts';
import { createOktaClient, type OktaClient } from '../../../support/okta-client.ts';

const secrets: TestEnvironment['secrets'] = new Map();
let aws: AwsEmulator;
let okta: OktaEmulator;
let client: OktaClient;
let orgs: EmulatedOrgs;
beforeAll(async () => {
  [aws, okta] = await Promise.all([startAwsEmulator(secrets), startOktaEmulator()]);
  client = createOktaClient(okta);
  orgs = emulateOrgs([flows, selfTest], new Map([['acme', okta]]), aws, secrets);
});
afterAll(async () => {
  await client.close();
  await Promise.all([okta.close(), aws.close()]);
});

const schedule = (name: string, input: unknown): Schedule => ({
  ...{ name, intervalMinutes: 1, target: 'okta-synthetics-flows', enabled: true },
  input,
});
const flows = schedule('acme-flows', fullOrg);
const selfTest = schedule('notify-page', { selfTest: true });

const users = async () => {
  const headers = { authorization: `SSWS ${okta.apiToken}` };
  const answer = await client.request('/api/v1/users?limit=1', { headers });
  return { status: answer.status, remaining: Number(answer.headers.get('x-rate-limit-remaining')) };
};

describe('what a schedule calls its function with', () => {
  it('is its org, at the embedded Okta and with secrets that are there', () => {
    const { event, org } = orgs.eventOf(flows);
    expect(org).toBe('acme');
    expect(event).toMatchObject({ name: 'acme', domain: okta.domain });
    expect([...secrets.keys()]).toEqual(expect.arrayContaining(['acme/key', 'acme/api']));
  });

  it('is as the template has it, where it is no org', () => {
    expect(orgs.eventOf(selfTest)).toEqual({ event: { selfTest: true } });
  });

  it('is altered by everything that is staged, until it is taken back', async () => {
    const drop = await orgs.inject('acme', [changeServer('org', (server) => ({ ...server, issuer: 'https://wrong' }))]);
    const hurry = await orgs.inject('acme', [() => ({ timeoutMs: 7_000 })]);
    expect(orgs.eventOf(flows)).toMatchObject({
      timeoutMs: 7_000,
      event: { servers: [{ issuer: 'https://wrong' }, {}] },
    });
    await drop.restore();
    await hurry.restore();
    expect(orgs.eventOf(flows)).not.toHaveProperty('timeoutMs');
    expect(orgs.eventOf(flows).event).toMatchObject({ servers: [{ issuer: okta.issuers.org }, {}] });
  });
});

describe('a minute', () => {
  it('begins with full buckets, but for what is staged, which lasts', async () => {
    await using staged = await orgs.inject('acme', [
      (scene) => ({ restore: scene.okta.setRemaining('/api/v1/users', 0.1) }),
    ]);
    const first = await users();
    expect(first.remaining).toBe(59);
    orgs.beginMinute();
    expect(await users()).toEqual(first);
    await staged.restore();
    orgs.beginMinute();
    expect((await users()).remaining).toBe(599);
  });

  it('tells what was asked in it, once', async () => {
    orgs.takeRequests();
    await users();
    expect(orgs.takeRequests().acme).toMatchObject([{ path: '/api/v1/users', status: 200 }]);
    expect(orgs.takeRequests().acme).toEqual([]);
  });
});

describe('noise', () => {
  const ask = () =>
    client.request('/.well-known/okta-organization').then(
      ({ status }) => status,
      () => 'lost' as const,
    );
  const inMinute = async (minute: number, seed: number) => {
    using noise = losePackets(okta, () => minute, { share: 0.5, seed });
    const met: (number | 'lost')[] = [];
    for (let request = 0; request < 12; request += 1) met.push(await ask());
    expect(noise.lost).toBe(met.filter((each) => each === 'lost').length);
    return met;
  };

  it('loses a share of the requests, the same ones for the same seed', async () => {
    const met = await inMinute(1, 1);
    expect(new Set(met)).toEqual(new Set([200, 'lost']));
    expect(await inMinute(1, 1)).toEqual(met);
    expect(await inMinute(2, 1)).not.toEqual(met);
    expect(await inMinute(1, 2)).not.toEqual(met);
  });

  it('ends', async () => {
    losePackets(okta, () => 1, { share: 1 }).stop();
    expect(await ask()).toBe(200);
  });
});

it('two clients that share a secret’s name at two orgs cannot be embedded', () => {
  const other = schedule('other-flows', { ...fullOrg, name: 'other' });
  const oktas = new Map([
    ['acme', okta],
    ['other', { ...okta, apiToken: 'another' }],
  ]);
  expect(() => emulateOrgs([flows, other], oktas, aws, new Map())).toThrow('two clients share the secret');
});
