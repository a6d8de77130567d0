import { type AlarmSubject, alarmSubject } from '../findings/alarm-subject.ts';
import { oneOf } from '../model/read.ts';
import { formatClock, formatDuration } from '../model/text.ts';
import { firingOf, messageKey, type OpenIncident } from '../state/incident-item.ts';
import type { Kept, KnownIncident } from '../state/kept.ts';
import { drillOf } from './drill.ts';
import { type AlarmChange, repetitions } from './event.ts';
import type { Incident } from './incident.ts';
import type { Plan } from './pipeline.ts';
import { type NextStep, newsIn, nextStep, type StepOptions, unsentStep } from './recovery.ts';

export interface SweepOptions extends StepOptions {
  readonly deployment: string | undefined;
}

/** Decides on the next message about an incident. Returns undefined if none is due. */
export function planNextStep({ incident, stored }: KnownIncident, kept: Kept, options: SweepOptions): Plan | undefined {
  const { now, deployment } = options;
  const subject = alarmSubject(incident.alarm, deployment);
  const unsent = unsentStep(incident, now);
  const step = subject && (unsent ?? nextStep(incident, subject, kept, options));
  if (!step) return undefined;
  const isNews = step === 'also' || step === 'real';
  const news = isNews && subject.kind === 'findings' ? newsIn(incident, subject, kept) : undefined;
  const firing = step === 'real' ? undefined : firingOf(incident);
  const isRetry = unsent !== undefined && isOfNotifier(incident);
  return {
    change: { ...changeOf(step, incident, subject, now), ...(news && { news: news.code }) },
    known: { kept, ...(firing && { firing }) },
    drill: step === 'real' ? undefined : drillOf(incident),
    stored,
    message: (unsent && incident.unsent) ?? messageKey(incident.alarm, incident.firedAt, stepKey(step, incident)),
    // CloudWatch may resolve the alarm at the same time, and nothing may be told of it after that.
    isNotedFirst: true,
    // Lambda has sent people the original alarm, and its end is no reason for another message.
    isWithoutPeople: isRetry && incident.state === 'resolved',
    // The notifier that failed to send it has its own alarm.
    isBestEffort: isRetry,
    after(told) {
      if (unsent) return { ...incident, unsent: undefined };
      if (step === 'real') return realIncident(incident, told, now);
      return { ...afterStep(step, incident, now), ...(news && !news.once && { isNotice: undefined }) };
    },
  };
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
      recovered: `CloudWatch shows the alarm for up to ${lookBack} more, because it looks back that far. The next message comes only if it fails again.`,
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
