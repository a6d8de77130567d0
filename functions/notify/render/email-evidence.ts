import { describeExchange, supportBlock } from '../../diagnosis/support-block.ts';
import type { Exchange } from '../../model/exchange.ts';
import type { Incident } from '../incident.ts';
import { hostOf } from '../verify-command.ts';
import { formatTime } from './text.ts';

const mostPlaces = 5;
const mostFaults = 5;
const mostFrames = 4;

/** The last requests of each place that shows the finding; the very last of the first place with all its facts. */
export function evidenceLines(incident: Incident): readonly string[] {
  const places = incident.occurrences[0]?.targets ?? [];
  return places.slice(0, mostPlaces).flatMap(({ target, outcomes }, at) => {
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
  const facts = [
    failure ? `no answer: ${failure.code}` : `status ${status}`,
    error?.errorCode ?? error?.error,
    requestId && `request id ${requestId}`,
  ];
  return `${at} ${facts.filter(Boolean).join(', ')}`;
}

/** What Okta's support asks for, where they are the ones to turn to. */
export function supportLines(incident: Incident): readonly string[] {
  const { since, isComplete, occurrences } = incident;
  const [lead] = occurrences;
  const [place] = lead?.targets ?? [];
  const [outcome] = place?.outcomes ?? [];
  if (!hasSupportBlock(incident) || !lead || !place || !outcome) return [];
  const often = isComplete ? `${place.count} of ${place.runs ?? place.count} runs ` : '';
  const seen = { domain: hostOf(outcome) ?? outcome.org, frequency: `${often}since ${formatTime(since)}` };
  return supportBlock(outcome, lead.finding, seen).split('\n');
}

function hasSupportBlock({ domain, occurrences }: Incident): boolean {
  return (domain === 'okta' || domain === 'quota') && occurrences[0]?.targets[0]?.outcomes[0] !== undefined;
}

/** Errors of the monitor's own, by name and where they came from. */
export function ownFaultLines({ monitorErrors }: Incident): readonly string[] {
  return monitorErrors
    .slice(0, mostFaults)
    .flatMap(({ name, times, last, frames }) => [
      `  ${name}: ${times === 1 ? 'once' : `${times} times`}, last at ${formatTime(last)}`,
      ...frames.slice(0, mostFrames).map((frame) => `    ${frame.trim()}`),
    ]);
}
