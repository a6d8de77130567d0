import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type FindingCode, finding, findings } from '../../../../../functions/findings/finding.ts';
import type { Severity } from '../../../../../functions/model/finding.ts';
import type { Outcome } from '../../../../../functions/model/outcome.ts';
import { failOnLevels, worstOf } from '../../../../../local/commands/check/fail-on.ts';
import { checkDocument, checkResults, formatChecked, isFine } from '../../../../../local/commands/reporters/check.ts';
import { toAnnotations } from '../../../../../local/commands/reporters/pipelines.ts';
import { checked, failAt } from '../../../../support/checked-org.ts';

/** A status page that cannot be read fails no check. */
const codeOf = (severity: Severity) =>
  (Object.keys(findings) as FindingCode[]).find(
    (code) => finding(code).severity === severity && code !== 'status-unknown',
  ) ?? expect.fail(`no finding has the severity ${severity}`);

/** A check in which one probe has a finding of a severity: a failure, or a warning for `info`. */
const orgWith = (severity: Severity) =>
  severity === 'info'
    ? checked((target) =>
        target === 'keys@org' ? ({ warnings: [finding(codeOf('info'))] } as Partial<Outcome>) : undefined,
      )
    : checked(failAt(/^keys@org$/, codeOf(severity)));

describe('--fail-on', () => {
  it.each<[Severity, readonly string[]]>([
    ['page', ['warning', 'ticket', 'page']],
    ['ticket', ['warning', 'ticket']],
    ['info', ['warning']],
  ])('makes a check with a finding of the severity %s fail at %j', (severity, failing) => {
    const org = orgWith(severity);
    expect(failOnLevels.filter((level) => !isFine([org], level))).toEqual(failing);
    expect(failOnLevels.filter((level) => checkResults([org], level).some(({ passed }) => !passed))).toEqual(failing);
    expect(
      failOnLevels.filter((level) => toAnnotations([org], level).some((line) => line.startsWith('::error '))),
    ).toEqual(failing);
  });

  it('still shows what it tolerates, and says so', () => {
    const call = { config: 'my.jsonc', isFiltered: false, failOn: 'page' } as const;
    const text = stripVTControlCharacters(formatChecked([orgWith('ticket')], call)).replaceAll(/\n +/g, ' ');
    expect(text).toContain('1 problem');
    expect(text).toContain('Nothing to fail on: --fail-on page.');
    expect(checkDocument([orgWith('ticket')], call)).toMatchObject({ failOn: 'page', worst: 'ticket' });
  });

  it('has no worst finding where there is none', () => {
    expect(worstOf([])).toBeUndefined();
    expect(checkDocument([checked()], { config: 'my.jsonc', isFiltered: false })).toMatchObject({ worst: null });
  });
});

describe('an annotation for GitHub Actions', () => {
  it('is one line, with the code in its title and all line breaks escaped', () => {
    const lines = toAnnotations([checked(failAt(/^token@/, 'client-refused', () => '100 %, of\nit: all'))], 'warning');
    expect(lines).toHaveLength(1);
    const [line = ''] = lines;
    expect(line).toMatch(/^::error title=acme%3A client-refused \(credentials\)::[^\n]+$/);
    expect(line).toContain('100 %25, of%0Ait: all%0AAt token@org, token@default');
  });

  it('is not made where there is no problem', () => {
    expect(toAnnotations([checked()], 'warning')).toEqual([]);
  });
});
