import { beforeEach, describe, expect, it } from 'vitest';
import { sendOnce } from '../../../functions/notify/send-once.ts';
import { at } from '../../support/log-of.ts';
import { openStateTable } from '../../support/open-state-table.ts';

const key = { org: 'acme', item: 'message#okta-synthetics/acme/okta/page#firing' };
const now = at('12:00');
let sent: string[];
const { aws, table } = await openStateTable({ maxAttempts: 2 });
beforeEach(() => {
  sent = [];
});

const sendBy = (owner: string, minutes = 0, send = async () => void sent.push(owner)) =>
  sendOnce(table, { key, owner, now: now + minutes * 60_000 }, send);
/** The function ends while it sends. */
const crashBy = (owner: string) =>
  new Promise<void>((resolve) => {
    void sendBy(owner, 0, () => {
      resolve();
      return new Promise(() => {});
    });
  });

describe('a message', () => {
  it('is sent once, even if another process is asked to send it again', async () => {
    expect(await sendBy('one')).toBe('now');
    expect(await sendBy('one', 1)).toBe('before');
    expect(await sendBy('other', 60)).toBe('before');
    expect(sent).toEqual(['one']);
  });

  it('is sent once by two that begin at the same time', async () => {
    await Promise.all([sendBy('one'), sendBy('other')]);
    expect(sent).toHaveLength(1);
  });

  it('is sent by the next try of the same request if the first one ended before', async () => {
    await crashBy('one');
    expect(await sendBy('other', 1)).toBe('elsewhere');
    expect(await sendBy('one', 1)).toBe('now');
    expect(sent).toEqual(['one']);
  });

  it('is sent by another request once the first one can no longer', async () => {
    await crashBy('one');
    expect(await sendBy('other', 4)).toBe('elsewhere');
    expect(await sendBy('other', 5)).toBe('now');
  });

  it('is sent by one of two requests that find it abandoned at the same time', async () => {
    await crashBy('one');
    const bothHaveRead = Promise.withResolvers<void>();
    let reads = 0;
    const getItem: typeof table.client.getItem = async (...call) => {
      const answer = await table.client.getItem(...call);
      reads += 1;
      if (reads === 2) bothHaveRead.resolve();
      await bothHaveRead.promise;
      return answer;
    };
    const takeOver = (owner: string) =>
      sendOnce({ ...table, client: { ...table.client, getItem } }, { key, owner, now: now + 5 * 60_000 }, async () => {
        sent.push(owner);
      });
    expect((await Promise.all([takeOver('other'), takeOver('third')])).toSorted()).toEqual(['elsewhere', 'now']);
    expect(sent).toHaveLength(1);
  });

  it('is sent by another request at once if it could not be sent', async () => {
    const fails = async () => {
      throw new Error('no topic');
    };
    await expect(sendBy('one', 0, fails)).rejects.toThrow('no topic');
    expect(await sendBy('other')).toBe('now');
    expect(await sendBy('one', 1)).toBe('before');
    expect(sent).toEqual(['other']);
  });

  it.each(['GetItem', 'PutItem'] as const)(
    'is sent if %s fails: a duplicate is better than a loss',
    async (operation) => {
      await sendBy('one');
      const restore = aws.injectFault(operation, { status: 400, type: 'AccessDeniedException', message: 'no' });
      expect(await sendBy('other')).toBe('now');
      restore();
      expect(sent).toEqual(['one', 'other']);
    },
  );

  it('is sent once although the answers to its writes are lost', async () => {
    const restore = aws.injectFault('PutItem', 'answer lost');
    expect(await sendBy('one')).toBe('now');
    restore();
    expect(await sendBy('other', 60)).toBe('before');
    expect(sent).toEqual(['one']);
  });

  it('is noted as sent although it could not be claimed', async () => {
    const restore = aws.injectFault('PutItem', { status: 400, type: 'AccessDeniedException', message: 'no' });
    expect(await sendBy('one', 0, async () => void restore())).toBe('now');
    expect(await sendBy('other', 60)).toBe('before');
  });

  it('is sent if there is no table', async () => {
    await sendOnce(undefined, { key, owner: 'one', now }, async () => void sent.push('one'));
    expect(sent).toEqual(['one']);
  });

  it('is not kept for longer than a day', async () => {
    await sendBy('one');
    const [item] = await aws.tables.items(table.name);
    expect(item?.expiresAt).toEqual({ N: String(now / 1000 + 86_400) });
  });
});
