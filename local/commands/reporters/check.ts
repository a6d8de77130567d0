import { supportBlock } from '../../../functions/findings/support-block.ts';
import { defaultDeployment } from '../../../functions/model/deployment.ts';
import type { Phases } from '../../../functions/model/exchange.ts';
import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import type { Finding } from '../../../functions/model/finding.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { Result } from '../../lab/result.ts';
import type { CheckedOrg } from '../check/check-orgs.ts';
import { evidenceOf, formatEvidence, formatRateLimits, rateLimitsIn } from '../check/evidence.ts';
import { type FailOn, isFailure, worstOf } from '../check/fail-on.ts';
import { type CheckProblem, isSelfContained, problemsOf } from '../problems.ts';
import type { NetworkSetting } from '../proxy.ts';
import { formatOff, formatOutcomes, formatPlaces, isStatusUnknown, placeOf } from './outcomes.ts';
import { bold, dim, fold, green, indent, quoted, red, table, wrap, yellow } from './text.ts';

/** The columns of a terminal. */
const width = 80;

/** How the command was called, for the commands that it suggests. */
export interface CheckCall {
  /** The path of the configuration. Absent if it was made from `domain` and the environment, or read from a deployment. */
  readonly config?: string | undefined;
  /** The deployment that the orgs were read from. */
  readonly deployed?: string | undefined;
  readonly domain?: string | undefined;
  readonly secrets?: string | undefined;
  /** What makes it fail. By default, each finding. */
  readonly failOn?: FailOn | undefined;
  /** Whether it was limited to some orgs or probes. */
  readonly isFiltered: boolean;
  /** Where the probes ran. By default, here. */
  readonly from?: CheckPlace | undefined;
  /** The variables that change how this machine connects. */
  readonly network?: readonly NetworkSetting[] | undefined;
  /** Whether to print each request, the certificates, the clock and Okta's announcements. */
  readonly showEvidence?: boolean | undefined;
  /** Sentences about messages without a receiver. */
  readonly unreceived?: readonly string[] | undefined;
}

/** This machine, the deployed functions, or one after the other. */
export const checkPlaces = ['here', 'lambda', 'both'] as const;

export type CheckPlace = (typeof checkPlaces)[number];

/** Formats the results of checked orgs, a verdict, and the next step. At most 80 columns. */
export function formatChecked(orgs: readonly CheckedOrg[], call: CheckCall): string {
  const lines = orgs.flatMap((checked) => [
    '',
    `${bold(checked.org.name)}  ${checked.org.domain}${checked.region === undefined ? '' : `  from ${placeOf(checked)}`}`,
    '',
    ...indent(formatOutcomes(checked.outcomes)),
    ...formatUndecided(checked.outcomes),
    ...problemsOf(checked).flatMap((problem) => formatProblem(problem, checked)),
    ...formatRateLimits({ rateLimits: rateLimitsIn(checked.outcomes) }),
    ...(call.showEvidence ? formatEvidence(checked) : []),
    ...formatTimes(checked),
    ...withBlankLine(formatOff(checked.plan)),
  ]);
  const unreceived = (call.unreceived ?? []).flatMap((text) => wrap(text, width)).map(yellow);
  return [
    ...withBlankLine(unreceived),
    ...lines,
    ...formatPlaces(orgs),
    ...formatNetwork(call),
    '',
    ...formatVerdict(orgs, call),
  ].join('\n');
}

/** Whether the check found nothing to fail on. An unreadable status page is unknown, and no problem. */
export function isFine(orgs: readonly CheckedOrg[], failOn: FailOn = 'warning'): boolean {
  return !orgs.flatMap(problemsOf).some(({ finding }) => isFailure(finding, failOn));
}

/** One result per outcome that was not skipped. */
export function checkResults(orgs: readonly CheckedOrg[], failOn: FailOn = 'warning'): readonly Result[] {
  return orgs.flatMap(({ org, region, outcomes }) =>
    outcomes
      .filter(({ status }) => status !== 'skipped')
      .map((outcome): Result => {
        const findings = isStatusUnknown(outcome) ? [] : findingsOf(outcome);
        const failures = findings.filter((finding) => isFailure(finding, failOn)).map(describe);
        const seconds = (outcome.durationMs ?? 0) / 1000;
        const name = formatTarget(outcome);
        const suite = region === undefined ? org.name : `${org.name} from ${placeOf({ region })}`;
        return { suite, name, title: org.domain, passed: failures.length === 0, failures, seconds };
      }),
  );
}

/** The checked orgs as data, for scripts. */
export function checkDocument(orgs: readonly CheckedOrg[], call: CheckCall): object {
  const [verdict = '', next = ''] = [verdictOf(orgs), nextStep(orgs, call).command.join(' ')];
  const worst = worstOf(orgs.flatMap(problemsOf).map(({ finding }) => finding));
  return {
    ...{ verdict, next, failOn: call.failOn ?? 'warning', worst: worst ?? null, network: call.network ?? [] },
    orgs: orgs.map((checked) => ({
      name: checked.org.name,
      domain: checked.org.domain,
      ...(checked.region !== undefined && { region: checked.region }),
      problems: problemsOf(checked).map(({ finding: { detail: _, ...finding }, client, outcomes, details }) => ({
        ...{ targets: outcomes.map(formatTarget), ...(client !== undefined && { client }), details, finding },
      })),
      outcomes: checked.outcomes,
      evidence: evidenceOf(checked.outcomes),
      ...(checked.repeated && { repeated: checked.repeated }),
      off: checked.plan.flatMap(({ probe, target, howToEnable }) =>
        howToEnable ? [{ ...target, probe: probe.id, howToEnable }] : [],
      ),
    })),
  };
}

function describe({ code, domain, summary, detail }: Finding): string {
  return `${code} (${domain}): ${summary}${detail ? ` ${detail}` : ''}`;
}

/** Which variables change the connections of this machine. */
function formatNetwork({ network = [] }: CheckCall): readonly string[] {
  const texts = network.map(({ variable, value, ignored }) =>
    ignored === undefined
      ? `  ${variable} is obeyed: ${value}`
      : `  ${variable} has no effect, because ${ignored}: ${value}`,
  );
  return withBlankLine(texts.flatMap((text) => fold(text, width)));
}

const withBlankLine = (lines: readonly string[]) => (lines.length > 0 ? ['', ...lines] : []);

/** Which probes say nothing, by reason: those that were skipped, and a status page that could not be read. */
function formatUndecided(outcomes: readonly LogLine[]): readonly string[] {
  const reasonOf = (outcome: LogLine) => {
    if (outcome.status === 'skipped') return outcome.because;
    return outcome.status === 'failed' && isStatusUnknown(outcome) ? outcome.finding.detail : undefined;
  };
  const byReason = Map.groupBy(outcomes, reasonOf);
  return withBlankLine(
    [...byReason].flatMap(([reason, own]) =>
      reason === undefined ? [] : fold(`  ${own.map(formatTarget).join(', ')}: ${reason}`, width),
    ),
  );
}

/** The domains in which Okta Support may have to help. The org's administrators can fix all others. */
const supportDomains: readonly FaultDomain[] = ['okta', 'network', 'quota'];

/** By these the System Log finds the requests. */
function requestIds({ exchanges }: LogLine): readonly string[] {
  return exchanges.flatMap(({ requestId }) => (requestId === undefined ? [] : `X-Okta-Request-Id ${requestId}`));
}

function formatProblem(
  { finding, title, client, outcomes, details, org }: CheckProblem,
  checked: CheckedOrg,
): string[] {
  const paint = finding.severity === 'page' ? red : yellow;
  const [first] = outcomes;
  const frequency = `${outcomes.length} of ${checked.outcomes.length} probes in this run`;
  const isForSupport = first !== undefined && supportDomains.includes(finding.domain);
  const support = isForSupport ? supportBlock(first, finding, { domain: org.domain, frequency }).split('\n') : [];
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['finding', [`${finding.code} (${finding.domain}), ${finding.severity}`]],
    ['at', [outcomes.map(formatTarget).join(', ')]],
    ...(isSelfContained(finding.code)
      ? []
      : ([
          ['client', [client ?? '']],
          ['seen', details],
          ['likely', finding.causes],
          ['to do', finding.remedy],
          ['request', isForSupport ? [] : outcomes.flatMap(requestIds)],
          ['support', support],
        ] as const)),
  ];
  const lines = rows.flatMap(([name, items]) =>
    items
      .flatMap((item) => (name === 'support' ? wrapAfterLabel(item) : wrap(item, width - 13)))
      .filter(Boolean)
      .map((line, index) => [index === 0 ? dim(name) : '', line]),
  );
  return ['', ...wrap(sentence(title), width - 2).map((line) => `  ${paint(line)}`), ...indent(table(lines), 4)];
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** A line of the support block continues below its value. */
function wrapAfterLabel(line: string): readonly string[] {
  const lead = /^(\S+:)?\s*/.exec(line)?.[0] ?? '';
  return wrap(line.slice(lead.length), width - 13 - lead.length).map((part, index) =>
    index === 0 ? lead + part : ' '.repeat(lead.length) + part,
  );
}

const phaseNames: Readonly<Record<keyof Phases, string>> = {
  ...{ dnsMs: 'dns', tcpMs: 'tcp', tlsMs: 'tls', firstByteMs: 'answer', bodyMs: 'body' },
};

/** The times of several runs by phase, and how often each probe had a finding. */
function formatTimes({ repeated }: CheckedOrg): readonly string[] {
  if (!repeated) return [];
  const header = ['milliseconds', 'phase', 'requests', 'min', 'median', 'p95'].map(dim);
  const rows = repeated.times.map(({ phase, target = 'all requests', count, min, median, p95 }) => [
    ...[target, phaseNames[phase], `${count}`],
    ...[min, median, p95].map((value) => value.toFixed(value < 10 ? 1 : 0)),
  ]);
  const bad = repeated.probes.filter(({ findings }) => findings > 0);
  return [
    ...['', `  ${bold(plural(repeated.runs, 'run'))}`],
    ...indent(table([header, ...rows], [2, 3, 4, 5])),
    ...bad.map(({ target, runs, findings }) => `  ${target}: a finding in ${findings} of ${plural(runs, 'run')}`),
  ];
}

/** Whether there is something to act on, and what to do next. */
export function formatVerdict(orgs: readonly CheckedOrg[], call: CheckCall): readonly string[] {
  const { what, command } = nextStep(orgs, call);
  const { failOn = 'warning' } = call;
  const fine = isFine(orgs, failOn);
  const tolerated = fine && !isFine(orgs) ? ` Nothing to fail on: --fail-on ${failOn}.` : '';
  const paint = fine ? (tolerated ? yellow : green) : red;
  return [
    ...wrap(`${verdictOf(orgs)}${tolerated}`, width - 9).map(
      (line, index) => `${index === 0 ? bold('Verdict  ') : ' '.repeat(9)}${paint(line)}`,
    ),
    ...wrap(what, width - 9).map((line, index) => `${index === 0 ? bold('Next     ') : ' '.repeat(9)}${line}`),
    ...continued(command).map((line) => `         ${line}`),
  ];
}

function verdictOf(orgs: readonly CheckedOrg[]): string {
  const problems = orgs.flatMap(problemsOf);
  const outcomes = orgs.flatMap((checked) => checked.outcomes);
  const count = (status: LogLine['status']) => outcomes.filter((outcome) => outcome.status === status).length;
  const unknown = outcomes.filter(isStatusUnknown).length;
  const domains = [...new Set(problems.map(({ finding }) => finding.domain))].join(', ');
  return [
    problems.length === 0 ? 'No problem.' : `${plural(problems.length, 'problem')} (${domains}).`,
    `${count('passed')} of ${plural(outcomes.length, 'probe')} passed${count('skipped') > 0 ? `, ${count('skipped')} skipped` : ''}.`,
    ...(unknown > 0 ? ["What Okta's status page says is not known."] : []),
  ].join(' ');
}

/** What to do next: a sentence, and a command with its flags. */
function nextStep(
  orgs: readonly CheckedOrg[],
  call: CheckCall,
): { readonly what: string; readonly command: readonly string[] } {
  const { config, deployed, domain = '', secrets, isFiltered, from = 'here' } = call;
  const origin = [...originOf(call), ...(secrets ? [`--secrets ${quoted(secrets)}`] : [])];
  const check = ['npm run check --', ...origin, ...(from === 'here' ? [] : [`--from ${from}`])];
  const problems = orgs.flatMap(problemsOf);
  if (problems.length > 0) {
    const names = new Set(problems.map(({ org }) => org.name));
    const targets = new Set(problems.flatMap(({ outcomes }) => outcomes.map(formatTarget)));
    const filter = [...[...names].map((name) => `--org ${name}`), ...[...targets].map((name) => `--probe ${name}`)];
    const isSecretMissing =
      from === 'here' &&
      (config ?? deployed) !== undefined &&
      secrets === undefined &&
      problems.some(({ finding }) => finding.code === 'secret-unreadable');
    const mend = isSecretMissing
      ? 'Mend what is listed above (if this machine lacks the secrets: --secrets <file>, or --from lambda, which needs none)'
      : 'Mend what is listed above';
    return { what: `${mend}, and run what failed again:`, command: [...check, ...filter] };
  }
  if (isFiltered) return { what: 'Check everything:', command: check.length > 1 ? check : ['npm run check'] };
  if (from === 'lambda')
    return { what: 'See whether this machine sees the same:', command: check.with(-1, '--from both') };
  if (from === 'both') return { what: 'Keep looking:', command: [...check, '--watch'] };
  if (deployed !== undefined)
    return { what: 'Check from where the monitor runs:', command: [...check, '--from lambda'] };
  if (config === undefined)
    return { what: 'Create what the other probes need:', command: [`npm run setup -- --domain ${quoted(domain)}`] };
  return secrets
    ? {
        what: 'To deploy, move the secrets to AWS Secrets Manager. To monitor from here instead:',
        command: ['npm run watch --', `--config ${quoted(config)}`, `--secrets ${quoted(secrets)}`],
      }
    : { what: 'See whether it can be deployed:', command: ['npm run doctor --', `--config ${quoted(config)}`] };
}

/** The flags by which a command finds the same orgs again. */
function originOf({ config, deployed, domain = '' }: CheckCall): readonly string[] {
  if (deployed === undefined)
    return [config === undefined ? `--domain ${quoted(domain)}` : `--config ${quoted(config)}`];
  return deployed === defaultDeployment ? [] : [`--deployment ${deployed}`];
}

/** A command over several lines, as a shell continues them. */
function continued(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined) lines.push(word);
    else if (line.length + 1 + word.length > width - 11) lines.push(`  ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

function plural(value: number, noun: string): string {
  return value === 1 ? `1 ${noun}` : `${value} ${noun}s`;
}
