import { readFileSync } from 'node:fs';
import { ListSecretsCommand, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretsManager } from '../../functions/aws/secrets.ts';
import { awsStore } from '../../local/commands/setup/aws-store.ts';
import { openRemoval, openRotation, openSetup, type SetupTools } from '../../local/commands/setup/set-up.ts';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { checkLines, setupFolder, setupTools, stoppedAfterEachWrite } from '../support/setup-org.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

describe.skipIf(!isMotoInstalled)('npm run setup with AWS Secrets Manager', () => {
  let moto: Moto;
  let okta: OktaEmulator;
  let client: SecretsManager;
  beforeAll(async () => {
    [moto, okta] = await Promise.all([startMoto(), startOktaEmulator()]);
    client = new SecretsManager({
      ...{ endpoint: moto.env.AWS_ENDPOINT_URL, region: 'us-east-1' },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  afterAll(() => Promise.all([okta.close(), moto[Symbol.asyncDispose]()]));

  const openStore: SetupTools['openStore'] = (mark) => awsStore(client, mark);
  const secretNames = async () => (await client.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name);
  const notPassed = async (config: string) => {
    okta.resetRateLimits();
    const lines = await checkLines(okta, config, secretsManager(client));
    okta.resetRateLimits();
    expect(lines.length).toBeGreaterThan(30);
    return lines.filter((line) => !line.endsWith(': passed'));
  };

  it('makes what npm run check passes with, gives new keys, and leaves Okta and AWS as they were', async () => {
    const before = okta.snapshot();
    const { config, request } = setupFolder(okta);
    const textBefore = readFileSync(config, 'utf8');
    const { tools, close } = setupTools(okta, openStore);
    await (await openSetup(request, tools)).apply(() => {});
    expect((await secretNames())?.toSorted()).toEqual(
      ['service', 'user', 'web'].map((what) => `okta-synthetics/acme/${what}`),
    );
    expect(await notPassed(config)).toEqual([]);

    await (await openRotation(request, tools)).apply(() => {});
    expect(await notPassed(config)).toEqual([]);

    await (await openRemoval(request, tools)).apply(() => {});
    expect(await secretNames()).toEqual([]);
    expect(okta.snapshot()).toEqual(before);
    expect(readFileSync(config, 'utf8')).toBe(textBefore);
    await close();
  });

  it('goes on wherever it was stopped', async () => {
    const before = okta.snapshot();
    const { config, request: full } = setupFolder(okta);
    const request = { ...full, health: false };
    const setUp = async (tools: SetupTools) => (await openSetup(request, tools)).apply(() => {});
    expect(await stoppedAfterEachWrite(okta, openStore, setUp)).toBeGreaterThan(15);
    okta.resetRateLimits();
    expect(await checkLines(okta, config, secretsManager(client), ['token', 'sign-in'])).not.toContainEqual(
      expect.not.stringMatching(/: passed$/),
    );

    const remove = async (tools: SetupTools) => (await openRemoval(request, tools)).apply(() => {});
    expect(await stoppedAfterEachWrite(okta, openStore, remove)).toBeGreaterThan(10);
    expect(await secretNames()).toEqual([]);
    expect(okta.snapshot()).toEqual(before);
  });
});
