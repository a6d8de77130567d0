import { serverName } from '../../findings/impact.ts';
import { domainLabels } from '../../model/fault-domain.ts';
import { clip } from '../../model/read.ts';
import { formatDuration, formatTime, joinFirst, wrap } from '../../model/text.ts';
import type { Incident, Links } from '../incident.ts';
import { linksOf } from '../links.ts';
import type { Notification } from '../message.ts';
import type { Occurrence } from '../occurrences.ts';
import { seenFacts } from '../seen.ts';
import { type Step, stepsOf, supportLines } from '../steps.ts';
import { renderFirstLine } from './first-line.ts';

/** A screen or two. SNS accepts 256 KB for all formats together. */
const mostCharacters = 24_000;

const mostTargets = 12;
const mostSkipped = 6;
const mostListed = 6;
const mostErrors = 5;
const mostFrames = 4;

/** Wide enough for the longest label. */
const margin = 7;

/** Some lines beside a label. A row without lines is left out. */
type Row = readonly [label: string, lines: readonly string[]];

/** Rows without a blank line between them. */
type Block = readonly Row[];

/**
 * The message as plain text, in the order in which a person who was just woken up asks: what is wrong and whose fault is
 * it, what is hit and what is fine, what was seen, what do I do? Links and the text for Okta come last.
 */
export function renderEmail(notification: Notification): string {
  if (notification.kind === 'unreadable') {
    const { raw, why, links } = notification;
    const note = `The monitor received an alarm for the ${links.route} route and could not read it: ${why}. The original follows.`;
    return clip(`${wrap(note).join('\n')}\n\n${raw}`, mostCharacters);
  }
  const { incident, links, subject } = notification;
  const blocks = incident.alarm.kind === 'firing' ? firing(incident, links) : resolved(incident, links);
  const support = incident.alarm.kind === 'firing' ? supportLines(incident) : [];
  const parts = [
    [renderFirstLine(incident, subject)],
    ...blocks.map((block) => block.flatMap(renderRow)),
    support.length > 0 ? ['FOR OKTA SUPPORT (COPY AND PASTE)', ...support] : [],
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return clip(text.join('\n\n'), mostCharacters);
}

function firing(incident: Incident, links: Links): readonly Block[] {
  const { alarm, occurrences, related, gaps } = incident;
  return [
    [
      ['NOTE', (incident.note === undefined ? [] : [incident.note]).flatMap(wrapped)],
      ['ALARM', occurrences.length > 0 ? [] : wrapped(`${alarm.name}, fired at ${formatTime(alarm.changedAt)}`)],
      ['HIT', hitLines(incident)],
      ['FINE', listed(fineTargets(incident))],
      ['GAPS', gaps.flatMap(wrapped)],
      ['SILENT', incident.silent.map(({ org, since }) => `${org}, last run ${formatTime(since)}`)],
      ['LAST', lastLogLines(incident)],
      ['ERRORS', monitorErrorLines(incident)],
    ],
    [
      ['SEEN', seenFacts(incident).flatMap(wrapped)],
      ['ALSO', [...occurrences.slice(1), ...related].map(describeOccurrence)],
    ],
    [
      ['DO', numbered(stepsOf(incident))],
      ['LINKS', linkLines(incident, links)],
    ],
  ];
}

function resolved(incident: Incident, links: Links): readonly Block[] {
  return [
    [
      ['WAS', wasLines(incident)],
      ['NOTE', (incident.note === undefined ? [] : [incident.note]).flatMap(wrapped)],
      ['AGAIN', listed(incident.passingAgain)],
      ['FAILS', incident.stillFailing.flatMap(wrapped)],
      ['FINE', listed(fineTargets(incident))],
      ['GAPS', incident.gaps.flatMap(wrapped)],
      ['ALSO', incident.occurrences.slice(1).map(describeOccurrence)],
    ],
    [['LINKS', linkLines(incident, links)]],
  ];
}

/** What fails, how often and since when, and what could not be checked because of it. */
function hitLines(incident: Incident): readonly string[] {
  const { occurrences, since, startObserved, isComplete } = incident;
  const [lead] = occurrences;
  if (!lead) return [];
  const targets = lead.targets.map(({ target, count, runs }) =>
    isComplete && runs !== undefined ? `${target} (${count} of ${runs} runs)` : target,
  );
  const start = `since ${formatTime(since)}${startObserved ? '' : ' or earlier'}`;
  const explained =
    incident.explained.length > 0 ? [`by the same cause: ${joinFirst(incident.explained, mostSkipped)}`] : [];
  const skipped = Object.entries(incident.skipped).map(
    ([because, names]) => `not checked: ${joinFirst(names, mostSkipped)} (${because})`,
  );
  return [`${joinFirst(targets, mostTargets)} ${start}`, ...explained, ...skipped].flatMap(wrapped);
}

function wasLines({ code, alarm, domain, occurrences, isStartKnown, durationMs, since, until, isComplete }: Incident) {
  const [lead] = occurrences;
  const what = code === undefined ? alarm.name : `${code} (${domainLabels[domain]})`;
  const targets = (lead?.targets ?? [])
    .slice(0, mostTargets)
    .map(({ target, count }) => (isComplete ? `${target} (${count} bad ${count === 1 ? 'run' : 'runs'})` : target));
  const bounds = lead ? 'first to last bad run' : 'while the alarm was firing';
  const unknown = isStartKnown ? `from ${formatTime(since)} to an unknown time` : 'for an unknown time';
  const when =
    durationMs === undefined
      ? unknown
      : `${formatDuration(durationMs)}, ${formatTime(since)} to ${formatTime(until)}, ${bounds}`;
  return [`${what}, ${when}`, ...(targets.length > 0 ? [targets.join(', ')] : [])].flatMap(wrapped);
}

function lastLogLines({ alarm, lastLogAt }: Incident): readonly string[] {
  if (alarm.subject.kind !== 'not-running') return [];
  return Object.entries(lastLogAt).map(
    ([logGroup, last]) => `log in ${logGroup}: ${last === undefined ? 'none found' : formatTime(last)}`,
  );
}

/** The monitor's own errors, by name, with where they came from. */
function monitorErrorLines({ monitorErrors }: Incident): readonly string[] {
  return monitorErrors
    .slice(0, mostErrors)
    .flatMap(({ name, times, last, frames }) => [
      `${name}: ${times === 1 ? 'once' : `${times} times`}, last at ${formatTime(last)}`,
      ...frames.slice(0, mostFrames).map((frame) => `  ${frame.trim()}`),
    ]);
}

/** A finding that does not lead, on one line. */
function describeOccurrence({ finding, since, until, targets }: Occurrence): string {
  const where = joinFirst(
    targets.map(({ target }) => target),
    3,
  );
  const when = `${formatTime(since).slice(11, 16)} to ${formatTime(until).slice(11)}`;
  return `${finding.code} (${domainLabels[finding.domain]}) at ${where}, ${when}`;
}

function linkLines(incident: Incident, links: Links): readonly string[] {
  const { deployment, account, region } = links.monitor;
  return [
    ...linksOf(incident, links).map(({ name, target }) => `${name.padEnd(11)} ${target}`),
    `${'Monitor'.padEnd(11)} ${deployment} in account ${account}, ${region}`,
  ];
}

/** Lists the passing targets. A server whose probes all pass is named as a whole. */
function fineTargets({ stillPassing, fineServers }: Incident): readonly string[] {
  const ofServer = (server: string) => stillPassing.filter((target) => target.split(' ')[0]?.endsWith(`@${server}`));
  const whole = fineServers.filter((server) => {
    const own = ofServer(server);
    return own.length > 2 && own.every((target) => !target.includes(' '));
  });
  const named = new Set(whole.flatMap(ofServer));
  return [
    ...whole.map((server) => `all ${ofServer(server).length} probes of ${serverName(server)}`),
    ...stillPassing.filter((target) => !named.has(target)),
  ];
}

function listed(targets: readonly string[]): readonly string[] {
  return targets.length > 0 ? wrapped(joinFirst(targets, mostListed)) : [];
}

/** Steps in the order in which to take them. Commands stay on one line each, so that they can be pasted. */
function numbered(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ text, commands = [] }, at) => {
    const [first = '', ...rest] = withUrlsBeside(wrap(text, '', 78 - margin - 3));
    return [`${at + 1}. ${first}`, ...[...rest, ...commands].map((line) => `   ${line}`)];
  });
}

/** A URL stays beside its label, because no line is long enough for it anyway. */
function withUrlsBeside(lines: readonly string[]): readonly string[] {
  const isUrl = (line = '') => /^https:\/\/\S+$/.test(line);
  return lines.flatMap((line, at) => (isUrl(line) ? [] : isUrl(lines[at + 1]) ? `${line} ${lines[at + 1]}` : line));
}

function renderRow([label, lines]: Row): readonly string[] {
  return lines.map((line, at) => `${(at === 0 ? label : '').padEnd(margin)}${line}`);
}

function wrapped(value: string): readonly string[] {
  return wrap(value, '', 78 - margin);
}
