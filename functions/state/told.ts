import { getItem, type ItemKey, putItem, type StateTable } from './state-table.ts';

/** The notices that were sent for an org, with their times: keys such as `certificate payroll#14`. */
export type Told = ReadonlyMap<string, string>;

/** Longer than any notice stays true: the last step of an expiry, and a certificate that lives for a year. */
const keptMs = 400 * 24 * 60 * 60_000;

/** How long the table may take. */
const timeoutMs = 2_000;

/** Trap: those who write messages read only items whose names come before `message#`. */
export const toldItem = 'findings#told';

function keyOf(org: string): ItemKey {
  return { org, item: toldItem };
}

/** Throws AWS's errors. */
export async function readTold(table: StateTable, org: string): Promise<Told> {
  return toldIn((await getItem(table, keyOf(org), AbortSignal.timeout(timeoutMs)))?.body);
}

/**
 * Notes that people have been told. Throws AWS's errors, and an error if others write all the time.
 *
 * @param now milliseconds since the epoch
 */
export function noteTold(table: StateTable, org: string, keys: readonly string[], now: number): Promise<void> {
  const added = keys.map((key) => [key, new Date(now).toISOString()] as const);
  // The first notice keeps its time.
  return change(table, org, now, (told) => [...added, ...told]);
}

/** Forgets notices whose cause is gone, so that they are sent again if it returns. Throws as `noteTold` does. */
export function forgetTold(table: StateTable, org: string, keys: readonly string[], now: number): Promise<void> {
  return change(table, org, now, (told) => told.filter(([key]) => !keys.includes(key)));
}

async function change(
  table: StateTable,
  org: string,
  now: number,
  changed: (told: readonly (readonly [string, string])[]) => readonly (readonly [string, string])[],
): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const previous = await getItem(table, keyOf(org), AbortSignal.timeout(timeoutMs));
    const told = [...toldIn(previous?.body)].filter(([, at]) => now - Date.parse(at) < keptMs);
    const body = { told: Object.fromEntries(changed(told)) };
    const options = { previous, expiresAt: now + keptMs };
    if (await putItem(table, keyOf(org), body, options, AbortSignal.timeout(timeoutMs))) return;
  }
  throw new ToldContended();
}

/** Others noted something at the same time, again and again. */
class ToldContended extends Error {
  override readonly name = 'ToldContended';
}

/** Trap: an item that was changed by hand may hold anything. */
export function toldIn(body: unknown): Told {
  const { told } = Object(body) as { readonly told?: unknown };
  const entries = Object.entries(Object(told) as Readonly<Record<string, unknown>>);
  return new Map(
    entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && !Number.isNaN(Date.parse(entry[1])),
    ),
  );
}
