import type { Context } from 'aws-lambda';
import { openCloudWatch, openEventBridge, openSns } from './aws/clients.ts';
import { alarmName } from './findings/alarm-subject.ts';
import type { DrillFacts } from './model/log-line.ts';
import { asRecord } from './model/read.ts';
import { formatClock } from './model/text.ts';
import { insecureSetting } from './model/tls.ts';
import { audienceOf, audienceOfDrills } from './notify/audience.ts';
import { countConfirmed } from './notify/confirmations.ts';
import { decide } from './notify/decide.ts';
import { drilledEvidence, drillIn, drillOf } from './notify/drill.ts';
import { type AlarmChange, readRecord } from './notify/event.ts';
import { type Gap, gatherEvidence, type Sources } from './notify/evidence.ts';
import type { Incident } from './notify/incident.ts';
import { composeMessage, composeUnreadable } from './notify/message.ts';
import { isNotice } from './notify/occurrences.ts';
import { isBeingSent } from './notify/send-once.ts';
import { readSettings } from './notify/settings.ts';
import { noteIncident, type Outbox, sendToAll, tell } from './notify/tell.ts';
import { firingOf, messageKey, type OpenIncident } from './state/incident-item.ts';
import { isUninterrupted, type Kept, partitionOf, readKept } from './state/kept.ts';
import { queryMessages } from './state/query-state.ts';
import { stateTable } from './state/state-table.ts';

/** Time reserved for publishing: complete evidence is worth less than a message that is sent. */
const reserveMs = 10_000;

/** How long the state table may take. */
const tableMs = 6_000;

/** How often a change is handled anew because another process noted something meanwhile. */
const attempts = 3;

const settings = readSettings(process.env);
const cloudWatch = openCloudWatch();
const senders = { sns: openSns(), events: openEventBridge() };
const table = stateTable(process.env);

/**
 * Notifies people of an alarm. SNS calls it with CloudWatch's message; it reads what the probes reported, and publishes
 * what the alarm means.
 *
 * When it cannot read something, the message says so. When an outlet fails, the others still get the message, and it
 * throws: Lambda tries again and finally sends the original event. `{"selfTest": true}` does everything but send, and throws when a permission is missing;
 * `receivers` of an event are compared with the confirmed subscriptions. For an event that is none of these, it returns
 * what is wrong and publishes nothing.
 */
export async function handler(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'> & Partial<Pick<Context, 'awsRequestId'>>,
): Promise<string | undefined> {
  const readMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs);
  const sources = { cloudWatch, logGroups: settings.logGroups, signal: AbortSignal.timeout(readMs) };
  const { selfTest, receivers, Records } = asRecord(event);
  if (selfTest === true || receivers !== undefined) {
    if (selfTest === true) await testItself(sources);
    await countConfirmed(senders.sns, receivers, settings.topicArn, settings.monitor.deployment);
    return undefined;
  }
  const records = Array.isArray(Records) ? Records.filter((record) => 'Sns' in asRecord(record)) : [];
  if (records.length === 0) return refused(event);
  for (const record of records) {
    const read = readRecord(record, settings.monitor.deployment);
    if (read.kind === 'ignored') continue;
    const audience = audienceOf(record, settings);
    const outbox = { ...senders, audience, table, owner: context.awsRequestId ?? '' };
    if (read.kind === 'unreadable') {
      await sendToAll(outbox, `unreadable#${read.id}`, composeUnreadable(read.raw, read.why, settings));
      continue;
    }
    // Each attempt begins with what another process has noted. What was sent is not sent again.
    for (let attempt = 0; attempt < attempts; attempt += 1) if (await handleChange(read, sources, outbox)) break;
  }
  return undefined;
}

/**
 * What is wrong with an event that SNS did not send. Somebody invoked the function by hand, or set a wrong target.
 *
 * Trap: it is no error, because Lambda would send the event of a failed run to people, and no alarm is in it.
 */
function refused(event: unknown): string {
  const found = 'servers' in asRecord(event) ? 'for a function that runs probes' : 'not from SNS';
  const note = `The event is ${found}: this function writes messages about alarms, and tests itself with {"selfTest": true}.`;
  process.stdout.write(`${JSON.stringify({ type: 'event', note })}\n`);
  return note;
}

/** Returns false if another process has noted something else since this one read the table. */
async function handleChange(change: AlarmChange, sources: Sources, outbox: Outbox): Promise<boolean> {
  const { kept, gap } = await readTable(change);
  const known = kept?.incidents.get(change.name);
  const decision = decide(change, known?.incident, await isUntold(change, kept, known?.incident));
  if (decision === 'nothing') return true;
  const isOpen = known && (known.incident.state !== 'resolved' || known.incident.toldAt === change.changedAt);
  const open = isOpen ? known.incident : undefined;
  if (decision === 'note') {
    const untold = { isUntold: true, firedAt: known?.incident.toldAt ?? 0 } as const;
    const ended = { ...endOf(change, open, outbox), ...(!open && untold) };
    return (await noteIncident(table, change, ended, known?.stored)) !== 'contended';
  }
  const tellOf = async (
    { note, ...told }: AlarmChange,
    of: OpenIncident | undefined,
    after: (incident: Incident, drill: DrillFacts | undefined) => OpenIncident | undefined,
  ) => {
    const isFiring = told.kind === 'firing';
    const evidence = await gatherEvidence(told, sources, {
      ...(kept && { kept }),
      ...(gap && { gap }),
      ...(!isFiring && of && { firing: firingOf(of) }),
    });
    const found = of && !isFiring ? drillOf(of) : drillIn(told, evidence);
    const drill = found?.drill;
    const step = isFiring ? 'firing' : of?.state === 'again' ? 'resolved again' : 'resolved';
    const firedAt = (isFiring ? undefined : of?.firedAt) ?? told.changedAt;
    return tell(drill && !drill.page ? { ...outbox, audience: audienceOfDrills(settings) } : outbox, settings, {
      change: { ...told, ...(note !== undefined && { note }), ...found },
      evidence: drill ? drilledEvidence(evidence) : evidence,
      stored: known?.stored,
      message: (of?.state === 'resolved' ? of.unsent : undefined) ?? messageKey(told.name, firedAt, step),
      after: (incident) => after(incident, drill),
    });
  };
  if (change.kind === 'resolved') return tellOf(change, open, () => endOf(change, open, outbox));
  if (decision === 'tell') return tellOf(change, open, (...found) => begunOf(change, outbox, ...found));
  // Its end is known already. Nothing is noted in between, so that a retry tells both again, each receiver once.
  const { toldAt: changedAt = change.changedAt, reason = '' } = known?.incident ?? {};
  const begun: OpenIncident[] = [];
  const note = `It ended at ${formatClock(changedAt)}, before this message could be sent.`;
  const failure = await tellOf({ ...change, note }, undefined, (...found) => {
    begun.push(begunOf(change, outbox, ...found));
    return undefined;
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const ended: AlarmChange = { ...change, kind: 'resolved', changedAt, reason };
  const isNoted = await tellOf(ended, begun[0], () => endOf(ended, begun[0], outbox));
  if (failure) throw failure;
  return isNoted;
}

function begunOf(
  { name, changedAt, reason, lookBackMs, runsToAlarm = 2, document }: AlarmChange,
  { audience }: Outbox,
  { since, startObserved, code, occurrences }: Pick<Incident, 'since' | 'startObserved' | 'code' | 'occurrences'>,
  drill: DrillFacts | undefined,
): OpenIncident {
  return {
    ...{ alarm: name, state: 'firing', route: settings.route, topicArn: audience?.peopleTopicArn ?? '' },
    ...{ firedAt: changedAt, toldAt: changedAt, since, startObserved, reason, lookBackMs, runsToAlarm, document },
    ...(code !== undefined && { code }),
    ...(isNotice(occurrences) && { isNotice: true as const }),
    ...(drill && { drill }),
  };
}

/** An incident once its alarm has resolved, also if no more is known of it. */
function endOf(change: AlarmChange, open: OpenIncident | undefined, outbox: Outbox): OpenIncident {
  const { changedAt } = change;
  const unknown = { since: changedAt, startObserved: false, occurrences: [] };
  const { unsent: _, ...incident } = open ?? begunOf({ ...change, document: {} }, outbox, unknown, undefined);
  return { ...incident, state: 'resolved', toldAt: changedAt };
}

/**
 * Whether people were not told that an alarm fired which now resolves: another process is still sending that, or no message
 * was sent since the last incident, because of a mute window. The latter counts only for alarms that maintenance mutes, and
 * if the table was written all the time. If it cannot be found out, they were told.
 */
async function isUntold(
  { kind, before, name, subject, changedAt }: AlarmChange,
  kept: Kept | undefined,
  last: OpenIncident | undefined,
): Promise<boolean> {
  if (kind === 'firing' || before !== 'ALARM' || !table || !kept || (last && last.state !== 'resolved')) return false;
  const isMutable = ['findings', 'probe-failing', 'burn-rate'].includes(subject.kind);
  try {
    const signal = AbortSignal.timeout(tableMs);
    const messages = await queryMessages(table, kept.org, { alarm: name, since: last?.toldAt ?? 0 }, signal);
    if (messages.length === 0) return isMutable && isUninterrupted(kept, changedAt);
    return messages.some(({ body }) => isBeingSent(body, Date.now()));
  } catch {
    return false;
  }
}

/** What the state table knows, or why it cannot be read. */
async function readTable({ subject }: AlarmChange): Promise<{ readonly kept?: Kept; readonly gap?: Gap }> {
  if (!table) return {};
  try {
    return { kept: await readKept(table, partitionOf(subject), AbortSignal.timeout(tableMs)) };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown error';
    const [logGroup = ''] = settings.logGroups;
    const sentence = `the state table could not be read (${why}): see ${logGroup} and the logs of the other probes`;
    return { gap: { kind: 'unreadable', sentence, logGroup } };
  }
}

async function testItself(sources: Sources): Promise<void> {
  const change = selfTestChange(Date.now());
  const evidence = await gatherEvidence(change, sources, await readTable(change));
  composeMessage(change, evidence, settings);
  const unreadable = evidence.gaps.filter(({ kind }) => kind === 'unreadable').map(({ sentence }) => sentence);
  const problems = [...unreadable, insecureSetting(process.env) ?? []].flat();
  if (problems.length > 0) throw new Error(`the self-test failed: ${problems.join('; ')}`);
}

/** An alarm that resolves needs all evidence: the state table, and the alarm's history. No org has this name. */
function selfTestChange(now: number): AlarmChange {
  const subject = { kind: 'not-running', org: '-' } as const;
  const name = alarmName(subject, settings.monitor.deployment);
  return { kind: 'resolved', name, subject, changedAt: now, lookBackMs: 5 * 60_000, reason: 'self-test', document: {} };
}
