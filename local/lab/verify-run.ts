import { type Severity, severityLevels } from '../../functions/model/finding.ts';
import type { Point } from '../../functions/model/metric.ts';
import { publishMode } from '../../functions/model/probe.ts';
import { emfPoints } from '../self-hosted/aws-emulator/metrics.ts';
import { type ReportedFinding, reportedFindings } from '../self-hosted/reported-finding.ts';
import { type Case, type Expected, expectedSender, type Variant } from './scenarios/case.ts';

/** A run's log, its error if it ended in one, and its metrics. */
export interface RunResult {
  readonly lines: readonly string[];
  readonly error?: string;
  /** The points that CloudWatch received, directly or by the log. */
  readonly points: readonly PublishedPoint[];
  /** How many passwords Okta refused. Several in a row lock a user out. */
  readonly refusedPasswords?: number;
}

type PublishedPoint = Pick<Point, 'identity' | 'value'>;

/** Whether the monitor diagnosed a variant correctly. */
export interface RunVerification {
  readonly passed: boolean;
  readonly findings: readonly ReportedFinding[];
  readonly failures: readonly string[];
}

/** The points that CloudWatch received, and those that the log holds in the embedded metric format. */
export function publishedPoints(lines: readonly string[], received: readonly PublishedPoint[]) {
  return [...received, ...lines.flatMap(emfPoints)];
}

/**
 * Verifies a run with a variant's faults: the expected finding at the expected target with the expected severity, and no
 * other failure or warning. Probes that need the failed probe's result may be skipped. The metrics, which are all that
 * alarms see, must agree.
 */
export function verifyRun(
  one: Pick<Case, 'severity'>,
  variant: Variant,
  { lines, error, points, refusedPasswords = 0 }: RunResult,
) {
  const findings = reportedFindings(lines);
  const failed = (failure: string): RunVerification => ({ passed: false, findings, failures: [failure] });
  if (error !== undefined) return failed(`the run ended in an error: ${error}`);
  const expected = findings.filter((finding) => isExpected(variant, finding));
  const others = findings.filter((finding) => !expected.includes(finding));
  if (expected.length === 0) return failed(findings.length === 0 ? 'no finding' : 'a different finding');
  if (expected.length + others.length > 1) return failed('more than one finding');
  const severity = variant.severity ?? one.severity;
  const wrong = expected.find((finding) => finding.severity !== severity);
  if (wrong) return failed(`expected the severity ${severity}, got ${wrong.severity}`);
  const sender = expectedSender(variant);
  const misascribed = sender && expected.find(({ answeredBy }) => answeredBy !== sender);
  if (misascribed) return failed(`expected an answer of ${sender}, got one of ${misascribed.answeredBy}`);
  if (refusedPasswords > 1) return failed(`${refusedPasswords} passwords were refused: at most one may be sent`);
  if (!metricsAgree(variant, severity, points)) return failed('the metrics do not report it');
  return { passed: true, findings, failures: [] };
}

function metricsAgree({ target, expected }: Variant, severity: Severity, points: readonly PublishedPoint[]): boolean {
  const severityPoints = points.filter(({ identity }) => identity.name === 'Severity');
  if (publishMode[target.group] === 'ownSeries') {
    const failing = points.filter(({ identity, value }) => identity.name === 'Success' && value === 0);
    const probes = failing.map(({ identity }) => identity.dimensions.Probe);
    return severityPoints.length === 0 && probes.length === 1 && probes[0] === target.probe;
  }
  const bad = severityPoints.filter(({ value }) => value > 0);
  const levels = new Map(bad.map(({ identity, value }) => [identity.dimensions.Domain, value]));
  const level = severityLevels[severity];
  return level === 0 ? levels.size === 0 : levels.size === 1 && levels.get(expected.domain) === level;
}

function isExpected({ target, expected, isWarning = false }: Variant, finding: ReportedFinding): boolean {
  const isAtTarget = finding.probe === target.probe && finding.server === target.server;
  return isAtTarget && isSame(expected, finding) && finding.isWarning === isWarning;
}

function isSame(expected: Expected, finding: ReportedFinding): boolean {
  return expected.code === finding.code && expected.domain === finding.domain;
}
