import type { DrillReport, ScenarioRun } from '../runner/run-scenarios.ts';

/**
 * The report as CI systems read test results.
 *
 * Trap: XML cannot hold most control characters, not even escaped.
 * https://github.com/testmoapp/junitxml
 */
export function toJunit({ runs, skipped, seconds }: DrillReport): string {
  const kinds = ['case', 'scenario'] as const;
  const suites = kinds.map((kind) => {
    const cases = runs.filter(({ scenario }) => scenario.kind === kind).map(testCase);
    const omitted = kind === 'case' ? skipped.map(({ id, title, because }) => skippedCase(id, title, because)) : [];
    return { kind, cases, omitted };
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="okta-synthetics drill"${counts(runs, skipped.length)} time="${seconds.toFixed(3)}">`,
    ...suites.flatMap(({ kind, cases, omitted }) => [
      `  <testsuite name="drill ${kind}s"${counts(
        runs.filter(({ scenario }) => scenario.kind === kind),
        omitted.length,
      )}>`,
      ...cases,
      ...omitted,
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(runs: readonly ScenarioRun[], skipped: number): string {
  const failures = runs.filter(({ verification }) => !verification.passed).length;
  return ` tests="${runs.length + skipped}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function testCase({ scenario, verification, seconds }: ScenarioRun): string {
  const open = `    <testcase classname="scenario.${scenario.kind}" name="${xmlText(`${scenario.name}: ${scenario.title}`)}" time="${seconds.toFixed(3)}"`;
  if (verification.passed) return `${open}/>`;
  const [message = ''] = verification.failures;
  return [
    `${open}>`,
    `      <failure message="${xmlText(message)}">${xmlText(verification.failures.join('\n'))}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function skippedCase(id: string, title: string, because: string): string {
  return [
    `    <testcase classname="scenario.case" name="${xmlText(`${id}: ${title}`)}" time="0">`,
    `      <skipped message="${xmlText(because)}"/>`,
    '    </testcase>',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As it stands, an attribute would lose them to a space.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** A text as XML 1.0 can hold it, in an attribute or between tags. What XML has no way to write becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character);
}
