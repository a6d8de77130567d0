import { escalations } from '../../diagnosis/findings/definition.ts';
import { describeExchange, supportBlock } from '../../diagnosis/support-block.ts';
import type { Exchange } from '../../model/exchange.ts';
import { domainLabels } from '../../model/fault-domain.ts';
import type { Incident, Links } from '../incident.ts';
import type { Notification } from '../message.ts';
import type { Occurrence } from '../occurrences.ts';
import { clip } from '../read.ts';
import { hostOf, verifyCommand } from '../verify-command.ts';
import { formatDuration, formatTime, joinFirst, wrap } from './text.ts';

/** A screen or two. SNS accepts 256 KB for all formats together. */
const mostCharacters = 24_000;

const mostTargets = 12;
const mostTargetsWithEvidence = 5;
const mostErrors = 5;
const mostFrames = 4;

/** A part of the message. It is left out when it has no lines. */
type Section = readonly [title: string | undefined, lines: readonly string[]];

/**
 * The message as plain text, in the order in which somebody who was just woken up asks: what is wrong, whose problem is
 * it, since when, what still works, what do I do? The evidence comes last.
 */
export function renderEmail(notification: Notification): string {
  if (notification.kind === 'unreadable') {
    const { raw, why, links } = notification;
    const note = `The monitor received an alarm for the ${links.route} route and could not read it: ${why}. The original follows.`;
    return clip(`${wrap(note).join('\n')}\n\n${raw}`, mostCharacters);
  }
  const { incident, links } = notification;
  const sections = incident.alarm.kind === 'firing' ? firing(incident, links) : resolved(incident, links);
  const text = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [...(title === undefined ? [] : [title]), ...lines].join('\n'))
    .join('\n\n');
  return clip(text, mostCharacters);
}

function firing(incident: Incident, links: Links): readonly Section[] {
  const { org = 'monitor', headline, occurrences, related, remedy, domain, code } = incident;
  const [lead, ...others] = occurrences;
  const command = lead && verifyCommand(code, lead.targets[0]?.outcomes[0]);
  return [
    [undefined, wrap(`${org}: ${headline}`)],
    [undefined, facts(incident)],
    ['MISSING EVIDENCE', incident.gaps.flatMap((gap) => wrap(gap, '  '))],
    ['OKTA STATUS', oktaStatusLines(incident)],
    ['STILL PASSING', listed(incident.stillPassing)],
    ['SKIPPED', skippedLines(incident)],
    ['LIKELY CAUSES', numbered(lead?.finding.causes ?? [])],
    ['WHAT TO DO', [...numbered(remedy), ...wrap(`If that does not help: ${escalations[domain]}`, '  ')]],
    ['TO VERIFY', command === undefined ? [] : [`  ${command}`]],
    ['ALSO BEHIND THIS ALARM', others.map(describeOccurrence)],
    ['ALSO FOUND IN THIS ORG (SEPARATE ALARMS)', related.map(describeOccurrence)],
    ['MONITOR ERRORS', monitorErrorLines(incident)],
    ['LINKS', linkLines(incident, links)],
    ['EVIDENCE (LATEST FIRST)', evidenceLines(incident)],
    ['FOR OKTA SUPPORT (COPY AND PASTE)', supportLines(incident)],
  ];
}

function resolved(incident: Incident, links: Links): readonly Section[] {
  const { org = 'monitor', headline, occurrences } = incident;
  return [
    [undefined, wrap(`RESOLVED ${org}: ${headline}`)],
    [undefined, facts(incident)],
    ['MISSING EVIDENCE', incident.gaps.flatMap((gap) => wrap(gap, '  '))],
    ['PASSING AGAIN', listed(incident.passingAgain)],
    ['STILL FAILING', incident.stillFailing.map((failure) => `  ${failure}`)],
    ['SKIPPED', skippedLines(incident)],
    ['STILL PASSING', listed(incident.stillPassing)],
    ['OKTA STATUS', oktaStatusLines(incident)],
    ['ALSO BEHIND THIS ALARM', occurrences.slice(1).map(describeOccurrence)],
    ['LINKS', linkLines(incident, links)],
  ];
}

/** The facts that fit on a line each. */
function facts(incident: Incident): readonly string[] {
  const { alarm, code, domain, occurrences, lastLogAt } = incident;
  const detail = occurrences[0]?.finding.detail;
  return [
    ...row('Finding', [`${code} (${domainLabels[domain]})`]),
    ...timeRow(incident),
    ...row('Where', targetLines(incident)),
    ...row('Observed', detail === undefined ? [] : wrapped(detail)),
    ...row('Last log', alarm.subject.kind === 'not-running' ? lastLogLines(lastLogAt) : []),
  ];
}

function timeRow({ alarm, since, until, isStartKnown, startObserved, occurrences }: Incident): readonly string[] {
  const [start, end, duration] = [formatTime(since), formatTime(until), formatDuration(until - since)];
  if (!isStartKnown) return row('Lasted', ['unknown']);
  if (alarm.kind === 'resolved') {
    const bounds = occurrences.length > 0 ? 'first to last bad run' : 'while the alarm was firing';
    return row('Lasted', wrapped(`${duration}, ${start} to ${end} (${bounds})`));
  }
  if (occurrences.length === 0) return row('Fired at', [end]);
  const sinceWhen = startObserved
    ? `${start}, ${duration} before this alarm`
    : `${start} or earlier, at least ${duration} before this alarm`;
  return row('Since', wrapped(sinceWhen));
}

function targetLines({ alarm, occurrences, isComplete }: Incident): readonly string[] {
  const targets = occurrences[0]?.targets ?? [];
  const lines = targets.slice(0, mostTargets).map(({ target, count, runs }) => {
    if (!isComplete || runs === undefined) return target;
    return `${target.padEnd(28)} ${alarm.kind === 'firing' ? `${count} of ${runs} runs` : `${count} bad ${count === 1 ? 'run' : 'runs'}`}`;
  });
  return [...lines, ...(targets.length > mostTargets ? [`and ${targets.length - mostTargets} more`] : [])];
}

function lastLogLines(lastLogAt: Incident['lastLogAt']): readonly string[] {
  return Object.entries(lastLogAt).map(
    ([logGroup, last]) => `${logGroup}: ${last === undefined ? 'none found' : formatTime(last)}`,
  );
}

function oktaStatusLines({ oktaStatus }: Incident): readonly string[] {
  return oktaStatus ? wrap(oktaStatus.sentence, '  ') : [];
}

function skippedLines({ skipped }: Incident): readonly string[] {
  return Object.entries(skipped).flatMap(([because, targets]) => wrap(`${targets.join(', ')}: ${because}`, '  '));
}

function linkLines({ alarm, heading, occurrences }: Incident, { runbook, dashboard }: Links): readonly string[] {
  const doc = occurrences[0]?.finding.doc;
  return [
    ...row('Runbook', [`${runbook}#${heading}`]),
    ...row('Dashboard', [dashboard]),
    ...row('Okta docs', doc === undefined ? [] : [doc]),
    ...row('Alarm', [alarm.name, ...(alarm.reason === '' ? [] : wrapped(alarm.reason))]),
  ].map((line) => `  ${line}`);
}

/** The monitor's own errors, by name, with where they came from. */
function monitorErrorLines({ monitorErrors }: Incident): readonly string[] {
  return monitorErrors
    .slice(0, mostErrors)
    .flatMap(({ name, times, last, frames }) => [
      `  ${name}: ${times === 1 ? 'once' : `${times} times`}, last at ${formatTime(last)}`,
      ...frames.slice(0, mostFrames).map((frame) => `    ${frame.trim()}`),
    ]);
}

/** A finding that does not lead, on one line. */
function describeOccurrence({ finding, since, until, targets }: Occurrence): string {
  const where = joinFirst(
    targets.map(({ target }) => target),
    3,
  );
  const when = `${formatTime(since).slice(11, 16)} to ${formatTime(until).slice(11)}`;
  return `  ${finding.code} (${domainLabels[finding.domain]}) at ${where}, ${when}`;
}

/** The last requests of each target that shows the finding. The first one has all its facts. */
function evidenceLines(incident: Incident): readonly string[] {
  const targets = incident.occurrences[0]?.targets ?? [];
  return targets.slice(0, mostTargetsWithEvidence).flatMap(({ target, outcomes }, at) => {
    const exchanges = outcomes.flatMap((outcome) => outcome.exchanges.at(-1) ?? []);
    const [last] = exchanges;
    if (!last) return [];
    const isWhole = at === 0 && !hasSupportBlock(incident);
    const [whole, brief] = isWhole ? [describeExchange(last), exchanges.slice(1)] : [[], exchanges];
    return [
      `  ${target}: ${last.method} ${last.url}`,
      ...[...whole, ...brief.map(inBrief)].map((line) => `    ${line}`),
    ];
  });
}

function inBrief({ at, status, failure, error, requestId }: Exchange): string {
  const parts = [
    failure ? `no answer: ${failure.code}` : `status ${status}`,
    error?.errorCode ?? error?.error,
    requestId && `request id ${requestId}`,
  ];
  return `${at} ${parts.filter(Boolean).join(', ')}`;
}

/** What Okta Support asks for. */
function supportLines(incident: Incident): readonly string[] {
  const { since, isComplete, occurrences } = incident;
  const [lead] = occurrences;
  const [target] = lead?.targets ?? [];
  const [outcome] = target?.outcomes ?? [];
  if (!hasSupportBlock(incident) || !lead || !target || !outcome) return [];
  const counted = isComplete ? `${target.count} of ${target.runs ?? target.count} runs ` : '';
  const seen = { domain: hostOf(outcome) ?? outcome.org, frequency: `${counted}since ${formatTime(since)}` };
  return supportBlock(outcome, lead.finding, seen).split('\n');
}

/** Okta Support can help with Okta's own problems and with limits. */
function hasSupportBlock({ domain, occurrences }: Incident): boolean {
  return (domain === 'okta' || domain === 'quota') && occurrences[0]?.targets[0]?.outcomes[0] !== undefined;
}

function listed(targets: readonly string[]): readonly string[] {
  return targets.length > 0 ? wrap(targets.join(', '), '  ') : [];
}

/** A list in the order in which to try the items. */
function numbered(items: readonly string[]): readonly string[] {
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
