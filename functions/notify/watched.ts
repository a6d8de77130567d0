import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type IsRelevant, type Occurrence, occurrencesIn, shows } from './occurrences.ts';

/** What the alarm watches, as the log shows it: the finding that leads first. */
export function alarmOccurrences(alarm: AlarmChange, evidence: Evidence): readonly Occurrence[] {
  const [lines, counts] = [linesOf(alarm, evidence), watchedBy(alarm)];
  const { firing } = evidence;
  const sightings = occurrencesIn(lines, counts);
  if (!firing) return sightings;
  // What led when the alarm rose leads when it is over, so that both messages call the incident by one name.
  const atRise = occurrencesIn(
    lines.filter(({ time }) => time <= firing.at),
    counts,
  );
  const code = atRise[0]?.finding.code;
  return sightings.toSorted((one, other) => Number(other.finding.code === code) - Number(one.finding.code === code));
}

/** What the alarm counts. */
function watchedBy({ subject }: AlarmChange): IsRelevant {
  switch (subject.kind) {
    case 'findings':
      return ({ domain, severity }) => domain === subject.domain && severity === subject.severity;
    case 'probe':
      return (_, outcome) => outcome?.probe === subject.probe && outcome.status === 'failed';
    case 'not-running':
    case 'monitor':
      return () => false;
    default:
      return subject satisfies never;
  }
}

/**
 * The lines of this incident alone. The log that was read may begin in the one before: what was bad, and then not for as
 * long as the alarm looks back, was told of and is over.
 */
function linesOf(alarm: AlarmChange, { lines, firing }: Evidence): Evidence['lines'] {
  const counts = watchedBy(alarm);
  const roseAt = firing?.at ?? alarm.changedAt;
  const bad = lines.filter((line) => line.time <= roseAt && shows(line, counts)).map(({ time }) => time);
  const restart = bad.findLastIndex((time, at) => time - (bad[at - 1] ?? time) >= alarm.lookBackMs);
  const beginning = bad[restart] ?? Number.NEGATIVE_INFINITY;
  return lines.filter(({ time }) => time >= beginning);
}
