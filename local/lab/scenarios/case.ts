import { resourceFindings } from '../../../functions/findings/tables/resource.ts';
import { systemLogFindings } from '../../../functions/findings/tables/system-log.ts';
import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import type { Severity, Suspect } from '../../../functions/model/finding.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { Ascription } from '../../../functions/okta/sender.ts';
import type { Fault } from '../simulation/environment.ts';
import { at, type EndpointTarget, type FaultAt, type ScenarioTarget } from './targets.ts';

/** The finding that the monitor must report. */
export interface Expected {
  readonly code: string;
  readonly domain: FaultDomain;
  /** Who is shown to be at fault by what else was reached. The domain is then theirs. */
  readonly suspect?: Suspect;
}

/** One way for a failure to happen at one target, and the report that the monitor must make. */
export interface Variant {
  /** Where the finding must be reported. */
  readonly target: ScenarioTarget;
  /** The symptom on the wire, in a few words. Unique among a case's variants at one target. */
  readonly symptom: string;
  readonly expected: Expected;
  /** Overrides the severity of the case. */
  readonly severity?: Severity;
  /** Who answers, if the finding does not say so. */
  readonly answeredBy?: Ascription['by'];
  /** The finding is a warning of a probe that passes. */
  readonly isWarning?: boolean;
  /** Several endpoints fail by one cause, each in its own words. One message must be sent. */
  readonly isCascade?: boolean;
  /** A notice here, without a message at the end, although the finding is defined otherwise. */
  readonly isToldOnce?: boolean;
  /** It needs the memory of earlier runs or days, which `npm run cases` writes. In a drill, they would have to be played. */
  readonly needsPast?: true;
  /** The number of runs in a row until it is reported. `npm run cases` makes them. */
  readonly runs?: number;
  /** What each sign-in uses up without an answer, if not passwords. The journey stops when it has sent too many. */
  readonly usesUp?: 'codes';
  /** How many minutes it is reported, after any end. */
  readonly reportedMinutes?: number;
  readonly faults: readonly Fault[];
}

/** A failure that the monitor must tell apart from all others. */
export interface Case {
  /** Permanent. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly variants: readonly Variant[];
  /** Why there are no variants. */
  readonly skipReason?: string;
}

/** A case and the rows of its table, in the order in which they are tried and reported. */
export function defineCase(
  id: string,
  title: string,
  severity: Severity,
  rows: readonly (Variant | readonly Variant[])[],
): Case {
  return { id, title, severity, variants: rows.flat() };
}

/** A case that the monitor cannot detect yet, or that only an alarm can detect. */
export function skipCase(id: string, title: string, severity: Severity, skipReason: string): Case {
  return { id, title, severity, variants: [], skipReason };
}

/** A row of a case's table, without its target. The faults happen at the target. */
type Row<Target extends ScenarioTarget> = [symptom: string, expected: Expected, ...faults: FaultAt<NoInfer<Target>>[]];

export function variant<Target extends ScenarioTarget>(target: Target, ...row: Row<Target>): Variant {
  const [symptom, expected, ...faults] = row;
  return { target, symptom, expected, faults: faults.map((fault) => at(target, fault)) };
}

/** One variant per target. */
export function variants<Target extends ScenarioTarget>(targets: readonly Target[], ...row: Row<Target>): Variant[] {
  return targets.map((target) => variant(target, ...row));
}

/** One variant per endpoint. The symptom names the endpoint, because a probe may request several. */
export function variantsByEndpoint(targets: readonly EndpointTarget[], ...row: Row<EndpointTarget>): Variant[] {
  const [symptom, ...rest] = row;
  return targets.map((target) => variant(target, `${symptom} at ${target.endpoint.replace('sign-in-', '')}`, ...rest));
}

/** A variant in which several endpoints fail by one cause, each in its own words. */
export function cascade<Target extends ScenarioTarget>(target: Target, ...row: Row<Target>): Variant {
  return { ...variant(target, ...row), isCascade: true };
}

/** A variant whose finding is a warning. */
export function warning<Target extends ScenarioTarget>(target: Target, ...row: Row<Target>): Variant {
  return { ...variant(target, ...row), isWarning: true };
}

/** One warning per target. */
export function warnings<Target extends ScenarioTarget>(targets: readonly Target[], ...row: Row<Target>): Variant[] {
  return targets.map((target) => warning(target, ...row));
}

/** Who must be seen to answer: mostly, the finding says so. Undefined for findings that are not about an answer. */
export function expectedSender({ expected, answeredBy, target }: Variant): Ascription['by'] | undefined {
  if (answeredBy !== undefined || target.probe === undefined) return answeredBy;
  if (expected.code === 'intercepted') return 'intermediary';
  if (expected.code === 'unidentified-answer') return 'unknown';
  if (expected.code in systemLogFindings) return undefined;
  if (target.probe === 'workflow') return undefined;
  if (expected.code in resourceFindings) return expected.code === 'resource-unreachable' ? 'nobody' : 'resource';
  if (expected.domain === 'network' || expected.code === 'custom-domain-certificate') return 'nobody';
  const isAnswered = ![
    'no-answer',
    'out-of-time',
    'secret-unreadable',
    'announced-incident',
    'refresh-token-missing',
  ].includes(expected.code);
  return isAnswered && target.probe !== 'verify' ? 'okta' : undefined;
}

/** How people select a case at a target: `O1@token@org`, or `O1` where the run itself reports it. */
export function variantName({ id }: Case, { target }: Variant): string {
  return target.probe === undefined ? id : `${id}@${formatTarget(target)}`;
}
