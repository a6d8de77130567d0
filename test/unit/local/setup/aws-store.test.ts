import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { awsStore, markTag } from '../../../../local/setup/aws-store.ts';

/** A store whose one secret has this tag, and the names of the calls that it makes. */
async function storeWith(mark: string | undefined) {
  const calls: string[] = [];
  const client = {
    config: { region: async () => 'eu-central-1' },
    async send(command: object) {
      const name = command.constructor.name.replace('Command', '');
      calls.push(name);
      if (name !== 'DescribeSecret') return {};
      if (mark === undefined) throw Object.assign(new Error(), { name: 'ResourceNotFoundException' });
      return { Tags: [{ Key: markTag, Value: mark }], DeletedDate: undefined };
    },
  };
  return { calls, store: await awsStore(client as unknown as SecretsManagerClient, 'ours') };
}

describe('a secret in AWS', () => {
  it('is deleted, or gets a new value, only while it has the mark', async () => {
    const own = await storeWith('ours');
    await own.store.remove('acme/key');
    await own.store.write('acme/key', {});
    expect(own.calls).toEqual(['DescribeSecret', 'DeleteSecret', 'DescribeSecret', 'PutSecretValue']);

    const foreign = await storeWith('of others');
    await expect(foreign.store.remove('acme/key')).rejects.toThrow('acme/key lacks the mark');
    await expect(foreign.store.write('acme/key', {})).rejects.toThrow('acme/key lacks the mark');
    expect(foreign.calls).toEqual(['DescribeSecret', 'DescribeSecret']);
  });

  it('is not deleted if there is none', async () => {
    const { store, calls } = await storeWith(undefined);
    await store.remove('acme/key');
    expect(calls).toEqual(['DescribeSecret']);
  });
});
