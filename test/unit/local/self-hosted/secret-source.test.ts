import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missingSecrets, secretsInAws, secretsInFile } from '../../../../local/self-hosted/secret-source.ts';
import { smallDeployment } from '../../../support/history-samples.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-secrets-'));
const file = path.join(folder, 'secrets.json');
afterAll(() => rmSync(folder, { recursive: true }));

describe('secrets in a file', () => {
  const key = new Uint8Array(32);
  const secrets = secretsInFile(file, key);

  it('are read each time, and have another version when their own value has changed', async () => {
    const stored = async (text: string, at: number) => {
      writeFileSync(file, text);
      utimesSync(file, at, at);
      return secrets.get('acme');
    };
    const first = await stored('{"acme":{"clientSecret":"one"}}', 1);
    expect(first).toMatchObject({ text: '{"clientSecret":"one"}' });
    expect(await stored('{"acme":{"clientSecret":"one"}}', 2)).toEqual(first);
    expect(await stored('{"other":{"clientSecret":"new"},\n"acme":{"clientSecret":"one"}}', 3)).toEqual(first);
    const second = await stored('{"acme":{"clientSecret":"two"}}', 3);
    expect(second).toMatchObject({ text: '{"clientSecret":"two"}' });
    expect(Object(second).version).not.toBe(Object(first).version);
    expect(await secrets.get('another')).toBeUndefined();
    expect(await secrets.get('toString')).toBeUndefined();
  });

  it('of a file that cannot be read are an error that quotes nothing', async () => {
    writeFileSync(file, '{"acme": canary');
    expect(await secrets.get('acme')).toMatchObject({ type: 'SecretsFileIsNotJson' });
    expect(JSON.stringify(await secrets.get('acme'))).not.toContain('canary');
    expect(await secretsInFile(path.join(folder, 'none'), key).get('acme')).toMatchObject({
      type: 'SecretsFileUnreadable',
    });
  });
});

describe('secrets in AWS', () => {
  const answering = (answer: () => unknown) => secretsInAws({ send: async () => answer() } as never);

  it('have the version that AWS gives them', async () => {
    const secrets = answering(() => ({ SecretString: '{}', VersionId: 'v1' }));
    expect(await secrets.get('acme')).toEqual({ text: '{}', version: 'v1' });
  });

  it('that AWS refuses are an error with its name, without its message', async () => {
    const secrets = answering(() => {
      throw Object.assign(new Error('User: canary is not authorized'), { name: 'AccessDeniedException' });
    });
    const refused = await secrets.get('acme');
    expect(refused).toMatchObject({ type: 'AccessDeniedException' });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });
});

it('secrets that the functions or the receivers need and nobody has are named', async () => {
  const input = { name: 'acme', service: { secret: 'there' }, servers: [{ web: { secret: 'missing' } }], secret: 7 };
  const schedule = {
    ...{ name: 's', group: 'g', intervalMinutes: 1, windowMinutes: 0, target: 'flows' },
    enabled: true,
  };
  const body = { routing_key: '{{resolve:secretsmanager:pager:SecretString:routingKey::}}', other: 'text' };
  const to = { endpoint: 'https://pager.example.com', body, retryDelaysMs: [] };
  const deployment = {
    ...smallDeployment,
    schedules: [{ ...schedule, input }],
    rules: [{ name: 'r', enabled: true, pattern: {}, input: '$.detail' as const, to }],
  };
  expect(await missingSecrets(deployment, new Map([['there', '{}']]))).toEqual(['missing', 'pager']);
});
