import { domainLabels } from '../faults.ts';
import type { Incident, Links } from '../incident.ts';
import type { Occurrence } from '../occurrences.ts';
import { formatDuration, formatTime, joinFirst, wrap } from './text.ts';

const mostPlaces = 12;

/** What fits a line each: what, since when, where. */
export function facts(incident: Incident): readonly string[] {
  const { alarm, code, domain, occurrences, lastLogAt } = incident;
  const detail = occurrences[0]?.finding.detail;
  return [
    ...row('Finding', [`${code} (${domainLabels[domain]})`]),
    ...whenRow(incident),
    ...row('Where', placeLines(incident)),
    ...row('Seen', detail === undefined ? [] : wrapped(detail)),
    ...row('Last heard', alarm.subject.kind === 'not-running' ? heardLines(lastLogAt) : []),
  ];
}

function whenRow({ alarm, since, until, startObserved, occurrences }: Incident): readonly string[] {
  const [start, end, lasted] = [formatTime(since), formatTime(until), formatDuration(until - since)];
  if (alarm.kind === 'rose') {
    if (occurrences.length === 0) return row('Alarm since', [end]);
    return row('Since', wrapped(`${startObserved ? '' : 'at least '}${start}: ${lasted} before this alarm`));
  }
  const bounds = occurrences.length > 0 ? 'from the first bad run to the last' : 'while the alarm was up';
  return row('Lasted', wrapped(`${lasted}: ${start} to ${end}, ${bounds}`));
}

function placeLines({ alarm, occurrences, isComplete }: Incident): readonly string[] {
  const places = occurrences[0]?.targets ?? [];
  const lines = places.slice(0, mostPlaces).map(({ target, count, runs }) => {
    if (!isComplete || runs === undefined) return target;
    return `${target.padEnd(28)} ${alarm.kind === 'rose' ? `${count} of ${runs} runs` : `${count} bad runs`}`;
  });
  return [...lines, ...(places.length > mostPlaces ? [`and ${places.length - mostPlaces} more`] : [])];
}

function heardLines(heard: Incident['lastLogAt']): readonly string[] {
  return Object.entries(heard).map(
    ([logGroup, last]) => `${logGroup}: ${last === undefined ? 'nothing that was read' : formatTime(last)}`,
  );
}

/** Where to read on. */
export function links({ alarm, heading, occurrences }: Incident, { runbook, dashboard }: Links): readonly string[] {
  const doc = occurrences[0]?.finding.doc;
  return [
    ...row('Runbook', [`${runbook}#${heading}`]),
    ...row('Dashboard', [dashboard]),
    ...row("Okta's docs", doc === undefined ? [] : [doc]),
    ...row('Alarm', [alarm.name, ...(alarm.reason === '' ? [] : wrapped(alarm.reason))]),
  ].map((line) => `  ${line}`);
}

/** A finding that does not lead, on one line. */
export function describeSighting({ finding, since, until, targets }: Occurrence): string {
  const where = joinFirst(
    targets.map(({ target }) => target),
    3,
  );
  const when = `${formatTime(since).slice(11, 16)} to ${formatTime(until).slice(11)}`;
  return `  ${finding.code} (${domainLabels[finding.domain]}) at ${where}, ${when}`;
}

/** A list in the order in which it is to be tried. */
export function numbered(items: readonly string[]): readonly string[] {
  return items.flatMap((item, at) => {
    const [first = '', ...rest] = wrap(item, '     ');
    return [`  ${at + 1}. ${first.trimStart()}`, ...rest];
  });
}

function row(name: string, values: readonly string[]): readonly string[] {
  return values.map((value, at) => `${(at === 0 ? name : '').padEnd(12)}${value}`);
}

function wrapped(value: string): readonly string[] {
  return wrap(value, '', 66);
}
