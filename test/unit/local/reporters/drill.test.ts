import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatDrills } from '../../../../local/reporters/drill.ts';
import { toJson } from '../../../../local/reporters/drill-json.ts';
import { drillOf, rowOf } from '../../../support/traces.ts';

const wrong = rowOf({
  scenario: drillOf({ name: 'C1@discovery@default, 401', id: 'C1', target: 'introspect@default' }),
  verification: {
    ...{ passed: false, failures: ['the alarm did not rise', 'x'.repeat(120)], unexpectedAlarms: [] },
    notifications: [{ alarm: 'okta-synthetics/acme/configuration/ticket', route: 'ticket' }],
  },
});
const quiet = rowOf({
  scenario: drillOf({ kind: 'scenario', id: 'noise', name: 'noise', expected: [] }),
  verification: { passed: true, failures: [], notifications: [], unexpectedAlarms: [] },
  remark: '2,500 minutes, 712 requests lost',
});
const monitor = rowOf({
  scenario: drillOf({ kind: 'scenario', id: 'notify-broken', name: 'notify-broken, crashes' }),
  verification: {
    ...{ passed: true, failures: [], unexpectedAlarms: [] },
    notifications: [
      { alarm: 'okta-synthetics/acme/okta/page', route: 'page', firedAfter: 2, notifiedAfter: 3, resolvedAfter: 9 },
      {
        alarm: 'okta-synthetics/monitor/messages-undelivered-ticket',
        route: 'page',
        firedAfter: 3,
        notifiedAfter: 116,
      },
    ],
  },
});
const report = {
  runs: [rowOf(), wrong, quiet, monitor],
  skipped: [{ id: 'K5', title: 'cannot sign in', because: 'needs a probe' }],
  ...{ virtualMinutes: 12_345, seconds: 151 },
};

describe('the table of a drill', () => {
  const text = stripVTControlCharacters(formatDrills(report));

  it('has a line an incident: who heard, after how long, of which finding, and when it was over', () => {
    expect(text).toMatch(/^✓ {2}O1 +token@org +okta\/page +page +2′ +internal-error +9′$/m);
    expect(text).toMatch(/^✓ {2}notify-broken, crashes +okta\/page +page +3′ +raw +9′$/m);
    expect(text).toMatch(/^ {4,}monitor\/messages-undelivered-ticket +page +116′ +raw +·$/m);
  });

  it('has a line for a row of which nobody must hear, and a word on what was tried', () => {
    expect(text).toMatch(/^✓ {2}noise +none +nobody\n {3}2,500 minutes, 712 requests lost$/m);
  });

  it('says in plain words what is wrong, and how many runs are right', () => {
    expect(text).toMatch(/^✗ {2}C1 +introspect@default +configuration\/ticket +nobody +· +· +·$/m);
    expect(text).toContain('Wrong\n  C1@discovery@default, 401: internal error\n  - the alarm did not rise\n  - xxx');
    expect(text).toMatch(/K5 +cannot sign in +needs a probe/);
    expect(text).toContain('3 of 4 runs right\n12,345 virtual minutes in 2 min 31 s\n');
  });

  it('tells runs together that are wrong in the same way', () => {
    const alike = Array.from({ length: 5 }, (_, index) => ({ ...wrong, scenario: drillOf({ name: `row ${index}` }) }));
    const told = stripVTControlCharacters(formatDrills({ ...report, runs: alike }));
    expect(told).toContain('Wrong\n  row 0; row 1; row 2; and 2 more\n  - the alarm did not rise\n');
    expect(told.match(/did not rise/g)).toHaveLength(1);
  });

  it('fits into 100 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});

describe('the JSON of a drill', () => {
  it('holds every row with its verification', () => {
    const document = JSON.parse(toJson(report));
    expect(document).toMatchObject({ right: false, virtualMinutes: 12_345, skipped: [{ id: 'K5' }] });
    expect(document.runs[0]).toEqual({
      ...{ row: 'O1@token@org, 500', kind: 'case', id: 'O1', title: 'internal error', at: 'token@org', org: 'acme' },
      ...{ passed: true, failures: [], unexpectedAlarms: [], virtualMinutes: 31, seconds: 1.5 },
      notifications: [rowOf().verification.notifications[0]],
    });
  });
});
