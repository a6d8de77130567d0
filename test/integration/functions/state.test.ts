import { beforeEach, describe, expect, it } from 'vitest';
import { openSignInMemory, tableStore } from '../../../functions/journey/sign-in-memory.ts';
import type { GroupState } from '../../../functions/model/state.ts';
import { noteSilence } from '../../../functions/notify/silence.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import { readSilence } from '../../../functions/state/silent-orgs-item.ts';
import { openRunState } from '../../../functions/state/state.ts';
import { putItem } from '../../../functions/state/state-table.ts';
import { noteTold, readTold } from '../../../functions/state/told.ts';
import { fullOrg } from '../../support/full-org.ts';
import { at, outcome } from '../../support/log-of.ts';
import { openStateTable } from '../../support/open-state-table.ts';

const { aws, table } = await openStateTable();

beforeEach(() => aws.clear());

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

  it('begins anew if the item was changed by hand', async () => {
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

describe('a write whose answer is lost', () => {
  const lose = () => aws.injectFault('PutItem', 'answer lost');

  it('was done, whether there was an item before or not', async () => {
    const key = { org: 'acme', item: 'any' };
    const put = (previous: Parameters<typeof putItem>[3]['previous'], body: object) =>
      putItem(table, key, body, { previous, expiresAt: at('13:00') }, AbortSignal.timeout(5_000));
    const restore = lose();
    expect(await put(undefined, { first: true })).toBe(true);
    expect(await put({ ...key, body: {}, revision: 1 }, { second: true })).toBe(true);
    expect(await put({ ...key, body: {}, revision: 1 }, { second: true })).toBe(false);
    expect(await put(undefined, { second: true })).toBe(false);
    restore();
    expect(aws.calls.filter((call) => call === 'PutItem')).toHaveLength(8);
    expect((await aws.tables.items(table.name)).map(({ body, revision }) => [body?.S, revision?.N])).toEqual([
      ['{"second":true}', '2'],
    ]);
  });

  it('is not taken for the write of another run, in the state, a memory, the sign-ins or the notices', async () => {
    const restore = lose();
    await openRunState(table, 'acme', 'flows').add(runAt('12:00'));
    const memory = openMemory(table, () => at('12:00'))('acme').of('log');
    for (const cursor of ['a', 'b']) await memory.write({ cursor });
    const signIns = openSignInMemory(tableStore(table, () => at('12:00')))(fullOrg);
    await signIns.read();
    for (const sent of [1, 0]) await signIns.note({ versions: [], sent });
    await noteTold(table, 'acme', ['payroll#14'], at('12:00'));
    await noteSilence(table, 'flows', [{ org: 'acme', since: at('12:00') }], [], at('12:00'));
    restore();
    expect(aws.calls.filter((call) => call === 'PutItem')).toHaveLength(14);
    expect(await memory.read()).toEqual({ cursor: 'b' });
    expect(await signIns.read()).toEqual({ versions: [], sent: 0 });
    expect([...(await readTold(table, 'acme')).keys()]).toEqual(['payroll#14']);
    const items = await aws.tables.items(table.name);
    const bodyOf = (org: string) => {
      const [found] = items.filter((each) => each.org?.S === org && each.item?.S === 'group#flows');
      return JSON.parse(String(found?.body?.S));
    };
    expect(bodyOf('acme').runs).toEqual([{ of: [0], agoMs: [0] }]);
    expect(readSilence(bodyOf('#monitor'))).toEqual([{ org: 'acme', since: at('12:00') }]);
  });
});
