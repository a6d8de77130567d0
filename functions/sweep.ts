import type { Context } from 'aws-lambda';
import { openCloudWatch, openEventBridge, openSns } from './aws/clients.ts';
import { type AlarmSubject, alarmSubject } from './findings/alarm-subject.ts';
import { groups } from './model/probe.ts';
import { oneOf } from './model/read.ts';
import { formatClock, formatDuration } from './model/text.ts';
import { within } from './model/time-limit.ts';
import { insecureSetting } from './model/tls.ts';
import { audienceAt, audienceOfDrills } from './notify/audience.ts';
import { drilledEvidence, drillOf } from './notify/drill.ts';
import { type AlarmChange, repetitions } from './notify/event.ts';
import { gatherEvidence } from './notify/evidence.ts';
import type { Incident } from './notify/incident.ts';
import { type NextStep, newsIn, nextStep, unsentStep } from './notify/recovery.ts';
import { readSettings } from './notify/settings.ts';
import { noteSilence, silentOrgs } from './notify/silence.ts';
import { logFailure, type Outbox, tell } from './notify/tell.ts';
import { silenceSeries } from './probes/series.ts';
import { emfLines } from './runtime/emf.ts';
import { publish } from './runtime/publish.ts';
import { firingOf, messageKey, type OpenIncident } from './state/incident-item.ts';
import { type Kept, type KnownIncident, keptOf } from './state/kept.ts';
import { scanOrgs } from './state/query-state.ts';
import { monitorPartition, type StoredItem, stateTable } from './state/state-table.ts';

/** Time reserved for publishing. */
const reserveMs = 10_000;

/** How long the evidence of one incident may take, so that a service that doesn't answer leaves time for the others. */
const incidentMs = 5_000;

const cloudWatch = openCloudWatch();
const senders = { sns: openSns(), events: openEventBridge() };
const { DEPLOYMENT: deployment, LOG_GROUPS = '', GROUPS = '', REMIND_AFTER_MINUTES } = process.env;
const table = stateTable(process.env);
const watched = groups.filter((group) => GROUPS.split(',').includes(group));
const remindAfterMs = REMIND_AFTER_MINUTES ? Number(REMIND_AFTER_MINUTES) * 60_000 : undefined;

/**
 * Looks at the state of everything, each minute: it tells people of a recovery before CloudWatch sees it, repeats a page
 * that stands, and counts the schedules that have stopped.
 *
 * If it fails, it throws, and an alarm counts that. Then CloudWatch tells of the recovery, some minutes later.
 */
export async function handler(
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'> & Partial<Pick<Context, 'awsRequestId'>>,
): Promise<void> {
  if (!table) throw new Error('the environment variable STATE_TABLE is missing');
  const now = Date.now();
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs));
  const partitions = Map.groupBy(await scanOrgs(table, signal), ({ org }) => org);
  const all = [...partitions].map(([org, items]) => keptOf(org, items));
  const errors: unknown[] = [];
  const fail = (error: unknown) => void errors.push(error);
  await countSilence(all, partitions.get(monitorPartition) ?? [], now).catch(fail);
  for (const kept of all) {
    for (const known of kept.incidents.values()) {
      if (signal.aborted) {
        fail(signal.reason);
        break;
      }
      const sweep = { now, signal: within(incidentMs, signal), owner: context.awsRequestId ?? '' };
      await advance(known, kept, sweep).catch(fail);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts of the sweep failed`);
  const insecure = insecureSetting(process.env);
  if (insecure !== undefined) throw new Error(insecure);
}

/** Publishes how many schedules of each group are silent, and notes which, for the message about it. */
async function countSilence(all: readonly Kept[], monitor: readonly StoredItem[], now: number): Promise<void> {
  const orgs = all.filter(({ org }) => org !== monitorPartition);
  const silent = watched.map((group) => ({ group, silences: silentOrgs(group, orgs, now) }));
  const points = silent.map(({ group, silences }) => {
    const { identity, definition } = silenceSeries(group, deployment);
    return { identity, unit: definition.unit, value: silences.length };
  });
  // As for a run of probes: CloudWatch also takes metrics from the log.
  await publish(cloudWatch, points, now).catch(() => {
    for (const document of emfLines(points, now)) process.stdout.write(`${JSON.stringify(document)}\n`);
  });
  for (const { group, silences } of silent) {
    if (table && silences.length > 0) await noteSilence(table, group, silences, monitor, now);
  }
}

interface Sweep {
  readonly now: number;
  readonly signal: AbortSignal;
  readonly owner: string;
}

/** Tells people what comes next in an incident, if anything does. */
async function advance({ incident, stored }: KnownIncident, kept: Kept, { now, signal, owner }: Sweep): Promise<void> {
  const subject = alarmSubject(incident.alarm, deployment);
  const unsent = unsentStep(incident, now);
  const step = subject && (unsent ?? nextStep(incident, subject, kept, { now, remindAfterMs }));
  if (!step) return;
  const isNews = step === 'also' || step === 'real';
  const news = isNews && subject.kind === 'findings' ? newsIn(incident, subject, kept) : undefined;
  const { route, topicArn } = incident;
  const settings = readSettings({ ...process.env, ROUTE: route, PEOPLE_TOPIC_ARN: topicArn });
  const drilled = step === 'real' ? undefined : drillOf(incident);
  const change = { ...changeOf(step, incident, subject, now), ...(news && { news: news.code }), ...drilled };
  const sources = { cloudWatch, logGroups: LOG_GROUPS.split(','), signal };
  const firing = step === 'real' ? undefined : firingOf(incident);
  const evidence = await gatherEvidence(change, sources, { kept, ...(firing && { firing }) });
  const isForDrills = drilled?.drill && !drilled.drill.page;
  const audience = isForDrills ? audienceOfDrills(settings) : audienceAt(topicArn, settings);
  const outbox: Outbox = { ...senders, audience, table, owner };
  const isRetry = unsent !== undefined && isOfNotifier(incident);
  // Lambda has sent people the original alarm, and its end is no reason for another message.
  const isWithoutPeople = isRetry && incident.state === 'resolved';
  const telling = tell(outbox, settings, {
    ...{ change, evidence: drilled ? drilledEvidence(evidence) : evidence, stored },
    message: (unsent && incident.unsent) ?? messageKey(incident.alarm, incident.firedAt, stepKey(step, incident)),
    // CloudWatch may resolve the alarm at the same time, and nothing may be told of it after that.
    isNotedFirst: true,
    isWithoutPeople,
    after(told) {
      if (unsent) return { ...incident, unsent: undefined };
      if (step === 'real') return realIncident(incident, told, now);
      return { ...afterStep(step, incident, now), ...(news && !news.once && { isNotice: undefined }) };
    },
  });
  if (!isRetry) await telling;
  // The notifier that failed to send it has an alarm of its own.
  else await telling.catch((error: unknown) => logFailure('message-unsent', incident.alarm, error));
}

/** Whether what some receivers did not get is a message of the notifier, and not of an earlier sweep. */
function isOfNotifier({ state, unsent }: OpenIncident): boolean {
  return state === 'resolved' || unsent?.endsWith('#firing') === true;
}

function changeOf(step: NextStep, incident: OpenIncident, subject: AlarmSubject, now: number): AlarmChange {
  const { alarm: name, reason, lookBackMs, runsToAlarm, since, document, recoveredAt = now } = incident;
  const repeats = oneOf(repetitions, step);
  const lookBack = formatDuration(lookBackMs);
  const ended = incident.state === 'resolved' && { recovered: incident.toldAt };
  const times: Readonly<Partial<Record<NextStep, number>>> = { firing: incident.firedAt, ...ended };
  const notes: Readonly<Partial<Record<NextStep, string>>> = {
    ...(!ended && {
      recovered: `CloudWatch's alarm counts the last ${lookBack} and resolves later, without another message. If it fails again before, you are told once.`,
    }),
    again: `It was told to be over at ${formatClock(recoveredAt)}, and fails again. The next message is the last: when CloudWatch's alarm resolves.`,
    also: 'The alarm fires already, for something that was told. This is new.',
    real: 'The alarm fired for a drill before. This is no drill.',
    reminder: `A reminder: it has been open for ${formatDuration(now - since)}.`,
  };
  return {
    kind: step === 'recovered' ? 'resolved' : 'firing',
    ...{ name, subject, changedAt: times[step] ?? now, lookBackMs, reason, runsToAlarm, document },
    ...(notes[step] !== undefined && { note: notes[step] }),
    ...(repeats && { repeats }),
  };
}

/**
 * The incident that a drill has become.
 *
 * Trap: it fired now. Messages are sent once for each firing, and the end of the drill may have been told already.
 */
function realIncident(
  { drill: _, recoveredAt: __, ...incident }: OpenIncident,
  { since, startObserved, code }: Incident,
  now: number,
): OpenIncident {
  const found = { since, startObserved, ...(code !== undefined && { code }) };
  return { ...incident, ...found, state: 'firing', firedAt: now, toldAt: now };
}

/** CloudWatch's own recovery is the same step: the first to see it sends it. */
function stepKey(step: NextStep, { toldAt }: OpenIncident): string {
  if (step === 'recovered') return 'resolved';
  return step === 'again' ? 'again' : `${step} after ${toldAt}`;
}

function afterStep(step: NextStep, incident: OpenIncident, now: number): OpenIncident {
  if (step === 'recovered') return { ...incident, state: 'recovered', recoveredAt: now, toldAt: now };
  return step === 'again' ? { ...incident, state: 'again', toldAt: now } : { ...incident, toldAt: now };
}
