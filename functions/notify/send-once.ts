import { getItem, type ItemKey, putItem, type StateTable, type StoredItem } from '../runtime/state-table.ts';
import { asRecord, text, timestamp } from './read.ts';

/** How long the table may take for each step. */
const stepMs = 2_000;

/** SNS and Lambda may repeat an event for hours. */
const keptMs = 24 * 60 * 60_000;

/** Whoever began to send so long ago will not end it: Lambda gives an event up after five minutes. */
const abandonedMs = 5 * 60_000;

/** Something that must be sent, and who sends it. */
export interface Sending {
  readonly key: ItemKey;
  /** The id of the Lambda request: it is the same when Lambda tries again. */
  readonly owner: string;
  readonly now: number;
}

/**
 * Sends something unless it was sent before, or somebody else is sending it. Returns whether it did.
 *
 * A send is claimed in the table before, and marked as done after it. If the sender ends in between, its own next try
 * sends again: Lambda repeats the request with the same id. If the table fails, it is sent: a duplicate is better than a
 * loss.
 */
export async function sendOnce(
  table: StateTable | undefined,
  { key, owner, now }: Sending,
  send: () => Promise<void>,
): Promise<boolean> {
  const body = { owner, claimed: { at: new Date(now).toISOString() } };
  const put = (previous: StoredItem | undefined, more: object = {}) =>
    table &&
    putItem(table, key, { ...body, ...more }, { previous, expiresAt: now + keptMs }, AbortSignal.timeout(stepMs));
  let previous: StoredItem | undefined;
  try {
    if (table && !(await put(undefined))) {
      previous = await getItem(table, key, AbortSignal.timeout(stepMs));
      if (isTaken(previous, owner, now)) return false;
      // Somebody else may have been faster in taking over.
      if (!(await put(previous))) return false;
    }
  } catch {
    await send();
    return true;
  }
  await send();
  const claimed = { ...key, body, revision: (previous?.revision ?? 0) + 1 };
  // It is sent. If the table does not learn that, a repeated event sends it again.
  await Promise.resolve(put(claimed, { done: true })).catch(() => {});
  return true;
}

function isTaken(stored: StoredItem | undefined, owner: string, now: number): boolean {
  const { done, owner: other, claimed } = asRecord(stored?.body);
  if (done === true) return true;
  const at = timestamp(asRecord(claimed).at) ?? 0;
  return text(other) !== owner && now - at < abandonedMs;
}
