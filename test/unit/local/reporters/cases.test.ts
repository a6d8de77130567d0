import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import { caseResults, casesDocument, formatCases } from '../../../../local/reporters/cases.ts';
import type { CasesReport } from '../../../../local/runner/run-cases.ts';
import { type Case, variant } from '../../../../local/scenarios/case.ts';
import { token } from '../../../../local/scenarios/targets.ts';

const [org] = monitoredOrgs(loadConfig('lib/config/example.jsonc'));
if (!org) throw new Error('the example has no org');
const [atOrg, atCustom] = token;
const expected = { code: 'internal-error', domain: 'okta' } as const;
const variants = [variant(atOrg, '500', expected), variant(atCustom, '500', expected)] as const;
const one: Case = { id: 'O1', title: 'internal error', severity: 'page', variants };
const atTarget = { probe: 'token', server: 'org', isWarning: false, answeredBy: 'okta' } as const;
const wrong = { code: 'gateway-error', domain: 'okta', severity: 'page', ...atTarget } as const;

const report: CasesReport = {
  tried: [
    {
      ...{ case: one, variant: variants[0], org, seconds: 1 },
      verification: { passed: false, findings: [wrong], failures: ['a different finding'] },
    },
    {
      ...{ case: one, variant: variants[1], org, seconds: 1 },
      verification: { passed: true, findings: [{ ...wrong, ...expected, server: 'default' }], failures: [] },
    },
  ],
  skipped: [{ id: 'M4', title: 'does not run', reason: 'an alarm sees it' }],
  healthyRuns: 1000,
  falseAlarms: [{ group: 'flows', variant: 'plain', findings: [wrong] }],
  seconds: 1,
};

describe('the report of cases', () => {
  it('shows each variant with its finding, what failed, the false alarms, what was skipped and the totals', () => {
    const text = stripVTControlCharacters(formatCases(report));
    expect(text).toMatch(
      / {2}token@org +500 +gateway-error +okta +Okta +✗\n {2}token@default +500 +internal-error +okta +Okta +✓/,
    );
    expect(text).toContain('  O1 token@org, 500: a different finding\n    expected internal-error (okta)\n');
    expect(text).toContain('    got      gateway-error (okta) at token@org');
    expect(text).toContain('False alarms\n  flows, plain');
    expect(text).toMatch(/M4 +does not run +an alarm sees it/);
    expect(text).toContain('1 of 2 variants diagnosed correctly\n1 false alarms in 1,000 healthy runs\n');
  });

  it('has a result per variant and one for all healthy runs', () => {
    expect(caseResults(report).map(({ suite, name, passed, failures }) => [suite, name, passed, failures])).toEqual([
      ['cases', 'O1@token@org, 500', false, ['a different finding']],
      ['cases', 'O1@token@default, 500', true, []],
      ['healthy', 'healthy runs', false, ['flows, plain: gateway-error (okta) at token@org']],
    ]);
  });

  it('holds every variant as data', () => {
    expect(casesDocument(report)).toMatchObject({
      results: [
        { case: 'O1', target: 'token@org', symptom: '500', passed: false, findings: [{ code: 'gateway-error' }] },
        { case: 'O1', target: 'token@default', symptom: '500', passed: true },
      ],
      skipped: [{ id: 'M4' }],
      healthyRuns: 1000,
    });
  });
});
