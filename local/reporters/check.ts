import { styleText } from 'node:util';
import { supportBlock } from '../../functions/diagnosis/support-block.ts';
import type { Phases } from '../../functions/model/exchange.ts';
import type { Finding } from '../../functions/model/finding.ts';
import type { Org } from '../../functions/model/org.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import { formatTarget } from '../../functions/model/target.ts';
import { locate } from '../../functions/okta/endpoints.ts';
import { headroomPercent, limitOwner } from '../../functions/okta/rate-limit.ts';
import type { PlannedProbe } from '../../functions/probes/plan.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import type { CheckedOrg } from '../runner/check-orgs.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

const dim = (text: string) => styleText('dim', text);
const bold = (text: string) => styleText('bold', text);

const marks = {
  passed: () => styleText('green', '✓ passed'),
  warned: () => styleText('yellow', '! warned'),
  failed: () => styleText('red', '✗ failed'),
  skipped: () => styleText('yellow', '– skipped'),
} as const satisfies Record<LogLine['status'] | 'warned', () => string>;

/** What a person wants to see of orgs that were asked from here. */
export function formatChecked(orgs: readonly CheckedOrg[]): string {
  const lines = orgs.flatMap(({ org, plan, outcomes, faults }) => [
    '',
    `${bold(org.name)}  ${org.domain}`,
    ...formatRun(org, outcomes),
    '',
    ...formatOff(plan),
    ...faults.map(formatFault),
  ]);
  return [...lines, ''].join('\n');
}

function formatRun({ domain }: Org, outcomes: readonly LogLine[]): string[] {
  return [
    '',
    ...indent(formatOutcomes(outcomes)),
    ...outcomes.flatMap((outcome) => formatFindings(outcome, domain, outcomes)),
    '',
    `  ${bold('Rate-limit headroom')} ${dim('from the answers above')}`,
    ...indent(formatHeadroom(outcomes)),
  ];
}

/** What is not asked, and what would switch it on. */
export function formatOff(plan: readonly PlannedProbe[]): string[] {
  return plan
    .filter(({ howToEnable }) => howToEnable !== undefined)
    .map(
      ({ probe, target, howToEnable }) =>
        `  ${dim('off')}  ${probe.id}${target.server ? ` at ${target.server}` : ''}: ${howToEnable}`,
    );
}

/** A row an outcome: what it came to, how long each phase took, and what is left of the rate limit. */
export function formatOutcomes(outcomes: readonly LogLine[]): readonly string[] {
  const header = ['server', 'probe', 'outcome', 'dns', 'tcp', 'tls', 'first byte', 'body', 'rate limit'].map(dim);
  const byServer = Object.values(Object.groupBy(outcomes, ({ server }) => server ?? '')).flatMap(
    (group) => group ?? [],
  );
  const rows = byServer.map((outcome) => {
    const exchange = outcome.exchanges.at(-1);
    const { dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs }: Phases = exchange?.phases ?? {};
    const limit = exchange?.rateLimit;
    return [
      outcome.server ?? dim('org-wide'),
      outcome.probe,
      marks[outcome.status === 'passed' && outcome.warnings.length > 0 ? 'warned' : outcome.status](),
      ...[dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs].map(milliseconds),
      limit ? `${limit.remaining}/${limit.limit}` : '',
    ];
  });
  return [...table([header, ...rows], [3, 4, 5, 6, 7, 8]), dim('milliseconds; first byte is the server’s own time')];
}

function formatFindings(outcome: LogLine, domain: string, outcomes: readonly LogLine[]): string[] {
  if (outcome.status === 'skipped') return [`  ${formatTarget(outcome)} was skipped: ${outcome.because}`];
  return findingsOf(outcome).flatMap((finding) => {
    const alike = outcomes.filter((other) => findingsOf(other).some(({ code }) => code === finding.code)).length;
    const frequency = `${alike} of ${outcomes.length} probes in this run`;
    return formatFinding(formatTarget(outcome), finding, supportBlock(outcome, finding, { domain, frequency }));
  });
}

function formatFinding(
  place: string,
  { code, domain, severity, summary, detail = '', causes, remedy }: Finding,
  support = '',
): string[] {
  const paint = severity === 'page' ? 'red' : 'yellow';
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['finding', [`${code} (${domain})`]],
    ['severity', [severity]],
    ['seen', [detail]],
    ['likely', causes],
    ['do', remedy],
    ['support', support.split('\n')],
  ];
  return [
    '',
    ...wrap(`${place}: ${summary}`, 98).map((line) => `  ${styleText(paint, line)}`),
    ...indent(
      table(
        rows.flatMap(([name, items]) =>
          items
            .flatMap((item) => (name === 'support' ? wrapIndented(item) : wrap(item, 84)))
            .filter(Boolean)
            .map((line, index) => [index === 0 ? dim(name) : '', line]),
        ),
      ),
      4,
    ),
  ];
}

/** A line of the support block: what does not fit goes on below its value. */
function wrapIndented(line: string): readonly string[] {
  const lead = /^(\S+:)?\s*/.exec(line)?.[0] ?? '';
  return wrap(line.slice(lead.length), 84 - lead.length).map((part, index) =>
    index === 0 ? lead + part : ' '.repeat(lead.length) + part,
  );
}

function formatHeadroom(outcomes: readonly LogLine[]): readonly string[] {
  const rows = outcomes
    .flatMap(({ exchanges }) => exchanges)
    .flatMap(({ url, rateLimit }) => {
      const bucket = locate(url)?.bucket;
      if (!rateLimit || !bucket) return [];
      const share = headroomPercent(rateLimit, bucket);
      const left = share === undefined ? '' : `${share.toFixed(1)} %`;
      return [
        [
          bucket,
          left,
          `${rateLimit.remaining}/${rateLimit.limit}`,
          `${rateLimit.secondsToReset} s`,
          limitOwner(rateLimit, bucket),
        ],
      ];
    });
  return table([['bucket', 'left', 'requests', 'resets in', 'whose limit'].map(dim), ...rows], [1, 2, 3]);
}

function formatFault(fault: string): string {
  return ['', styleText('red', 'The monitor itself failed:'), ...indent(wrap(fault, 98))].join('\n');
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? dim('·') : value.toFixed(value < 10 ? 1 : 0);
}

function indent(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => ' '.repeat(by) + line);
}
