import { formatClock } from '../model/text.ts';
import { firingOf, messageKey, type OpenIncident } from '../state/incident-item.ts';
import { type Kept, type KnownIncident, partitionOf, readKept } from '../state/kept.ts';
import type { StateTable, StoredItem } from '../state/state-table.ts';
import { audienceOfDrills } from './audience.ts';
import { begunOf, decide, endOf, isUntold, tableMs } from './decide.ts';
import { type DrillInEvidence, drilledEvidence, drillIn, drillOf } from './drill.ts';
import type { AlarmChange } from './event.ts';
import { type Evidence, type Gap, gatherEvidence, type Known, type Sources } from './evidence.ts';
import { type Incident, incidentOf } from './incident.ts';
import { composeIncident } from './message.ts';
import type { Settings } from './settings.ts';
import { planNextStep, type SweepOptions } from './sweep-plan.ts';
import { logFailure, noteIncident, type Outbox, tell } from './tell.ts';

/** The tools of the stages. */
export interface Services {
  readonly settings: Settings;
  readonly sources: Sources;
  readonly outbox: Outbox;
}

/** A message to send: its subject, the facts known before the evidence, and the note to write after it. */
export interface Plan {
  readonly change: AlarmChange;
  readonly known: Known;
  /** The drill's part in it, or that the evidence decides. */
  readonly drill: DrillInEvidence | 'by evidence' | undefined;
  /** The incident as it was read. */
  readonly stored: StoredItem | undefined;
  /** The key of the message: see `messageKey`. Each message is sent once. */
  readonly message: string;
  /** Returns the incident as people know it after the message. */
  after(incident: Incident, drill: DrillInEvidence['drill']): OpenIncident | undefined;
  readonly isNotedFirst?: boolean;
  readonly isWithoutPeople?: boolean;
  /** An error of sending is logged and not thrown: another function has an alarm about it. */
  readonly isBestEffort?: boolean;
}

/**
 * Notifies of an alarm's change, in stages: read → decide → gather → interpret → render → send. Returns false if another
 * process has noted something else since this one read the table.
 */
export async function notifyOfChange(change: AlarmChange, services: Services): Promise<boolean> {
  const read = await readTable(services.outbox.table, change, services.settings.logGroups);
  const known = read.kept?.incidents.get(change.name);
  const decision = decide(
    change,
    known?.incident,
    await isUntold(services.outbox.table, change, read.kept, known?.incident),
  );
  const open = openIncident(change, known);
  if (decision === 'nothing') return true;
  if (decision === 'note') return noteEnd(change, known, open, services);
  if (decision === 'tell both') return carryOutBoth(change, read, known, services);
  return carryOut(planOfChange(change, read, known?.stored, open, services), services);
}

/** Advances an open incident once a minute, in the same stages. What to read has been read for all incidents. */
export async function sweepIncident(
  known: KnownIncident,
  kept: Kept,
  options: SweepOptions,
  servicesFor: (incident: OpenIncident) => Services,
): Promise<void> {
  const plan = planNextStep(known, kept, options);
  if (plan) await carryOut(plan, servicesFor(known.incident));
}

/** Gathers evidence, interprets it, renders and sends the message. */
async function carryOut(plan: Plan, { settings, sources, outbox }: Services): Promise<boolean> {
  const evidence = await gatherEvidence(plan.change, sources, plan.known);
  const { incident, drill } = interpret(plan, evidence);
  const notification = composeIncident(incident, settings);
  const isForDrills = drill !== undefined && !drill.page;
  const sending = tell(isForDrills ? { ...outbox, audience: audienceOfDrills(settings) } : outbox, {
    incident,
    notification,
    message: plan.message,
    stored: plan.stored,
    after: plan.after(incident, drill),
    isNotedFirst: plan.isNotedFirst ?? false,
    isWithoutPeople: plan.isWithoutPeople ?? false,
  });
  if (!plan.isBestEffort) return sending;
  return sending.catch((error: unknown) => {
    logFailure('message-unsent', plan.change.name, error);
    return true;
  });
}

function interpret({ change, drill }: Plan, evidence: Evidence) {
  const found = drill === 'by evidence' ? drillIn(change, evidence) : drill;
  const shown = found?.drill ? drilledEvidence(evidence) : evidence;
  return { incident: incidentOf({ ...change, ...found }, shown), drill: found?.drill };
}

/** Returns the contents of the state table, or why it cannot be read. */
export async function readTable(
  table: StateTable | undefined,
  { subject }: AlarmChange,
  logGroups: readonly string[],
): Promise<{ readonly kept?: Kept; readonly gap?: Gap }> {
  try {
    if (!table) throw Object.assign(new Error(), { name: 'STATE_TABLE is not set' });
    return { kept: await readKept(table, partitionOf(subject), AbortSignal.timeout(tableMs)) };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown error';
    const [logGroup = ''] = logGroups;
    const sentence = `the state table could not be read (${why}): see ${logGroup} and the logs of the other probes`;
    return { gap: { kind: 'unreadable', sentence, logGroup } };
  }
}

/** The incident that the change is about, if it is known and not over. */
function openIncident({ changedAt }: AlarmChange, known: KnownIncident | undefined): OpenIncident | undefined {
  const isOpen = known && (known.incident.state !== 'resolved' || known.incident.toldAt === changedAt);
  return isOpen ? known.incident : undefined;
}

/** Notes that an alarm has resolved, without a message. */
async function noteEnd(
  change: AlarmChange,
  known: KnownIncident | undefined,
  open: OpenIncident | undefined,
  { settings, outbox }: Services,
): Promise<boolean> {
  const untold = { isUntold: true, firedAt: known?.incident.toldAt ?? 0 } as const;
  const ended = { ...endOf(change, open, { ...outbox, route: settings.route }), ...(!open && untold) };
  return (await noteIncident(outbox.table, change, ended, known?.stored)) !== 'contended';
}

/** The contents of the state table, and the gap if it cannot be read. */
type Read = Pick<Known, 'kept' | 'gap'>;

function planOfChange(
  change: AlarmChange,
  read: Read,
  stored: StoredItem | undefined,
  open: OpenIncident | undefined,
  { settings, outbox }: Services,
): Plan {
  const told = { ...outbox, route: settings.route };
  if (change.kind === 'firing') {
    return {
      ...{ change, known: read, drill: 'by evidence', stored },
      message:
        (open?.state === 'resolved' ? open.unsent : undefined) ?? messageKey(change.name, change.changedAt, 'firing'),
      after: (incident, drill) => begunOf(change, told, incident, drill),
    };
  }
  const step = open?.state === 'again' ? 'resolved again' : 'resolved';
  const { unsent, firedAt = change.changedAt } = { ...open };
  return {
    ...{ change, known: { ...read, ...(open && { firing: firingOf(open) }) }, stored },
    drill: open ? drillOf(open) : 'by evidence',
    message: (open?.state === 'resolved' ? unsent : undefined) ?? messageKey(change.name, firedAt, step),
    after: () => endOf(change, open, told),
  };
}

/**
 * Announces an alarm that fired and whose end is known already. Writes no note in between, so that a retry announces both
 * again, each receiver once.
 */
async function carryOutBoth(
  change: AlarmChange,
  read: Read,
  known: KnownIncident | undefined,
  services: Services,
): Promise<boolean> {
  const { toldAt: changedAt = change.changedAt, reason = '' } = known?.incident ?? {};
  const note = `It ended at ${formatClock(changedAt)}, before this message could be sent.`;
  const begin = planOfChange({ ...change, note }, read, known?.stored, undefined, services);
  let begun: OpenIncident | undefined;
  const after: Plan['after'] = (...found) => {
    begun = begin.after(...found);
    return undefined;
  };
  const [failure] = await carryOut({ ...begin, after }, services).then(
    () => [],
    (error: unknown) => [error],
  );
  const ended: AlarmChange = { ...change, kind: 'resolved', changedAt, reason };
  const isNoted = await carryOut(planOfChange(ended, read, known?.stored, begun, services), services);
  if (failure) throw failure;
  return isNoted;
}
