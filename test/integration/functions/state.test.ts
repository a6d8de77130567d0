import { describe, expect, it } from 'vitest';
import type { GroupState } from '../../../functions/model/state.ts';
import { openRunState } from '../../../functions/runtime/state.ts';
import { at, outcome } from '../../support/log-of.ts';
import { openStateTable } from '../../support/open-state-table.ts';

const { aws, table } = await openStateTable();

const runAt = (time: string) => ({
  org: 'acme',
  at: at(time),
  lines: [outcome(at(time), 'token@default', 'passed').line],
});

async function stored(): Promise<{
  readonly revision: unknown;
  readonly expiresAt: unknown;
  readonly state: GroupState;
}> {
  const [item] = await aws.tables.items(table.name);
  return { revision: item?.revision, expiresAt: item?.expiresAt, state: JSON.parse(String(item?.body?.S)) };
}

describe('the state of a group in the table', () => {
  it('has one item, which every run replaces and which expires two days later', async () => {
    for (const time of ['12:00', '12:01']) await openRunState(table, 'acme', 'flows').add(runAt(time));
    const { state, ...item } = await stored();
    expect(item).toEqual({ revision: { N: '2' }, expiresAt: { N: String(at('12:01') / 1000 + 2 * 86_400) } });
    expect(state.runs).toEqual([{ of: [0], agoMs: [60_000, 0] }]);
    expect(await aws.tables.items(table.name)).toHaveLength(1);
  });

  it('loses no run of two that began at the same time', async () => {
    await openRunState(table, 'acme', 'flows').add(runAt('12:00'));
    const [one, other] = [openRunState(table, 'acme', 'flows'), openRunState(table, 'acme', 'flows')];
    await Promise.all([one.add(runAt('12:01')), other.add(runAt('12:02'))]);
    expect((await stored()).state.runs).toEqual([{ of: [0], agoMs: [120_000, 60_000, 0] }]);
  });

  it('is not written over what could not be read', async () => {
    await openRunState(table, 'acme', 'flows').add(runAt('12:00'));
    const restore = aws.injectFault('GetItem', { status: 400, type: 'AccessDeniedException', message: 'no' });
    await expect(openRunState(table, 'acme', 'flows').add(runAt('12:01'))).rejects.toThrow('no');
    restore();
    expect((await stored()).revision).toEqual({ N: '1' });
  });

  it.each(['GetItem', 'PutItem'] as const)('is given up when the table does not answer %s', async (operation) => {
    const restore = aws.injectFault(operation, 'no answer');
    await expect(openRunState(table, 'acme', 'flows').add(runAt('12:00'))).rejects.toThrow();
    restore();
  });

  it('begins anew if somebody wrote something else into the item', async () => {
    await aws.tables.call(
      'PutItem',
      JSON.stringify({
        TableName: table.name,
        Item: { org: { S: 'acme' }, item: { S: 'group#flows' }, body: { S: '{"at":1}' }, revision: { N: '7' } },
      }),
    );
    await openRunState(table, 'acme', 'flows').add(runAt('12:00'));
    expect((await stored()).state.runs).toEqual([{ of: [0], agoMs: [0] }]);
  });
});
