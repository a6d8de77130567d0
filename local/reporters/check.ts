import { supportBlock } from '../../functions/diagnosis/support-block.ts';
import type { Finding } from '../../functions/model/finding.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import { formatTarget } from '../../functions/model/target.ts';
import { locate } from '../../functions/okta/endpoints.ts';
import { headroomPercent, limitOwner } from '../../functions/okta/rate-limit.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import type { CheckedOrg } from '../runner/check-orgs.ts';
import type { Result } from '../runner/result.ts';
import { formatOff, formatOutcomes } from './outcomes.ts';
import { bold, dim, indent, red, table, wrap, yellow } from './text.ts';

/** The outcomes of orgs that were checked from this machine. */
export function formatChecked(orgs: readonly CheckedOrg[]): string {
  const lines = orgs.flatMap(({ org, plan, outcomes, monitorErrors }) => [
    '',
    `${bold(org.name)}  ${org.domain}`,
    '',
    ...indent(formatOutcomes(outcomes)),
    ...outcomes.flatMap((outcome) => formatFindings(outcome, org.domain, outcomes)),
    '',
    `  ${bold('Rate-limit headroom')} ${dim('from the answers above')}`,
    ...indent(formatHeadroom(outcomes)),
    '',
    ...formatOff(plan),
    ...monitorErrors.flatMap(formatMonitorError),
  ]);
  return [...lines, ''].join('\n');
}

/** One result per outcome that was not skipped, and one per error of the monitor itself. */
export function checkResults(orgs: readonly CheckedOrg[]): readonly Result[] {
  return orgs.flatMap(({ org, outcomes, monitorErrors }) => [
    ...outcomes.flatMap((outcome): readonly Result[] => {
      if (outcome.status === 'skipped') return [];
      const failures = outcome.status === 'failed' ? [describe(outcome.finding)] : [];
      const seconds = (outcome.durationMs ?? 0) / 1000;
      const name = formatTarget(outcome);
      return [{ suite: org.name, name, title: org.domain, passed: failures.length === 0, failures, seconds }];
    }),
    ...monitorErrors.map((error, index) => ({
      ...{ suite: org.name, name: `monitor error ${index + 1}`, title: org.domain },
      ...{ passed: false, failures: [error], seconds: 0 },
    })),
  ]);
}

/** The checked orgs as data, for scripts. */
export function checkDocument(orgs: readonly CheckedOrg[]): object {
  return {
    orgs: orgs.map(({ org, plan, outcomes, monitorErrors }) => ({
      name: org.name,
      domain: org.domain,
      outcomes,
      off: plan.flatMap(({ probe, target, howToEnable }) =>
        howToEnable ? [{ ...target, probe: probe.id, howToEnable }] : [],
      ),
      monitorErrors,
    })),
  };
}

function describe({ code, domain, summary, detail }: Finding): string {
  return `${code} (${domain}): ${summary}${detail ? ` ${detail}` : ''}`;
}

function formatFindings(outcome: LogLine, domain: string, outcomes: readonly LogLine[]): readonly string[] {
  if (outcome.status === 'skipped') return [`  ${formatTarget(outcome)} was skipped: ${outcome.because}`];
  return findingsOf(outcome).flatMap((finding) => {
    const alike = outcomes.filter((other) => findingsOf(other).some(({ code }) => code === finding.code)).length;
    const frequency = `${alike} of ${outcomes.length} probes in this run`;
    return formatFinding(formatTarget(outcome), finding, supportBlock(outcome, finding, { domain, frequency }));
  });
}

function formatFinding(target: string, finding: Finding, support: string): readonly string[] {
  const { code, domain, severity, summary, detail = '', causes, remedy } = finding;
  const paint = severity === 'page' ? red : yellow;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['finding', [`${code} (${domain})`]],
    ['severity', [severity]],
    ['seen', [detail]],
    ['likely', causes],
    ['to do', remedy],
    ['support', support.split('\n')],
  ];
  const lines = rows.flatMap(([name, items]) =>
    items
      .flatMap((item) => (name === 'support' ? wrapAfterLabel(item) : wrap(item, 84)))
      .filter(Boolean)
      .map((line, index) => [index === 0 ? dim(name) : '', line]),
  );
  return ['', ...wrap(`${target}: ${summary}`, 98).map((line) => `  ${paint(line)}`), ...indent(table(lines), 4)];
}

/** A line of the support block continues below its value. */
function wrapAfterLabel(line: string): readonly string[] {
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
      const requests = `${rateLimit.remaining}/${rateLimit.limit}`;
      return [[bucket, left, requests, `${rateLimit.secondsToReset} s`, limitOwner(rateLimit, bucket)]];
    });
  return table([['bucket', 'left', 'requests', 'resets in', 'limit of'].map(dim), ...rows], [1, 2, 3]);
}

function formatMonitorError(error: string): readonly string[] {
  return ['', red('The monitor itself failed:'), ...indent(wrap(error, 98))];
}
