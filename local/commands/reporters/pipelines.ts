import { formatTarget } from '../../../functions/model/target.ts';
import type { Result, Skipped } from '../../lab/result.ts';
import type { CheckedOrg } from '../check/check-orgs.ts';
import { type FailOn, isFailure } from '../check/fail-on.ts';
import { problemsOf } from '../problems.ts';

/** The results of one command. */
export interface ResultDocument {
  readonly command: string;
  readonly results: readonly Result[];
  readonly skipped?: readonly Skipped[];
  readonly seconds: number;
}

/**
 * Results in the XML format in which CI systems read tests: a suite per `Result.suite`. Skipped ones are in the first.
 *
 * Trap: XML cannot hold most control characters, not even escaped.
 * https://github.com/testmoapp/junitxml
 */
export function toJunit({ command, results, skipped = [], seconds }: ResultDocument): string {
  const suites = [...new Set(results.map(({ suite }) => suite))];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="okta-synthetics ${command}"${counts(results, skipped)} time="${seconds.toFixed(3)}">`,
    ...suites.flatMap((suite, index) => {
      const own = results.filter((result) => result.suite === suite);
      const omitted = index === 0 ? skipped : [];
      return [
        `  <testsuite name="${xmlText(`${command} ${suite}`)}"${counts(own, omitted)}>`,
        ...own.map((result) => testCase(command, result)),
        ...omitted.map((each) => skippedCase(command, suite, each)),
        '  </testsuite>',
      ];
    }),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(results: readonly Result[], skipped: readonly Skipped[]): string {
  const failures = results.filter(({ passed }) => !passed).length;
  return ` tests="${results.length + skipped.length}" failures="${failures}" errors="0" skipped="${skipped.length}"`;
}

function testCase(command: string, { suite, name, title, passed, failures, seconds }: Result): string {
  const className = xmlText(`${command}.${suite}`);
  const open = `    <testcase classname="${className}" name="${xmlText(`${name}: ${title}`)}" time="${seconds.toFixed(3)}"`;
  if (passed) return `${open}/>`;
  const [message = ''] = failures;
  return [
    `${open}>`,
    `      <failure message="${xmlText(message)}">${xmlText(failures.join('\n'))}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function skippedCase(command: string, suite: string, { id, title, reason }: Skipped): string {
  return [
    `    <testcase classname="${xmlText(`${command}.${suite}`)}" name="${xmlText(`${id}: ${title}`)}" time="0">`,
    `      <skipped message="${xmlText(reason)}"/>`,
    '    </testcase>',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Unescaped, an attribute would turn these into spaces.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** A text as XML 1.0 can hold it, in an attribute or between tags. Characters that XML cannot hold become U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character);
}

/**
 * A line for each problem, which GitHub Actions shows as an annotation of the run: an error if it makes the check fail, and
 * otherwise a warning.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function toAnnotations(orgs: readonly CheckedOrg[], failOn: FailOn): readonly string[] {
  return orgs.flatMap((checked) =>
    problemsOf(checked).map(({ finding, title, org, outcomes, details }) => {
      const level = isFailure(finding, failOn) ? 'error' : 'warning';
      const where = `${org.name}: ${finding.code} (${finding.domain})`;
      const lines = [title, ...details, `At ${outcomes.map(formatTarget).join(', ')}`, ...finding.remedy.slice(0, 1)];
      return `::${level} title=${property(where)}::${data(lines.join('\n'))}`;
    }),
  );
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
