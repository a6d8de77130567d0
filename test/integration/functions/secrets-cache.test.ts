import { afterEach, expect, it, vi } from 'vitest';
import { secretsManager } from '../../../functions/aws/secrets.ts';
import { startAwsEmulator } from '../../../local/self-hosted/aws-emulator/aws-emulator.ts';

afterEach(() => vi.unstubAllEnvs());

const minuteMs = 60_000;

it('a secret that changed in the store is read again within the hour, even where nothing refuses the old one', async () => {
  const stored = new Map([['acme/secret', '{"clientSecret":"old"}']]);
  await using aws = await startAwsEmulator(stored);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'loopback');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'loopback');
  let now = 0;
  const secrets = secretsManager(undefined, () => now);
  const read = async () => (await secrets.read('acme/secret')).reveal().clientSecret;
  expect(await read()).toBe('old');
  stored.set('acme/secret', '{"clientSecret":"new"}');
  now = minuteMs;
  expect(await read()).toBe('old');
  now = 60 * minuteMs;
  expect(await read()).toBe('new');
});
