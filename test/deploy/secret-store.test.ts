import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  SecretsManager,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSecretsManager } from '../../functions/aws/clients.ts';
import { secretsManager } from '../../functions/aws/secrets.ts';
import { awsStore } from '../../local/commands/setup/aws-store.ts';
import { StoreError } from '../../local/commands/setup/secret-store.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

const name = 'okta-synthetics/acme/service';
const mark = 'okta-synthetics: okta-synthetics/acme';

describe.skipIf(!isMotoInstalled)('secrets in AWS Secrets Manager', () => {
  let moto: Moto;
  let client: SecretsManager;
  beforeAll(async () => {
    moto = await startMoto();
    client = new SecretsManager({
      ...{ endpoint: moto.env.AWS_ENDPOINT_URL, region: 'us-east-1' },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  afterAll(() => moto[Symbol.asyncDispose]());

  const names = async () => (await client.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name) ?? [];

  it('are made with the mark as a tag, read by the functions, changed, and deleted for good', async () => {
    const store = await awsStore(client, mark);
    expect(store.name).toBe('AWS Secrets Manager in us-east-1');
    expect(await store.find(name)).toBeUndefined();
    await store.write(name, { privateKey: { kid: '1' } });
    const { Tags } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    expect(Tags).toEqual([{ Key: 'managed-by', Value: mark }]);
    await store.write(name, { privateKey: { kid: '2' } });
    const environment = {
      ...moto.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const byFunctions = secretsManager(openSecretsManager({ environment }));
    expect((await byFunctions.read(name)).reveal()).toEqual({ privateKey: { kid: '2' } });
    const found = await store.find(name);
    expect(found).toMatchObject({ isOwn: true, isDeleted: false });
    expect(found?.value?.reveal()).toEqual({ privateKey: { kid: '2' } });
    await store.remove(name);
    await store.remove(name);
    expect(await names()).toEqual([]);
  });

  it('are restored if they were scheduled for deletion', async () => {
    const store = await awsStore(client, mark);
    await store.write(name, { privateKey: { kid: '1' } });
    await client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 7 }));
    expect(await store.find(name)).toEqual({ isOwn: true, isDeleted: true });
    await store.write(name, { privateKey: { kid: '2' } });
    expect((await store.find(name))?.value?.reveal()).toEqual({ privateKey: { kid: '2' } });
    await store.remove(name);
  });

  it('are not read without the mark', async () => {
    await client.send(new CreateSecretCommand({ Name: name, SecretString: '{"privateKey":"canary"}' }));
    expect(await (await awsStore(client, mark)).find(name)).toEqual({ isOwn: false, isDeleted: false });
    await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
  });

  it('say what is missing on this machine: a Region, or credentials', async () => {
    const region = () => Promise.reject(new Error('Region is missing'));
    await expect(awsStore(new SecretsManager({ region }), mark)).rejects.toThrow('set AWS_REGION');
    const credentials = () => Promise.reject(Object.assign(new Error('canary'), { name: 'CredentialsProviderError' }));
    const store = await awsStore(new SecretsManager({ region: 'us-east-1', credentials }), mark);
    const error = await store.find(name).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toContain('sign in to AWS');
    expect(String(error)).not.toContain('canary');
  });
});
