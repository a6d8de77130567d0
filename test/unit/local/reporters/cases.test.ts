import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatCases } from '../../../../local/reporters/cases.ts';
import type { CasesReport } from '../../../../local/runner/run-cases.ts';
import { type Case, variant } from '../../../../local/scenarios/case.ts';
import { token } from '../../../../local/scenarios/targets.ts';

const [atOrg, atCustom] = token;
const expected = { code: 'internal-error', domain: 'okta' } as const;
const variants = [variant(atOrg, '500', expected), variant(atCustom, '500', expected)] as const;
const one: Case = { id: 'O1', title: 'internal error', severity: 'page', variants };
const wrong = {
  code: 'gateway-error',
  domain: 'okta',
  severity: 'page',
  probe: 'token',
  server: 'org',
  warns: false,
} as const;

const report: CasesReport = {
  tried: [
    { case: one, cell: variants[0], verdict: { passed: false, found: [wrong], failure: 'another finding' } },
    { case: one, cell: variants[1], verdict: { passed: true, found: [{ ...wrong, ...expected, server: 'default' }] } },
  ],
  waiting: [{ id: 'M4', title: 'does not run', severity: 'page', variants: [], skipReason: 'an alarm sees it' }],
  healthyRuns: 1000,
  falseAlarms: [{ group: 'flows', looks: 'plain', found: [wrong] }],
  seconds: 1,
};

describe('the report of cases', () => {
  it('tells what was named wrongly, what was found where nothing was wrong, and the score', () => {
    const text = stripVTControlCharacters(formatCases(report));
    expect(text).toMatch(/ {2}token@org +500 +gateway-error +okta +✗\n {2}token@default +500 +internal-error +okta +✓/);
    expect(text).toContain('  O1 token@org, 500: another finding\n    expected internal-error (okta)\n');
    expect(text).toContain('    found    gateway-error (okta) at token@org');
    expect(text).toContain('Found where nothing was wrong\n  flows, looking plain');
    expect(text).toMatch(/M4 +does not run +an alarm sees it/);
    expect(text).toContain('1 of 2 cells named rightly\n1 findings in 1,000 healthy runs\n');
  });
});
