import { styleText } from 'node:util';
import type { Phases } from '../functions/model/exchange.ts';
import { locate } from '../functions/okta/endpoints.ts';
import { headroomPercent, limitOwner } from '../functions/okta/rate-limit.ts';
import type { LogLine } from '../functions/runtime/log.ts';
import type { Rehearsal, RehearsedOrg } from './rehearse.ts';
import { table } from './table.ts';

const dim = (text: string) => styleText('dim', text);
const bold = (text: string) => styleText('bold', text);

const marks = {
  passed: () => styleText('green', '✓ passed'),
  failed: () => styleText('red', '✗ failed'),
  skipped: () => styleText('yellow', '– skipped'),
} as const satisfies Record<LogLine['status'], () => string>;

/** What a person wants to see of a rehearsal, in 100 columns. */
export function formatRehearsal(rehearsal: Rehearsal): string {
  return [
    ...rehearsal.orgs.flatMap(formatOrg),
    ...formatMetrics(rehearsal),
    ...rehearsal.faults.map(formatFault),
    '',
  ].join('\n');
}

function formatOrg({ org, domain, plan, outcomes, requests }: RehearsedOrg): string[] {
  const off = plan.filter((planned) => planned.off !== undefined);
  return [
    '',
    `${bold(org.name)}  ${org.domain} ${dim(`(here: ${domain})`)}`,
    '',
    ...indent(formatOutcomes(outcomes)),
    ...outcomes.flatMap(formatFinding),
    '',
    `  ${bold('Rate-limit headroom')} ${dim('from the answers above')}`,
    ...indent(formatHeadroom(outcomes)),
    '',
    `  ${requests.length} requests to Okta, ${requests.filter(({ bucket }) => bucket !== undefined).length} of them from rate-limited buckets.`,
    ...off.map(
      ({ probe, target, off: why }) =>
        `  ${dim('off')}  ${probe.id}${target.server ? ` at ${target.server}` : ''}: ${why}`,
    ),
  ];
}

function formatOutcomes(outcomes: readonly LogLine[]): readonly string[] {
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
      marks[outcome.status](),
      ...[dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs].map(milliseconds),
      limit ? `${limit.remaining}/${limit.limit}` : '',
    ];
  });
  return [...table([header, ...rows], [3, 4, 5, 6, 7, 8]), dim('milliseconds; first byte is the server’s own time')];
}

function formatFinding(outcome: LogLine): string[] {
  if (outcome.status === 'skipped') return [`  ${outcome.probe} was skipped: ${outcome.because}`];
  if (outcome.status === 'passed') return [];
  const { code, domain, summary, detail, causes, remedy } = outcome.finding;
  return [
    '',
    `  ${styleText('red', `${outcome.probe}${outcome.server ? ` at ${outcome.server}` : ''}: ${summary}`)}`,
    ...indent(
      table([
        [dim('finding'), `${code} (${domain})`],
        [dim('seen'), detail ?? ''],
        [dim('likely'), causes.join('; ')],
        [dim('do'), remedy.join('; ')],
        [dim('requests'), outcome.exchanges.map(({ requestId }) => requestId ?? 'none').join(', ')],
      ]),
      4,
    ),
  ];
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

function formatMetrics({ calls, points }: Rehearsal): string[] {
  const published = calls.filter((call) => call === 'PutMetricData').length;
  const rows = points.map(({ identity: { name, dimensions }, unit, value }) => [
    name,
    Object.entries(dimensions)
      .map(([dimension, of]) => `${dim(`${dimension}=`)}${of}`)
      .join(' '),
    Number.isInteger(value) ? String(value) : value.toFixed(1),
    unit === 'None' ? '' : unit,
  ]);
  return [
    '',
    `${bold('CloudWatch received')} ${points.length} metrics in ${published} PutMetricData calls, namespace ${points[0]?.identity.namespace ?? 'none'}`,
    '',
    ...indent(table([['metric', 'dimensions', 'value', 'unit'].map(dim), ...rows], [2])),
  ];
}

function formatFault(fault: string): string {
  return `\n${styleText('red', 'The monitor itself failed:')} ${fault}`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? dim('·') : value.toFixed(value < 10 ? 1 : 0);
}

function indent(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => ' '.repeat(by) + line);
}
