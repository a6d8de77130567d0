import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { awsStore, markTag } from '../../../../../local/commands/setup/aws-store.ts';

/** A store whose one secret has these tags, and the names of the calls that it makes. */
async function storeWith(tags: Readonly<Record<string, string>> | undefined) {
  const calls: string[] = [];
  const client = {
    config: { region: async () => 'eu-central-1' },
    async send(command: object) {
      const name = command.constructor.name.replace('Command', '');
      calls.push(name);
      if (name === 'GetSecretValue') return { SecretString: '{"privateKey":"canary"}' };
      if (name !== 'DescribeSecret') return {};
      if (!tags) throw Object.assign(new Error(), { name: 'ResourceNotFoundException' });
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })), DeletedDate: undefined };
    },
  };
  return { calls, store: await awsStore(client as unknown as SecretsManagerClient, 'ours') };
}

describe('a secret in AWS', () => {
  it('is deleted, or gets a new value, only while it has the mark', async () => {
    const own = await storeWith({ [markTag]: 'ours' });
    await own.store.remove('acme/key');
    await own.store.write('acme/key', {});
    expect(own.calls).toEqual(['DescribeSecret', 'DeleteSecret', 'DescribeSecret', 'PutSecretValue']);

    const foreign = await storeWith({ [markTag]: 'of others' });
    await expect(foreign.store.remove('acme/key')).rejects.toThrow('acme/key lacks the mark');
    await expect(foreign.store.write('acme/key', {})).rejects.toThrow('acme/key lacks the mark');
    expect(foreign.calls).toEqual(['DescribeSecret', 'DescribeSecret']);
  });

  it('is not deleted if there is none', async () => {
    const { store, calls } = await storeWith(undefined);
    await store.remove('acme/key');
    expect(calls).toEqual(['DescribeSecret']);
  });

  it.each([
    ['no tag', {}],
    ['the mark of another org', { [markTag]: 'ours/globex' }],
    ['the mark in another tag', { owner: 'ours' }],
  ])('belongs to others with %s, and its value is not read', async (_, tags) => {
    const { store, calls } = await storeWith(tags);
    expect(await store.find('acme/key')).toEqual({ isOwn: false, isDeleted: false });
    expect(calls).toEqual(['DescribeSecret']);
  });

  it('is its own with the mark of this set-up', async () => {
    const { store } = await storeWith({ 'cost-center': '7', [markTag]: 'ours' });
    const found = await store.find('acme/key');
    expect(found).toMatchObject({ isOwn: true, isDeleted: false });
    expect(found?.value?.reveal()).toEqual({ privateKey: 'canary' });
  });
});
