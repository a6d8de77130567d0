import type { CheckedOrg } from '../check/check-orgs.ts';
import type { WatchChange, WatchRound } from '../check/watch-check.ts';
import { inWords } from '../time-words.ts';
import { placeOf } from './places.ts';
import { dim, green, red, yellow } from './text.ts';

/** One line a change: what fails since when, or what has recovered and after how long. */
export function formatChange(change: WatchChange): string {
  const { kind, finding, targets, org, region, at, since } = change;
  const where = `${org}${region === undefined ? '' : ` from ${placeOf({ region })}`}  ${targets.join(', ')}`;
  if (kind === 'recovered')
    return `${time(at)}  ${green('✓')} ${where}  ${finding.code} is over after ${inWords((at - since) / 1000)}`;
  const paint = finding.severity === 'page' ? red : yellow;
  return `${time(at)}  ${paint(finding.severity === 'page' ? '✗' : '!')} ${where}  ${paint(finding.code)}: ${finding.summary} (${finding.severity})`;
}

/** What a round could not do. */
export function formatUnchecked(at: number, { message }: Error): string {
  return `${time(at)}  ${yellow('?')} nothing was checked: ${message.replaceAll('\n', ' ')}`;
}

/** How many probes passed, as the first line of a watch and as its last. */
export function formatStanding(at: number, latest: readonly CheckedOrg[]): string {
  const outcomes = latest.flatMap((each) => each.outcomes);
  const passed = outcomes.filter(({ status }) => status === 'passed').length;
  return `${time(at)}  ${dim(`${passed} of ${outcomes.length} probes passed`)}`;
}

/** A change as one JSON document on one line. */
export function changeDocument({ kind, finding, since, at, ...others }: WatchChange): string {
  const { detail: _, ...shown } = finding;
  return JSON.stringify({ type: kind, at: iso(at), since: iso(since), ...others, finding: shown });
}

export function uncheckedDocument({ at }: WatchRound, { message }: Error): string {
  return JSON.stringify({ type: 'unchecked', at: iso(at), why: message });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** In UTC, as all times of this monitor. */
function time(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`;
}
