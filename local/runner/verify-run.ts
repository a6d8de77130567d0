import { type Finding, type Severity, severityLevels } from '../../functions/model/finding.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import { publishMode } from '../../functions/model/probe.ts';
import type { FindingLine, LogLine, MonitorErrorLine } from '../../functions/runtime/log.ts';
import type { Point } from '../../functions/runtime/publish.ts';
import { emfPoints } from '../emulators/aws/metrics.ts';
import type { Case, Expected, Variant } from '../scenarios/case.ts';

/** What the monitor said somewhere. */
export interface Found extends Expected {
  readonly severity: Severity;
  readonly probe?: string;
  readonly server?: string;
  readonly warns: boolean;
}

/** What one run came to: the lines that it logged, and its error if it ended in one. */
export interface RunResult {
  readonly lines: readonly string[];
  readonly error?: string;
  /** The metric points that got out, to CloudWatch or, where it refuses them, to the log. */
  readonly points: readonly PointOut[];
}

type PointOut = Pick<Point, 'identity' | 'value'>;

/** Whether the monitor named a staged cell rightly. */
export interface RunVerification {
  readonly passed: boolean;
  readonly found: readonly Found[];
  /** What is wrong about it. */
  readonly failure?: string;
}

/** A line of a function's log: a probe's outcome, or what the run says of itself. */
export type LoggedLine = LogLine | FindingLine | MonitorErrorLine;

/** The points that got out: what CloudWatch received, and what the log holds in CloudWatch's embedded format. */
export function pointsIn(lines: readonly string[], received: readonly PointOut[]): readonly PointOut[] {
  return [...received, ...lines.flatMap(emfPoints)];
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
  return { ...(probe && { probe }), ...(server && { server }), code, domain, severity: severity, warns };
}

/**
 * Judges a run in which a cell was staged: the expected finding at the expected place and nothing else, neither a
 * failure nor a warning, told to those who must hear it. What needed the failed probe's result may be skipped. The
 * metrics, which are all that alarms see, must tell the same.
 */
export function verifyRun(
  { severity }: Pick<Case, 'severity'>,
  cell: Variant,
  { lines, error, points }: RunResult,
): RunVerification {
  const found = findingsIn(lines);
  if (error !== undefined) return { passed: false, found, failure: `the run ended in an error: ${error}` };
  const expected = found.filter((one) => isExpected(cell, one));
  const others = found.filter((one) => !expected.includes(one) && !isSpread(cell, one));
  if (expected.length === 0)
    return { passed: false, found, failure: found.length === 0 ? 'nothing found' : 'another finding' };
  if (expected.length + others.length > 1) return { passed: false, found, failure: 'more than one finding' };
  const mustHear = cell.severity ?? severity;
  if (expected.some((one) => one.severity !== mustHear))
    return { passed: false, found, failure: 'the wrong people hear' };
  return isPublished(cell, severityLevels[mustHear], points)
    ? { passed: true, found }
    : { passed: false, found, failure: 'the metrics do not tell it' };
}

/**
 * Whether the metrics report the finding and nothing else: as the severity of its fault domain, or as the failed probe's
 * `Success` if the probe's group does not publish severities.
 */
function isPublished({ target, expected }: Variant, level: number, points: readonly PointOut[]): boolean {
  if (publishMode[target.group] === 'ownSeries') {
    const failed = points.filter(({ identity, value }) => identity.name === 'Success' && value === 0);
    const hasSeverity = points.some(({ identity }) => identity.name === 'Severity');
    return !hasSeverity && failed.length === 1 && failed[0]?.identity.dimensions.Probe === target.probe;
  }
  const levels = levelsIn(points);
  return level === 0 ? levels.size === 0 : levels.size === 1 && levels.get(expected.domain) === level;
}

/** How bad each fault domain is by the metrics alone, where it is bad at all. */
function levelsIn(points: readonly PointOut[]): ReadonlyMap<string | undefined, number> {
  const bad = points.filter(({ identity, value }) => identity.name === 'Severity' && value > 0);
  return new Map(bad.map(({ identity, value }) => [identity.dimensions.Domain, value]));
}

function isExpected({ target, expected, warns = false }: Variant, found: Found): boolean {
  return (
    isSame(expected, found) && found.probe === target.probe && found.server === target.server && found.warns === warns
  );
}

function isSpread({ target, expected, alsoAtServer = false }: Variant, found: Found): boolean {
  return alsoAtServer && isSame(expected, found) && found.server === target.server && !found.warns;
}

function isSame(expected: Expected, found: Found): boolean {
  return expected.code === found.code && expected.domain === found.domain;
}
