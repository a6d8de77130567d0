import type { Finding, Severity } from '../../functions/model/finding.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import type { Case, Cell, Expected } from './case.ts';

/** What the monitor said somewhere. */
export interface Found extends Expected {
  readonly hears: Severity;
  readonly probe?: string;
  readonly server?: string;
  readonly warns: boolean;
}

/** What one run came to: the lines that it logged, and its error if it ended in one. */
export interface RunResult {
  readonly lines: readonly string[];
  readonly error?: string;
  /** How many metric points got out, to CloudWatch or, where it refuses them, to the log. */
  readonly points: number;
}

/** Whether the monitor named a staged cell rightly. */
export interface Verdict {
  readonly right: boolean;
  readonly found: readonly Found[];
  /** What is wrong about it. */
  readonly why?: string;
}

/** A line of a function's log that tells of a finding: a probe's outcome, or what the run says of itself. */
export type LoggedLine = LogLine | { readonly type: 'finding'; readonly org: string; readonly finding: Finding };

/** How many points got out: what CloudWatch received, and what the log holds in CloudWatch's embedded format. */
export function pointsIn(lines: readonly string[], received: readonly unknown[]): number {
  return received.length + lines.filter((line) => Object.hasOwn(JSON.parse(line), '_aws')).length;
}

/** Everything that a run found. */
export function findingsIn(lines: readonly string[]): readonly Found[] {
  return lines.flatMap((text): Found[] => {
    const line = JSON.parse(text) as LoggedLine;
    if (line.type === 'finding') return [describe(line.finding, {}, false)];
    if (line.type !== 'outcome') return [];
    return findingsOf(line).map((finding) => describe(finding, line, line.status === 'passed'));
  });
}

function describe(
  { code, domain, severity }: Finding,
  { probe, server }: Pick<Found, 'probe' | 'server'>,
  warns: boolean,
): Found {
  return { ...(probe && { probe }), ...(server && { server }), code, domain, hears: severity, warns };
}

/**
 * Judges a run in which a cell was staged: the expected finding at the expected place and nothing else, neither a
 * failure nor a warning, told to those who must hear it. What needed the failed probe's result may be skipped.
 */
export function judge({ hears }: Pick<Case, 'hears'>, cell: Cell, { lines, error, points }: RunResult): Verdict {
  const found = findingsIn(lines);
  const mustEndInError = cell.site.probe === undefined;
  if (error !== undefined && !mustEndInError)
    return { right: false, found, why: `the run ended in an error: ${error}` };
  if (error === undefined && mustEndInError) return { right: false, found, why: 'the run did not end in an error' };
  if (points === 0) return { right: false, found, why: 'what was measured is lost' };
  const expected = found.filter((one) => isExpected(cell, one));
  const others = found.filter((one) => !expected.includes(one) && !isSpread(cell, one));
  if (expected.length === 0)
    return { right: false, found, why: found.length === 0 ? 'nothing found' : 'another finding' };
  if (expected.length + others.length > 1) return { right: false, found, why: 'more than one finding' };
  if (expected.some((one) => one.hears !== (cell.hears ?? hears)))
    return { right: false, found, why: 'the wrong people hear' };
  return { right: true, found };
}

function isExpected({ site, expected, warns = false }: Cell, found: Found): boolean {
  return isSame(expected, found) && found.probe === site.probe && found.server === site.server && found.warns === warns;
}

function isSpread({ site, expected, spreads = false }: Cell, found: Found): boolean {
  return spreads && isSame(expected, found) && found.server === site.server && !found.warns;
}

function isSame(expected: Expected, found: Found): boolean {
  return expected.code === found.code && expected.domain === found.domain;
}
