import { asRecord, text, timestamp } from '../model/read.ts';
import { getItem, type ItemKey, putItem, type StateTable, type StoredItem } from '../state/state-table.ts';

/** How long the table may take for each step. */
const stepMs = 2_000;

/** SNS and Lambda may repeat an event for hours. */
const keptMs = 24 * 60 * 60_000;

/** A sender that began this long ago will not finish: Lambda gives up an event after five minutes. */
const abandonedMs = 5 * 60_000;

/** Something that must be sent, and who sends it. */
export interface Sending {
  readonly key: ItemKey;
  /** The id of the Lambda request: it is the same when Lambda tries again. */
  readonly owner: string;
  readonly now: number;
}

/** Whether the item of a message says that a process has claimed it and may still send it. */
export function isBeingSent(body: unknown, now: number): boolean {
  const { done, claimed } = asRecord(body);
  return done !== true && now - (timestamp(asRecord(claimed).at) ?? 0) < abandonedMs;
}

/** Whether something is sent: by this call, by an earlier one, or perhaps by another process, which has claimed it. */
export type Sent = 'now' | 'before' | 'elsewhere';

/** Returns whether something was sent before, and sends nothing. */
export async function wasSent(table: StateTable | undefined, key: ItemKey): Promise<Sent> {
  const stored = table && (await getItem(table, key, AbortSignal.timeout(stepMs)));
  return asRecord(stored?.body).done === true ? 'before' : 'elsewhere';
}

/**
 * Sends something unless it was sent before, or another process is sending it. Throws the error of `send`.
 *
 * A send is claimed in the table first, and marked as done after it. If the sender ends in between, its own retry sends
 * again: Lambda repeats the request with the same id. A send that fails gives up its claim. If the table fails, it is
 * sent: a duplicate is better than a loss.
 */
export async function sendOnce(
  table: StateTable | undefined,
  { key, owner, now }: Sending,
  send: () => Promise<void>,
): Promise<Sent> {
  const claim = { owner, claimed: { at: new Date(now).toISOString() } };
  const read = async () => table && getItem(table, key, AbortSignal.timeout(stepMs));
  const put = async (body: object, previous: StoredItem | undefined) =>
    table && putItem(table, key, body, { previous, expiresAt: now + keptMs }, AbortSignal.timeout(stepMs));
  let claimed: StoredItem | undefined;
  try {
    let previous: StoredItem | undefined;
    if (table && !(await put(claim, undefined))) {
      previous = await read();
      const { done, owner: other } = asRecord(previous?.body);
      if (done === true) return 'before';
      if (text(other) !== owner && isBeingSent(previous?.body, now)) return 'elsewhere';
      // Another process may have been faster in taking over.
      if (!(await put(claim, previous))) return 'elsewhere';
    }
    claimed = { ...key, body: claim, revision: (previous?.revision ?? 0) + 1 };
  } catch {
    // The table fails, so it is sent without a claim.
  }
  try {
    await send();
  } catch (error) {
    const released = { ...claim, claimed: { at: new Date(0).toISOString() } };
    if (claimed) await put(released, claimed).catch(() => {});
    throw error;
  }
  // Without this note, a repeated event sends it again.
  await Promise.resolve(claimed ?? read())
    .then((previous) => put({ ...claim, done: true }, previous))
    .catch(() => {});
  return 'now';
}
