import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../../../lib/monitored-org.ts';
import {
  caseResults,
  casesDocument,
  drillDocument,
  drillResults,
  formatCases,
  formatDrill,
} from '../../../../../local/commands/reporters/drill.ts';
import { toJson } from '../../../../../local/commands/reporters/text.ts';
import type { CasesReport } from '../../../../../local/lab/run-cases.ts';
import { type Case, variant } from '../../../../../local/lab/scenarios/case.ts';
import { token } from '../../../../../local/lab/scenarios/targets.ts';
import { buildRun, buildScenario } from '../../../../support/build-scenario.ts';

const failed = buildRun({
  scenario: buildScenario({ name: 'C1@discovery@default, 401', id: 'C1', target: 'introspect@default' }),
  verification: {
    ...{ passed: false, failures: ['the alarm did not fire', 'x'.repeat(120)], unexpectedAlarms: [] },
    notifications: [{ alarm: 'okta-synthetics/acme/configuration/ticket', route: 'ticket' }],
  },
});
const quiet = buildRun({
  scenario: buildScenario({ kind: 'scenario', id: 'packet-loss', name: 'packet-loss', expected: [] }),
  verification: { passed: true, failures: [], notifications: [], unexpectedAlarms: [] },
  remark: '2,500 minutes, 712 requests lost',
});
const direct = buildRun({
  scenario: buildScenario({ kind: 'scenario', id: 'notifier-broken', name: 'notifier-broken, crash' }),
  verification: {
    ...{ passed: true, failures: [], unexpectedAlarms: [] },
    notifications: [
      { alarm: 'okta-synthetics/acme/okta/page', route: 'page', firedAfter: 2, notifiedAfter: 3, resolvedAfter: 9 },
      {
        ...{ alarm: 'okta-synthetics/monitor/messages-undelivered-ticket', route: 'page' },
        ...{ firedAfter: 3, notifiedAfter: 116 },
      },
    ],
  },
});
const report = {
  runs: [buildRun(), failed, quiet, direct],
  skipped: [{ id: 'K5', title: 'cannot sign in', reason: 'needs a probe' }],
  ...{ virtualMinutes: 12_345, seconds: 151 },
};

describe('the report of a drill', () => {
  const text = stripVTControlCharacters(formatDrill(report));

  it('has a line per notification: what was sent, how soon, with which finding, and when it was resolved', () => {
    expect(text).toMatch(/^✓ {2}O1 +token@org +okta\/page +page +2′ +internal-error +9′$/m);
    expect(text).toMatch(/^✓ {2}notifier-broken, crash +okta\/page +page +3′ +direct +9′$/m);
    expect(text).toMatch(/^ {4,}monitor\/messages-undelivered-ticket +page +116′ +direct +·$/m);
  });

  it('has a line for a scenario that must notify nobody, and its remark', () => {
    expect(text).toMatch(/^✓ {2}packet-loss +none +nothing\n {3}2,500 minutes, 712 requests lost$/m);
  });

  it('says in plain words what failed, and how many scenarios passed', () => {
    expect(text).toMatch(/^✗ {2}C1 +introspect@default +configuration\/ticket +nothing +· +· +·$/m);
    expect(text).toContain('Failed\n  C1@discovery@default, 401: internal error\n  - the alarm did not fire\n  - xxx');
    expect(text).toMatch(/K5 +cannot sign in +needs a probe/);
    expect(text).toContain('3 of 4 scenarios passed\n12,345 virtual minutes in 2 min 31 s\n');
  });

  it('lists scenarios together that fail in the same way', () => {
    const runs = Array.from({ length: 5 }, (_, index) => ({
      ...failed,
      scenario: buildScenario({ name: `scenario ${index}` }),
    }));
    const together = stripVTControlCharacters(formatDrill({ ...report, runs }));
    expect(together).toContain(
      'Failed\n  scenario 0; scenario 1; scenario 2; and 2 more\n  - the alarm did not fire\n',
    );
    expect(together.match(/did not fire/g)).toHaveLength(1);
  });

  it('fits into 100 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('has a result per scenario', () => {
    expect(drillResults(report).map(({ suite, passed }) => [suite, passed])).toEqual([
      ['cases', true],
      ['cases', false],
      ['scenarios', true],
      ['scenarios', true],
    ]);
  });

  it('holds every scenario as data', () => {
    const document = JSON.parse(toJson(false, drillDocument(report)));
    expect(document).toMatchObject({ passed: false, virtualMinutes: 12_345, skipped: [{ id: 'K5' }] });
    expect(document.results[0]).toEqual({
      ...{ scenario: 'O1@token@org, 500', kind: 'case', id: 'O1', title: 'internal error', target: 'token@org' },
      ...{ org: 'acme', passed: true, failures: [], unexpectedAlarms: [], virtualMinutes: 31, seconds: 1.5 },
      notifications: buildRun().verification.notifications,
    });
  });
});

const [org] = monitoredOrgs(loadConfig('lib/config/example.jsonc'));
if (!org) throw new Error('the example has no org');
const [atOrg, atCustom] = token;
const expected = { code: 'internal-error', domain: 'okta' } as const;
const variants = [variant(atOrg, '500', expected), variant(atCustom, '500', expected)] as const;
const one: Case = { id: 'O1', title: 'internal error', severity: 'page', variants };
const atTarget = { probe: 'token', server: 'org', isWarning: false, answeredBy: 'okta' } as const;
const wrong = { code: 'gateway-error', domain: 'okta', severity: 'page', ...atTarget } as const;

const caseReport: CasesReport = {
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
    const text = stripVTControlCharacters(formatCases(caseReport));
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
    expect(caseResults(caseReport).map(({ suite, name, passed, failures }) => [suite, name, passed, failures])).toEqual(
      [
        ['cases', 'O1@token@org, 500', false, ['a different finding']],
        ['cases', 'O1@token@default, 500', true, []],
        ['healthy', 'healthy runs', false, ['flows, plain: gateway-error (okta) at token@org']],
      ],
    );
  });

  it('holds every variant as data', () => {
    expect(casesDocument(caseReport)).toMatchObject({
      results: [
        { case: 'O1', target: 'token@org', symptom: '500', passed: false, findings: [{ code: 'gateway-error' }] },
        { case: 'O1', target: 'token@default', symptom: '500', passed: true },
      ],
      skipped: [{ id: 'M4' }],
      healthyRuns: 1000,
    });
  });
});
