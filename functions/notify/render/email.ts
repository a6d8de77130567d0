import { escalations } from '../../diagnosis/findings/definition.ts';
import type { Incident, Links } from '../incident.ts';
import { clip } from '../read.ts';
import { verifyCommand } from '../verify-command.ts';
import { evidenceLines, ownFaultLines, supportLines } from './email-evidence.ts';
import { describeSighting, facts, links, numbered } from './email-facts.ts';
import { wrap } from './text.ts';

/** A screen or two. SNS takes 256 KB for all formats together. */
const mostCharacters = 24_000;

/** A part of the message. One without lines is left out. */
type Section = readonly [title: string | undefined, lines: readonly string[]];

/**
 * The message as plain text, in the order in which somebody who was just woken asks: what, whose, since when, what
 * still works, what to do; then the evidence.
 */
export function renderEmail(incident: Incident, to: Links): string {
  const sections = incident.alarm.kind === 'rose' ? rise(incident, to) : recovery(incident, to);
  const text = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [...(title === undefined ? [] : [title]), ...lines].join('\n'))
    .join('\n\n');
  return clip(text, mostCharacters);
}

function rise(incident: Incident, to: Links): readonly Section[] {
  const { org = 'monitor', summary, occurrences, related, stillPassing, skipped, remedy, domain, code } = incident;
  const [lead, ...others] = occurrences;
  const confirm = lead && verifyCommand(code, lead.targets[0]?.outcomes[0]);
  return [
    [undefined, wrap(`${org}: ${summary}`)],
    [undefined, facts(incident)],
    ['WHAT THIS MESSAGE LACKS', incident.gaps.flatMap((gap) => wrap(gap, '  '))],
    ["OKTA'S OWN WORD", announced(incident)],
    ['STILL WORKS', listed(stillPassing)],
    ['NOT ASKED', skips(skipped)],
    ['LIKELY CAUSES', numbered(lead?.finding.causes ?? [])],
    ['WHAT TO DO', [...numbered(remedy), ...wrap(`When that does not help: ${escalations[domain]}`, '  ')]],
    ['TO CONFIRM', confirm === undefined ? [] : [`  ${confirm}`]],
    ['ALSO BEHIND THIS ALARM', others.map(describeSighting)],
    ['ALSO FOUND IN THIS ORG, WITH ALARMS OF ITS OWN', related.map(describeSighting)],
    ["THE MONITOR'S OWN FAULTS", ownFaultLines(incident)],
    ['LINKS', links(incident, to)],
    ['EVIDENCE, THE LATEST FIRST', evidenceLines(incident)],
    ["FOR OKTA'S SUPPORT, TO COPY", supportLines(incident)],
  ];
}

function recovery(incident: Incident, to: Links): readonly Section[] {
  const { org = 'monitor', summary, occurrences, passingAgain, stillPassing, stillFailing, skipped } = incident;
  return [
    [undefined, wrap(`${org}: this is over: ${summary}`)],
    [undefined, facts(incident)],
    ['WHAT THIS MESSAGE LACKS', incident.gaps.flatMap((gap) => wrap(gap, '  '))],
    ['WORKS AGAIN', listed(passingAgain)],
    ['STILL NOT WELL', stillFailing.map((ailment) => `  ${ailment}`)],
    ['NOT ASKED', skips(skipped)],
    ['ALSO WORKS', listed(stillPassing)],
    ["OKTA'S OWN WORD", announced(incident)],
    ['OVER AS WELL', occurrences.slice(1).map(describeSighting)],
    ['LINKS', links(incident, to)],
  ];
}

function announced({ oktaStatus }: Incident): readonly string[] {
  return oktaStatus ? wrap(oktaStatus.sentence, '  ') : [];
}

function listed(places: readonly string[]): readonly string[] {
  return places.length > 0 ? wrap(places.join(', '), '  ') : [];
}

function skips(skipped: Incident['skipped']): readonly string[] {
  return Object.entries(skipped).flatMap(([because, places]) => wrap(`${places.join(', ')}: ${because}`, '  '));
}
