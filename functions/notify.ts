import type { Context } from 'aws-lambda';
import { alarmName } from './alarms/subject.ts';
import { openCloudWatch, openCloudWatchLogs, openEventBridge, openSns } from './aws/clients.ts';
import { insecureSetting } from './model/tls.ts';
import { audienceOf, audienceOfDrills } from './notify/audience.ts';
import { countConfirmed } from './notify/confirmations.ts';
import { drilledEvidence, drillIn, drillOf } from './notify/drill.ts';
import { type AlarmChange, readRecord } from './notify/event.ts';
import { type Gap, gatherEvidence, type Sources } from './notify/evidence.ts';
import { decide, firingOf, type OpenIncident } from './notify/incident-item.ts';
import { isUninterrupted, type Kept, partitionOf, readKept } from './notify/kept.ts';
import { composeMessage, composeUnreadable } from './notify/message.ts';
import { isNotice } from './notify/occurrences.ts';
import { hasMessages } from './notify/query-state.ts';
import { asRecord } from './notify/read.ts';
import type { Audience } from './notify/sendings.ts';
import { readSettings } from './notify/settings.ts';
import { noteIncident, sendToAll, tell } from './notify/tell.ts';
import { stateTable } from './runtime/state-table.ts';

/** Time reserved for publishing: complete evidence is worth less than a message that is sent. */
const reserveMs = 10_000;

/** How long the state table may take. The logs are slower, and must still be read if it fails. */
const tableMs = 6_000;

const settings = readSettings(process.env);
const [logs, cloudWatch] = [openCloudWatchLogs(), openCloudWatch()];
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
  const sources = { logs, cloudWatch, logGroups: settings.logGroups, signal: AbortSignal.timeout(readMs) };
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
    if (read.kind === 'unreadable') await sendToAll(senders, audience, composeUnreadable(read.raw, read.why, settings));
    else await handleChange(read, sources, audience, context.awsRequestId ?? '');
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

async function handleChange(change: AlarmChange, sources: Sources, audience: Audience, owner: string): Promise<void> {
  const { kept, gap } = await readTable(change);
  const known = kept?.incidents.get(change.name);
  const muted = kept !== undefined && !known && (await wasMuted(change, kept));
  const decision = decide(change, known?.incident, muted);
  const open = known && known.incident.state !== 'resolved' ? known.incident : undefined;
  if (decision === 'nothing') return;
  const resolved = open && { ...open, state: 'resolved' as const, toldAt: change.changedAt };
  if (decision === 'close') {
    if (resolved) await noteIncident(table, change, resolved, known?.stored);
    return;
  }
  const isFiring = change.kind === 'firing';
  const firing = !isFiring && open ? firingOf(open) : undefined;
  const evidence = await gatherEvidence(change, sources, {
    ...(kept && { kept }),
    ...(gap && { gap }),
    ...(firing && { firing }),
  });
  const found = open && !isFiring ? drillOf(open) : drillIn(change, evidence);
  const drill = found?.drill;
  const outbox = { ...senders, audience: drill && !drill.page ? audienceOfDrills(settings) : audience, table, owner };
  await tell(outbox, settings, {
    change: { ...change, ...found },
    evidence: drill ? drilledEvidence(evidence) : evidence,
    stored: known?.stored,
    step: isFiring ? 'firing' : open?.state === 'again' ? 'resolved again' : 'resolved',
    firedAt: (isFiring ? undefined : open?.firedAt) ?? change.changedAt,
    after: ({ since, startObserved, code, occurrences }): OpenIncident | undefined =>
      isFiring
        ? {
            ...{ alarm: change.name, state: 'firing', route: settings.route },
            topicArn: audience.peopleTopicArn,
            ...{ firedAt: change.changedAt, toldAt: change.changedAt, since, startObserved },
            ...{ reason: change.reason, lookBackMs: change.lookBackMs, runsToAlarm: change.runsToAlarm ?? 2 },
            ...(code !== undefined && { code }),
            ...(isNotice(occurrences) && { isNotice: true as const }),
            ...(drill && { drill }),
            document: change.document,
          }
        : resolved,
  });
}

/**
 * Whether an alarm was muted when it fired: it is one that maintenance mutes, and the table, which was written all the time,
 * knows of no message about it. If that cannot be found out, it was not.
 */
async function wasMuted({ kind, name, subject, changedAt }: AlarmChange, kept: Kept): Promise<boolean> {
  const isMutable = ['findings', 'probe-failing', 'burn-rate'].includes(subject.kind);
  if (kind === 'firing' || !isMutable || !table || !isUninterrupted(kept, changedAt)) return false;
  return hasMessages(table, kept.org, name, AbortSignal.timeout(tableMs)).then(
    (has) => !has,
    () => false,
  );
}

/** What the state table knows, or why it cannot be read. */
async function readTable({ subject }: AlarmChange): Promise<{ readonly kept?: Kept; readonly gap?: Gap }> {
  if (!table) return {};
  try {
    return { kept: await readKept(table, partitionOf(subject), AbortSignal.timeout(tableMs)) };
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown error';
    const sentence = `the state table could not be read (${why}): this message is written from the logs`;
    return { gap: { kind: 'unreadable', sentence } };
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

/** An alarm that resolves needs all evidence: every log group, and the alarm's history. No org has this name. */
function selfTestChange(now: number): AlarmChange {
  const subject = { kind: 'not-running', org: '-' } as const;
  const name = alarmName(subject, settings.monitor.deployment);
  return { kind: 'resolved', name, subject, changedAt: now, lookBackMs: 5 * 60_000, reason: 'self-test', document: {} };
}
