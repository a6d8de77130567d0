import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { CheckedOrg } from './check/check-orgs.ts';
import { type WatchChange, type WatchOptions, type WatchRound, watchChecks } from './check/watch-check.ts';
import { interrupted, type Output } from './command.ts';
import { type CheckCall, checkDocument, formatVerdict, isFine } from './reporters/check.ts';
import { placeOf } from './reporters/outcomes.ts';
import { showProgress } from './reporters/progress.ts';
import { dim, green, inWords, red, yellow } from './reporters/text.ts';

export interface WatchCall extends Omit<WatchOptions, 'now' | 'wait' | 'signal'> {
  readonly call: CheckCall;
  /** One JSON document a line instead of text. */
  readonly json: boolean;
  /** Ends the watch. By default, Ctrl-C and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/**
 * Repeats a check until Ctrl-C and prints changes. Returns the exit code of the last check: 0 if
 * there is nothing to fail on, 1 if there is, and 2 if the last round could not check.
 */
export async function watchCheck(
  { call, json, signal = interrupted().signal, ...options }: WatchCall,
  { stdout, stderr }: Output,
): Promise<number> {
  using progress = showProgress(stderr);
  const print = (line: string) => {
    progress.clear();
    stdout.write(`${line}\n`);
  };
  const wait = async (ms: number, until: AbortSignal) => {
    await delay(ms, undefined, { signal: until }).catch(() => {});
  };
  const format = json ? jsonFormat : textFormat;
  let rounds = 0;
  // Until a round has ended, nothing is known.
  let code = 2;
  let latest: Parameters<typeof isFine>[0] = [];
  for await (const round of watchChecks({ ...options, wait, signal, now: Date.now })) {
    rounds += 1;
    latest = round.latest;
    code = round.checked instanceof ConfigError ? 2 : isFine(latest, call.failOn) ? 0 : 1;
    if (round.checked instanceof ConfigError) print(format.unchecked(round, round.checked));
    for (const change of round.changes) print(format.change(change));
    const standing = formatStanding(round.at, latest);
    if (rounds === 1 && !json) print(standing);
    // A log needs the changes only.
    if (stderr.isTTY) progress.update(`${standing}; every ${options.everyMs / 1000} s, until Ctrl-C`);
  }
  if (rounds === 0 && !json) print('Nothing was checked.');
  else print(format.end(latest, call, { passed: code === 0, rounds }));
  return code;
}

/** The lines that a watch prints. */
interface Format {
  unchecked(round: WatchRound, error: ConfigError): string;
  change(change: WatchChange): string;
  end(
    latest: WatchRound['latest'],
    call: CheckCall,
    ended: { readonly passed: boolean; readonly rounds: number },
  ): string;
}

const textFormat: Format = {
  unchecked: ({ at }, error) => formatUnchecked(at, error),
  change: formatChange,
  end: (latest, call) => ['', ...formatVerdict(latest, call)].join('\n'),
};

const jsonFormat: Format = {
  unchecked: uncheckedDocument,
  change: changeDocument,
  end: (latest, call, ended) => JSON.stringify({ type: 'ended', ...ended, ...checkDocument(latest, call) }),
};

/** Formats one change: a target that fails and since when, or that recovered and after how long. */
function formatChange(change: WatchChange): string {
  const { kind, finding, targets, org, region, at, since } = change;
  const where = `${org}${region === undefined ? '' : ` from ${placeOf({ region })}`}  ${targets.join(', ')}`;
  if (kind === 'recovered')
    return `${time(at)}  ${green('✓')} ${where}  ${finding.code} is over after ${inWords((at - since) / 1000)}`;
  const paint = finding.severity === 'page' ? red : yellow;
  return `${time(at)}  ${paint(finding.severity === 'page' ? '✗' : '!')} ${where}  ${paint(finding.code)}: ${finding.summary} (${finding.severity})`;
}

/** Formats a round that could not check. */
function formatUnchecked(at: number, { message }: Error): string {
  return `${time(at)}  ${yellow('?')} nothing was checked: ${message.replaceAll('\n', ' ')}`;
}

/** How many probes passed, as the first line of a watch and as its last. */
function formatStanding(at: number, latest: readonly CheckedOrg[]): string {
  const outcomes = latest.flatMap((each) => each.outcomes);
  const passed = outcomes.filter(({ status }) => status === 'passed').length;
  return `${time(at)}  ${dim(`${passed} of ${outcomes.length} probes passed`)}`;
}

/** A change as one JSON document on one line. */
function changeDocument({ kind, finding, since, at, ...others }: WatchChange): string {
  const { detail: _, ...shown } = finding;
  return JSON.stringify({ type: kind, at: iso(at), since: iso(since), ...others, finding: shown });
}

function uncheckedDocument({ at }: WatchRound, { message }: Error): string {
  return JSON.stringify({ type: 'unchecked', at: iso(at), why: message });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** In UTC, as all times of this monitor. */
function time(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`;
}
