import { alarmMeaning } from '../findings/alarm-catalog.ts';
import { type AlarmSubject, alarmName } from '../findings/alarm-subject.ts';
import { type HitTarget, type Impact, impactOf } from '../findings/impact.ts';
import { type OktaStatus, oktaStatusIn } from '../findings/okta-status.ts';
import { defaultDeployment } from '../model/deployment.ts';
import type { Exchange } from '../model/exchange.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Route } from '../model/finding.ts';
import type { LogLine } from '../model/log-line.ts';
import { formatTarget } from '../model/target.ts';
import { formatTime } from '../model/text.ts';
import { changesBefore, type OrgChange } from '../state/org-changes.ts';
import type { Silence } from '../state/silent-orgs-item.ts';
import type { AwsConsole } from './aws-console.ts';
import { confirmCommands } from './confirm-commands.ts';
import type { ErrorBudget } from './error-budget.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type MonitorError, monitorErrorsIn } from './monitor-errors.ts';
import { alarmOccurrences, type Occurrence, occurrencesIn } from './occurrences.ts';

/** Where messages link to, and which route they are for. */
export interface Links {
  readonly route: Route;
  /** The beginning of links to the runbook. */
  readonly runbook: string;
  readonly dashboard: string;
  /** The deployment that sends the message, and where it runs. */
  readonly monitor: { readonly deployment: string; readonly account: string; readonly region: string };
  /** The partition of AWS: `aws`. */
  readonly partition: string;
  /** Absent for a partition of AWS whose console is not known. */
  readonly console?: AwsConsole;
}

/** The meaning of an alarm's change, according to the evidence: the contents of a message, before any format. */
export interface Incident {
  readonly alarm: AlarmChange;
  readonly org?: string;
  /**
   * The code of the leading finding. For an alarm about the monitor itself, the end of its name: `flows-broken`. Absent if
   * the alarm is about findings and the evidence has none.
   */
  readonly code?: string;
  /** The leading finding's, or the alarm's own. Trap: without a code, it says which alarm it is and not whose fault. */
  readonly domain: FaultDomain;
  /** The problem in a few words. */
  readonly brief: string;
  /** The same by the name of the thing, and its day. */
  readonly about?: string;
  /** The problem, or the recovery. */
  readonly headline: string;
  /** The effect on people. Absent if nothing fails, or if the evidence does not show the effect. */
  readonly impact?: Impact;
  readonly remedy: readonly string[];
  /** The heading of the runbook. */
  readonly heading: string;
  /** The findings that made the alarm fire, the leading one first. */
  readonly occurrences: readonly Occurrence[];
  /** What happened in the org shortly before, by its System Log, where that may be the cause. The likeliest first. */
  readonly changes: readonly OrgChange[];
  /** Other findings of the org that need action while the alarm fires. */
  readonly related: readonly Occurrence[];
  /** Commands that show the leading finding from a laptop. */
  readonly confirm: readonly string[];
  /** The log of the leading finding. */
  readonly logGroup?: string;
  /** Milliseconds since the epoch. When the alarm has resolved, `until` is the last time that a finding was reported. */
  readonly since: number;
  readonly until: number;
  /** Whether `since` is the start: false if the alarm has resolved and the evidence does not show when it fired. */
  readonly isStartKnown: boolean;
  /** Whether `until` is the end: false if the alarm resolves late, and no finding shows when the problem ended. */
  readonly isEndKnown: boolean;
  /** From `since` to `until`, in ms. Absent if one of them is not known. */
  readonly durationMs?: number;
  /** Whether the evidence shows that the problem did not exist before `since`. */
  readonly startObserved: boolean;
  /** CloudWatch's reason when the alarm fired. It names the datapoints, so it is unique to the incident. */
  readonly firingReason?: string;
  /** Affected targets that pass again, once the alarm has resolved. */
  readonly passingAgain: readonly string[];
  /** Other targets whose last outcome since the problem began is a pass. */
  readonly stillPassing: readonly string[];
  /** Servers with a passing probe, and none that fails or is skipped. */
  readonly fineServers: readonly string[];
  /** Targets whose last outcome is a failure, and its finding, once the alarm has resolved. */
  readonly stillFailing: readonly string[];
  /** Targets that failed because of the reported finding, and have none themselves. */
  readonly explained: readonly string[];
  /** Targets that could not be checked, by reason. */
  readonly skipped: Readonly<Record<string, readonly string[]>>;
  readonly oktaStatus?: OktaStatus;
  /** The remaining error budget, if the alarm is about it. */
  readonly budget?: ErrorBudget;
  readonly monitorErrors: readonly MonitorError[];
  /** The orgs for which the group does not run, if the alarm is about that. */
  readonly silent: readonly Silence[];
  /** A further remark for the reader. */
  readonly note?: string;
  /** The time of the last outcome of each function, by its log; undefined where none is known. */
  readonly lastLogAt: Readonly<Record<string, number | undefined>>;
  /** Whether the evidence has every run from `since` to `until`, so that runs can be counted. */
  readonly isComplete: boolean;
  /** The missing evidence, in words for the reader. */
  readonly gaps: readonly string[];
  /** The logs that may have the missing evidence. */
  readonly logsToSee: readonly string[];
}

/** Interprets the evidence around an alarm's change. */
export function incidentOf(alarm: AlarmChange, evidence: Evidence): Incident {
  const { subject, kind, changedAt } = alarm;
  const occurrences = alarmOccurrences(alarm, evidence);
  const [lead] = occurrences;
  const isResolved = kind === 'resolved';
  const began = lead?.since ?? (evidence.firing?.at ?? changedAt) - alarm.lookBackMs;
  const until = isResolved && lead ? Math.max(...occurrences.map((each) => each.until)) : changedAt;
  const lines = evidence.lines.filter(({ time }) => time >= began);
  const latest = [...latestOutcomes(lines)].filter(([, { probe }]) => probe !== 'status-page');
  const affected = new Set(occurrences.flatMap(({ targets }) => targets.map(({ target }) => target)));
  const passing = latest.filter(([, { status }]) => status === 'passed');
  const stillPassing = passing.filter(([target]) => !affected.has(target));
  const [leadOutcome] = lead?.targets[0]?.outcomes ?? [];
  const meaning = meaningOf(alarm, evidence, lead, until);
  const beginning = beginningOf(alarm, evidence, lead);
  const isEndKnown = !isResolved || lead !== undefined || !alarmMeaning(subject).resolvesLate;
  const impact =
    lead &&
    impactOf({
      ...lead.finding,
      hit: [...hitTargets(occurrences, lines), ...explainedTargets(latest, lead)],
      isAnythingFine: stillPassing.length > 0,
    });
  const whileFiring = {
    changes: changesBefore(changesFor(meaning.domain, evidence), began),
    related: relatedTo(lines, occurrences, alarm),
    passingAgain: [],
    stillFailing: [],
    silent: evidence.silent ?? [],
  };
  const onceResolved = {
    changes: [],
    related: [],
    passingAgain: passing.flatMap(([target]) => (affected.has(target) ? [target] : [])),
    stillFailing: latest.flatMap(describeFailure),
    silent: [],
  };
  return {
    alarm,
    ...('org' in subject && { org: subject.org, oktaStatus: oktaStatusIn(evidence) }),
    ...meaning,
    ...(alarm.note !== undefined && { note: alarm.note }),
    ...(impact && { impact }),
    ...(evidence.budget && { budget: evidence.budget }),
    occurrences,
    ...(isResolved ? onceResolved : whileFiring),
    ...confirmation(meaning.code, leadOutcome, alarm, evidence),
    ...beginning,
    until,
    isEndKnown,
    ...(beginning.isStartKnown && isEndKnown && { durationMs: until - beginning.since }),
    stillPassing: stillPassing.map(([target, outcome]) => describePass(target, outcome)),
    fineServers: fineServers(latest, affected),
    explained: latest.flatMap(([target, outcome]) => (isExplained(outcome) ? [target] : [])),
    skipped: skippedTargets(latest),
    monitorErrors: monitorErrorsIn(evidence),
    lastLogAt: lastLogIn(evidence),
    isComplete: evidence.windows.length === 1 && !evidence.isPartial,
    gaps: evidence.gaps.map(({ sentence }) => sentence),
    logsToSee: evidence.gaps.flatMap(({ logGroup }) => logGroup ?? []),
  };
}

/** When the incident began, whether that was seen, and why the alarm fired. */
function beginningOf(
  { kind, changedAt, reason }: AlarmChange,
  evidence: Evidence,
  lead: Occurrence | undefined,
): Pick<Incident, 'since' | 'isStartKnown' | 'startObserved' | 'firingReason'> {
  const { firing } = evidence;
  const firingReason = kind === 'resolved' ? firing?.reason : reason;
  const because = firingReason === undefined ? {} : { firingReason };
  if (!lead) {
    const since = firing?.since ?? firing?.at ?? changedAt;
    const isStartKnown = kind === 'firing' || firing !== undefined;
    return { since, isStartKnown, startObserved: firing?.startObserved ?? true, ...because };
  }
  const isSeen = () => lead.targets.some(({ target }) => wasCheckedBefore(target, lead.since, evidence));
  const since = Math.min(lead.since, firing?.since ?? lead.since);
  return { since, isStartKnown: true, startObserved: firing?.startObserved ?? isSeen(), ...because };
}

/** Returns possibly related changes. An administrator's change causes neither a fault of Okta's nor one of the network. */
function changesFor(domain: FaultDomain, { changes = [] }: Evidence): readonly OrgChange[] {
  const isCausedByChange = domain === 'configuration' || domain === 'credentials' || domain === 'quota';
  return changes.filter(({ isByAdministrator }) => isCausedByChange || !isByAdministrator);
}

/** Returns the meaning of the leading finding; without one, that of the alarm. */
function meaningOf(
  { kind, subject }: AlarmChange,
  { gaps }: Evidence,
  lead: Occurrence | undefined,
  until: number,
): Pick<Incident, 'code' | 'domain' | 'brief' | 'about' | 'headline' | 'remedy' | 'heading'> {
  const alarm = alarmMeaning(subject);
  // The finding that burns the budget has its own message. This one is about the budget.
  const isAboutBudget = subject.kind === 'burn-rate';
  const { code, domain, brief, summary, remedy, heading } = lead
    ? {
        ...{ ...lead.finding, heading: lead.finding.code },
        ...(isAboutBudget && { brief: alarm.brief, summary: alarm.summary, heading: alarm.heading }),
        ...(isAboutBudget && { remedy: [...lead.finding.remedy, ...alarm.remedy.slice(-1)] }),
      }
    : { ...alarm, code: ownCode(subject) };
  // With a gap in the evidence, a later run might have reported it too.
  const lastSeen = lead && gaps.length === 0 ? { code: lead.finding.code, time: formatTime(until) } : undefined;
  const headline = kind === 'resolved' ? alarm.resolved(lastSeen) : summary;
  const about = !isAboutBudget && lead?.finding.about;
  return { ...(code !== undefined && { code }), domain, brief, ...(about && { about }), headline, remedy, heading };
}

function isNamedByFinding({ kind }: AlarmSubject): boolean {
  return kind === 'findings' || kind === 'probe-failing' || kind === 'burn-rate';
}

/** An alarm about the monitor itself is its own finding. An alarm about findings is not. */
function ownCode(subject: AlarmSubject): string | undefined {
  const [, , ...ownName] = alarmName(subject).split('/');
  return isNamedByFinding(subject) ? undefined : ownName.join('-');
}

function confirmation(
  code: string | undefined,
  outcome: LogLine | undefined,
  { name }: AlarmChange,
  { lines, logGroups }: Evidence,
): Pick<Incident, 'confirm' | 'logGroup'> {
  const deployment = name.slice(0, name.indexOf('/'));
  // Findings name the functions of the default deployment, and a check without its name reads the default one.
  const ofDeployment = (command: string) =>
    command
      .replaceAll(new RegExp(`(?<=[ /])${defaultDeployment}-`, 'g'), `${deployment}-`)
      .replace(/^npm run check .*/, (check) =>
        deployment === defaultDeployment ? check : `${check} --deployment ${deployment}`,
      );
  const sameServer = lines.flatMap(({ line }) =>
    line.type === 'outcome' && line.server !== undefined && line.server === outcome?.server ? [line] : [],
  );
  const logGroup = lines.findLast(({ line }) => line === outcome)?.logGroup;
  // Without a finding it is not known what a check would repeat, such as the password of a locked user.
  const readLogs = logGroups.map(
    (group) => `aws logs tail ${group} --since 15m --filter-pattern '{ $.status = "failed" }'`,
  );
  return {
    confirm: (code === undefined ? readLogs : confirmCommands(code, outcome, sameServer.toReversed())).map(
      ofDeployment,
    ),
    ...(logGroup !== undefined && { logGroup }),
  };
}

/** The targets at which probes failed because of these findings. */
function hitTargets(occurrences: readonly Occurrence[], lines: Evidence['lines']): readonly HitTarget[] {
  return occurrences.flatMap(({ finding, targets }) =>
    targets.flatMap(({ target, outcomes: [last] }) => {
      if (last?.status !== 'failed') return [];
      const own = lines.flatMap(({ line }) => (line.type === 'outcome' && formatTarget(line) === target ? [line] : []));
      const since = own.findIndex((line) => line.status === 'failed' && line.finding.code === finding.code);
      const isIntermittent = own.slice(since).some(({ status }) => status === 'passed');
      return [{ probe: last.probe, ...(last.server !== undefined && { server: last.server }), isIntermittent }];
    }),
  );
}

/** Targets whose failure the leading one explains. */
function explainedTargets(latest: readonly TargetOutcome[], lead: Occurrence): readonly HitTarget[] {
  const roots = lead.targets.map(({ target }) => `${target} failed`);
  return latest.flatMap(([, outcome]) => {
    if (!isExplained(outcome) || outcome.status !== 'skipped') return [];
    if (!roots.some((root) => outcome.because.startsWith(root))) return [];
    const { probe, server } = outcome;
    return [{ probe, ...(server !== undefined && { server }), isIntermittent: false }];
  });
}

function fineServers(latest: readonly TargetOutcome[], affected: ReadonlySet<string>): readonly string[] {
  const servers = new Set(latest.flatMap(([, { server }]) => server ?? []));
  return [...servers].filter((server) =>
    latest.every(([target, line]) => line.server !== server || (line.status === 'passed' && !affected.has(target))),
  );
}

type TargetOutcome = readonly [target: string, outcome: LogLine];

/** The latest outcome of every target. */
function latestOutcomes(lines: Evidence['lines']): ReadonlyMap<string, LogLine> {
  const latest = new Map<string, LogLine>();
  for (const { line } of lines) if (line.type === 'outcome') latest.set(formatTarget(line), line);
  return latest;
}

/** Other findings of the org that have their own alarms: perhaps other effects of the same cause. */
function relatedTo(
  lines: Evidence['lines'],
  occurrences: readonly Occurrence[],
  { subject }: AlarmChange,
): readonly Occurrence[] {
  if (!('org' in subject)) return [];
  const known = new Set(occurrences.map(({ finding }) => finding.code));
  return occurrencesIn(lines, ({ code, severity }) => severity !== 'info' && !known.has(code));
}

function wasCheckedBefore(target: string, time: number, { lines }: Evidence): boolean {
  return lines.some((each) => each.time < time && each.line.type === 'outcome' && formatTarget(each.line) === target);
}

function describePass(target: string, { retriedAfter }: LogLine): string {
  return retriedAfter === undefined ? target : `${target} (on the second try, after ${retriedAfter})`;
}

function describeFailure([target, outcome]: TargetOutcome): readonly string[] {
  return outcome.status === 'failed' ? [`${target}: ${outcome.finding.code}`] : [];
}

/** Whether the probe made a request, and another failure explains its own. */
function isExplained({ status, exchanges }: LogLine): boolean {
  return status === 'skipped' && exchanges.length > 0;
}

function skippedTargets(latest: readonly TargetOutcome[]): Incident['skipped'] {
  const skipped = latest.flatMap(([target, outcome]) =>
    outcome.status === 'skipped' && !isExplained(outcome) ? [{ target, because: outcome.because }] : [],
  );
  const byReason = Object.entries(Object.groupBy(skipped, ({ because }) => because));
  return Object.fromEntries(byReason.map(([because, each = []]) => [because, each.map(({ target }) => target)]));
}

function lastLogIn({ lines, logGroups }: Evidence): Incident['lastLogAt'] {
  const last = (logGroup: string) =>
    lines.findLast(({ line, ...logged }) => line.type === 'outcome' && logged.logGroup === logGroup)?.time;
  return Object.fromEntries(logGroups.map((logGroup) => [logGroup, last(logGroup)]));
}

/** The most recent outcome that shows the leading finding. */
export function leadOutcome({ occurrences }: Pick<Incident, 'occurrences'>): LogLine | undefined {
  return occurrences[0]?.targets[0]?.outcomes[0];
}

/** The request that shows the leading finding. */
export function leadExchange(incident: Pick<Incident, 'occurrences'>): Exchange | undefined {
  return leadOutcome(incident)?.exchanges.at(-1);
}
