import { faults } from '../faults.ts';
import type { Incident, Links } from '../incident.ts';
import type { Sighting } from '../occurrences.ts';
import { durationInWords, few, timeInWords, wrap } from './text.ts';

const mostPlaces = 12;

/** What fits a line each: what, since when, where. */
export function facts(incident: Incident): readonly string[] {
  const { alarm, code, domain, sightings, heard } = incident;
  const detail = sightings[0]?.finding.detail;
  return [
    ...row('Finding', [`${code} (${faults[domain]})`]),
    ...whenRow(incident),
    ...row('Where', placeLines(incident)),
    ...row('Seen', detail === undefined ? [] : wrapped(detail)),
    ...row('Last heard', alarm.subject.kind === 'not-running' ? heardLines(heard) : []),
  ];
}

function whenRow({ alarm, since, until, sawBeginning, sightings }: Incident): readonly string[] {
  const [start, end, lasted] = [timeInWords(since), timeInWords(until), durationInWords(until - since)];
  if (alarm.kind === 'rose') {
    if (sightings.length === 0) return row('Alarm since', [end]);
    return row('Since', wrapped(`${sawBeginning ? '' : 'at least '}${start}: ${lasted} before this alarm`));
  }
  const bounds = sightings.length > 0 ? 'from the first bad run to the last' : 'while the alarm was up';
  return row('Lasted', wrapped(`${lasted}: ${start} to ${end}, ${bounds}`));
}

function placeLines({ alarm, sightings, isWhole }: Incident): readonly string[] {
  const places = sightings[0]?.places ?? [];
  const lines = places.slice(0, mostPlaces).map(({ place, seen, runs }) => {
    if (!isWhole || runs === undefined) return place;
    return `${place.padEnd(28)} ${alarm.kind === 'rose' ? `${seen} of ${runs} runs` : `${seen} bad runs`}`;
  });
  return [...lines, ...(places.length > mostPlaces ? [`and ${places.length - mostPlaces} more`] : [])];
}

function heardLines(heard: Incident['heard']): readonly string[] {
  return Object.entries(heard).map(
    ([logGroup, last]) => `${logGroup}: ${last === undefined ? 'nothing that was read' : timeInWords(last)}`,
  );
}

/** Where to read on. */
export function links({ alarm, heading, sightings }: Incident, { runbook, dashboard }: Links): readonly string[] {
  const doc = sightings[0]?.finding.doc;
  return [
    ...row('Runbook', [`${runbook}#${heading}`]),
    ...row('Dashboard', [dashboard]),
    ...row("Okta's docs", doc === undefined ? [] : [doc]),
    ...row('Alarm', [alarm.name, ...(alarm.reason === '' ? [] : wrapped(alarm.reason))]),
  ].map((line) => `  ${line}`);
}

/** A finding that does not lead, on one line. */
export function describeSighting({ finding, since, until, places }: Sighting): string {
  const where = few(
    places.map(({ place }) => place),
    3,
  );
  const when = `${timeInWords(since).slice(11, 16)} to ${timeInWords(until).slice(11)}`;
  return `  ${finding.code} (${faults[finding.domain]}) at ${where}, ${when}`;
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
