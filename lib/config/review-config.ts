import { composedName, resourceName } from '../../functions/model/deployment.ts';
import { type Route, routes } from '../../functions/model/finding.ts';
import type { Org } from '../../functions/model/org.ts';
import { health } from '../../functions/probes/index.ts';
import { oneTimeStart } from './maintenance-schedule.ts';
import type { Receiver } from './receiver.ts';
import { resolveOrg } from './resolve-org.ts';
import type { Config, Maintenance, OrgConfig } from './schema.ts';

/** Something in a configuration that is valid but probably not meant. */
export interface Note {
  /** What kind of note it is, so that it can be acknowledged. */
  readonly id: string;
  /** A sentence for the person who deploys. */
  readonly text: string;
}

/** A configuration as it is deployed, and what in it is probably not meant. */
export interface ReviewedConfig {
  readonly config: Config;
  readonly notes: readonly Note[];
}

export interface ReviewOptions {
  /** Milliseconds since the epoch, to find maintenance windows that are over. */
  readonly now: number;
  /** The routes whose messages go to a topic that others made, so that the configuration does not say who receives them. */
  readonly toExistingTopics?: readonly Route[];
}

/**
 * Drops settings without effect, and warns about mistakes that would otherwise go unnoticed until an incident.
 *
 * Trap: these are no errors. A window that was right yesterday must not stop today's deployment, and people may subscribe
 * to the topics by other ways than this file.
 */
export function reviewConfig(config: Config, { now, toExistingTopics = [] }: ReviewOptions): ReviewedConfig {
  const { deployment } = config;
  const [over, maintenance] = parted(config.alerts.maintenance, (window) => isOver(window, now));
  const shared = reviewReceivers(config.alerts, {
    ...{ path: 'alerts', what: '', routes: routes.filter((route) => !toExistingTopics.includes(route)) },
    topicOf: (list) => resourceName(deployment, list),
  });
  const own = config.orgs.map((org, index) => reviewOrg(org, index, deployment));
  const unchecked = config.orgs.flatMap((org, index) =>
    org.enabled ? uncheckedNotes(resolveOrg(org, config), index) : [],
  );
  const [unreceived, others] = parted(
    [...shared.notes, ...own.flatMap(({ notes }) => notes)],
    ({ id }) => id === 'no-receiver',
  );
  return {
    config: { ...config, alerts: { ...shared.alerts, maintenance }, orgs: own.map(({ org }) => org) },
    notes: [
      // First: without a receiver, nothing else matters.
      ...unreceived,
      ...(isExample(config) ? [exampleNote] : []),
      ...others,
      ...unchecked,
      ...(config.alerts.runbook === undefined ? [runbookNote] : []),
      ...over.map(overNote),
    ],
  };
}

function reviewOrg(org: OrgConfig, index: number, deployment: string) {
  if (!org.alerts) return { org, notes: [] };
  const { alerts, notes } = reviewReceivers(org.alerts, {
    ...{ path: `orgs[${index}].alerts`, what: ` about ${org.name}`, routes },
    topicOf: (list) => composedName(deployment, org.name, list),
  });
  return { org: { ...org, alerts }, notes: org.enabled ? notes : [] };
}

/** Lists what the health checks cannot read, as far as the configuration shows. */
function uncheckedNotes(org: Org, index: number): readonly Note[] {
  const { api } = org;
  if (!org.health || api?.kind !== 'client') return [];
  const wanted = health.flatMap(({ id, apiScopes }) => (apiScopes?.anyOf ?? []).map((scope) => ({ id, scope })));
  const missing = wanted.filter(({ scope }) => !api.scopes.includes(scope));
  if (missing.length === 0) return [];
  const list = (items: readonly string[]) => [...new Set(items)].join(', ');
  const text = `Health checks of ${org.name} without all of ${list(missing.map(({ id }) => id))}: to have them, grant the application of orgs[${index}].api ${list(missing.map(({ scope }) => scope))}, and add these to its scopes.`;
  return [{ id: 'health-scopes', text }];
}

type Lists = Readonly<Record<`${Route}s`, Receiver[]>>;

/** Whose receivers they are. */
interface Owner {
  readonly path: string;
  /** What their messages are about, for the end of a sentence. */
  readonly what: string;
  /** The routes for which the configuration names receivers. */
  readonly routes: readonly Route[];
  readonly topicOf: (list: string) => string;
}

/** Drops duplicate receivers, and warns about odd ones. */
function reviewReceivers<Alerts extends Lists>(
  alerts: Alerts,
  owner: Owner,
): { readonly alerts: Alerts; readonly notes: readonly Note[] } {
  const lists = routes.map((route) => {
    const list = `${route}s` as const;
    const [repeated, once] = parted(alerts[list], isRepeated);
    const isKnown = owner.routes.includes(route);
    return {
      list,
      once,
      notes: [
        ...repeated.map((receiver) => repeatedNote(list, receiver, owner)),
        ...(isKnown && once.length === 0 ? [unreceivedNote(list, owner)] : []),
        ...(isKnown && once.length > 0 && !once.some(({ kind }) => kind === 'email') ? [emailNote(list, owner)] : []),
      ],
    };
  });
  return {
    alerts: { ...alerts, ...Object.fromEntries(lists.map(({ list, once }) => [list, once])) },
    notes: lists.flatMap(({ notes }) => notes),
  };
}

const exampleNote: Note = {
  id: 'example',
  text: 'This is the shipped example: acme.okta.com and the addresses at example.com are not yours. Copy lib/config/example.jsonc and enter your own.',
};

const runbookNote: Note = {
  id: 'no-runbook',
  text: 'Messages will not link to the runbook: set alerts.runbook to the URL of your copy of docs/runbook.md.',
};

function unreceivedNote(list: string, { path, what, topicOf }: Owner): Note {
  return {
    id: 'no-receiver',
    text: `No one receives ${list}${what}: add a receiver to ${path}.${list}, such as { "email": "on-call@example.com" }, or subscribe to the topic ${topicOf(list)} in another way.`,
  };
}

/**
 * If a notifier fails, Lambda sends the raw alarm to the topic of people. E-mail shows any text; Amazon Q Developer drops
 * what is not its own document, and other tools have topics of their own.
 */
function emailNote(list: string, { path }: Owner): Note {
  return {
    id: 'no-email',
    text: `${path}.${list} has no e-mail address. If the function that writes messages fails, the original alarm reaches people only by e-mail: add an address.`,
  };
}

function repeatedNote(list: string, { email, https, secret }: Receiver, { path }: Owner): Note {
  return {
    id: 'repeated-receiver',
    text: `${path}.${list} has ${email ?? https ?? secret ?? 'chat'} more than once: it gets each message once.`,
  };
}

function overNote({ name }: Maintenance): Note {
  return { id: 'window-over', text: `The maintenance window ${name} is over and mutes nothing: remove it.` };
}

/** The example's org does not exist, and its receivers have addresses that are reserved for documentation. */
export function isExample({ orgs, alerts }: Config): boolean {
  const isReserved = ({ email }: Receiver) => email?.toLowerCase().endsWith('@example.com') ?? false;
  return (
    orgs.some(({ name, domain }) => name === 'acme' && domain === 'acme.okta.com') &&
    [...alerts.pages, ...alerts.tickets].some(isReserved)
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
