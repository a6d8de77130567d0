import { resourceName } from '../../functions/model/deployment.ts';
import { oneTimeStart } from './maintenance-schedule.ts';
import type { Receiver } from './receiver.ts';
import type { Config, Maintenance } from './schema.ts';

/** A configuration as it is deployed, and what in it is valid but probably not meant. */
export interface ReviewedConfig {
  readonly config: Config;
  /** Sentences for whoever deploys it. */
  readonly notes: readonly string[];
}

const lists = ['pages', 'tickets'] as const;

/**
 * Leaves out what would have no effect, and says what nobody would notice before an incident.
 *
 * Trap: these are no errors. A window that was right yesterday must not stop today's deployment, and people may subscribe
 * to the topics by other ways than this file.
 */
export function reviewConfig(config: Config, now: number): ReviewedConfig {
  const { alerts } = config;
  const [over, maintenance] = parted(alerts.maintenance, (window) => isOver(window, now));
  const repeated = lists.map((list) => parted(alerts[list], isRepeated));
  const [pages = [], tickets = []] = repeated.map(([, once]) => once);
  return {
    config: { ...config, alerts: { ...alerts, maintenance, pages, tickets } },
    notes: [
      ...(isExample(config) ? [exampleNote] : []),
      ...lists.flatMap((list) => (alerts[list].length === 0 ? [unreceivedNote(list, config)] : [])),
      ...lists.flatMap((list, index) => (repeated[index]?.[0] ?? []).map((each) => repeatedNote(list, each))),
      ...over.map(overNote),
    ],
  };
}

const exampleNote =
  'This is the shipped example: acme.okta.com and the addresses at example.com are not yours. Copy lib/config/example.jsonc and enter your own.';

function unreceivedNote(list: (typeof lists)[number], { deployment }: Config): string {
  const topic = resourceName(deployment, list);
  return `Nobody receives ${list}: add a receiver to alerts.${list}, or subscribe to the topic ${topic} in another way.`;
}

function repeatedNote(list: (typeof lists)[number], receiver: Receiver): string {
  const { email, https, secret } = receiver;
  return `alerts.${list} has ${email ?? https ?? secret ?? 'chat'} more than once: it gets each message once.`;
}

function overNote({ name }: Maintenance): string {
  return `The maintenance window ${name} is over and mutes nothing: remove it.`;
}

/** Nobody has this org: the example names it, and its receivers have addresses that are reserved for documentation. */
function isExample({ orgs, alerts }: Config): boolean {
  const isReserved = ({ email }: Receiver) => email?.toLowerCase().endsWith('@example.com') ?? false;
  return (
    orgs.some(({ name, domain }) => name === 'acme' && domain === 'acme.okta.com') &&
    lists.flatMap((list) => alerts[list]).some(isReserved)
  );
}

/** Whether the same receiver stands before this one. E-mail does not distinguish letters by their case. */
function isRepeated(receiver: Receiver, index: number, all: readonly Receiver[]): boolean {
  return all.findIndex((each) => keyOf(each) === keyOf(receiver)) < index;
}

function keyOf({ email, name: _, ...others }: Receiver): string {
  return email?.toLowerCase() ?? JSON.stringify(others);
}

/** Whether an `at(…)` window is over, on the clock of its time zone. */
function isOver({ schedule, durationMinutes, timeZone }: Maintenance, now: number): boolean {
  const start = oneTimeStart(schedule);
  if (start === undefined) return false;
  // The Swedish format is ISO 8601 with a space in place of the T.
  const localTime = new Date(now).toLocaleString('sv-SE', { timeZone });
  return start + durationMinutes * 60_000 <= Date.parse(`${localTime.replace(' ', 'T')}Z`);
}

/** The items for which it is so, and the others. */
function parted<Item>(
  items: readonly Item[],
  isSo: (item: Item, index: number, all: readonly Item[]) => boolean,
): readonly [Item[], Item[]] {
  return [items.filter(isSo), items.filter((item, index, all) => !isSo(item, index, all))];
}
