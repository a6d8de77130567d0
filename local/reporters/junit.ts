import type { DrillReport, Row } from '../runner/run-scenarios.ts';

/**
 * The report as CI systems read test results.
 *
 * Trap: XML cannot hold most control characters, not even escaped.
 * https://github.com/testmoapp/junitxml
 */
export function toJunit({ rows, notDrilled, seconds }: DrillReport): string {
  const kinds = ['case', 'scenario'] as const;
  const suites = kinds.map((kind) => {
    const cases = rows.filter(({ drill }) => drill.kind === kind).map(testCase);
    const skipped = kind === 'case' ? notDrilled.map(({ id, title, because }) => skippedCase(id, title, because)) : [];
    return { kind, cases, skipped };
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="okta-synthetics drill"${counts(rows, notDrilled.length)} time="${seconds.toFixed(3)}">`,
    ...suites.flatMap(({ kind, cases, skipped }) => [
      `  <testsuite name="drill ${kind}s"${counts(
        rows.filter(({ drill }) => drill.kind === kind),
        skipped.length,
      )}>`,
      ...cases,
      ...skipped,
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(rows: readonly Row[], skipped: number): string {
  const failures = rows.filter(({ verdict }) => !verdict.right).length;
  return ` tests="${rows.length + skipped}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function testCase({ drill, verdict, seconds }: Row): string {
  const open = `    <testcase classname="drill.${drill.kind}" name="${xmlText(`${drill.name}: ${drill.title}`)}" time="${seconds.toFixed(3)}"`;
  if (verdict.right) return `${open}/>`;
  const [message = ''] = verdict.why;
  return [
    `${open}>`,
    `      <failure message="${xmlText(message)}">${xmlText(verdict.why.join('\n'))}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function skippedCase(id: string, title: string, because: string): string {
  return [
    `    <testcase classname="drill.case" name="${xmlText(`${id}: ${title}`)}" time="0">`,
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
