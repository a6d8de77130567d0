import { describe, expect, it } from 'vitest';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import { buildConfig, minimalOrg } from '../../../support/build-config.ts';
import { problemsOf, problemsOfOrg } from '../../../support/problems-of.ts';

const slo = { objectivePercent: 99.5 };

describe('a service level objective', () => {
  it('of the file is that of each org without its own', () => {
    const config = buildConfig({
      slo,
      orgs: [
        minimalOrg,
        { ...minimalOrg, name: 'other', slo: { objectivePercent: 99, windowDays: 28, domains: ['quota'] } },
      ],
    });
    expect(monitoredOrgs(config).map(({ org }) => org.slo)).toEqual([
      { objectivePercent: 99.5, windowDays: 30, domains: ['okta'] },
      { objectivePercent: 99, windowDays: 28, domains: ['quota'] },
    ]);
  });

  it.each([
    [{ objectivePercent: 94 }, 'orgs[0].slo.objectivePercent must be at least 95'],
    [{ objectivePercent: 100 }, 'orgs[0].slo.objectivePercent must be at most 99.99'],
    [{ ...slo, windowDays: 7 }, 'orgs[0].slo.windowDays'],
    [{ ...slo, domains: [] }, 'orgs[0].slo.domains'],
    [{ ...slo, domains: ['internet'] }, 'orgs[0].slo.domains[0]'],
    [{ ...slo, domains: ['okta', 'quota', 'okta'] }, 'orgs[0].slo.domains[2] is in the list twice: remove one okta.'],
  ])('with a mistake is refused by the path of the mistake: %o', (mistaken, problem) => {
    const problems = problemsOfOrg({ slo: mistaken });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('needs runs in the short window of its fast alarm', () => {
    const rare = { intervalMinutes: { flows: 10 } };
    expect(problemsOfOrg({ slo, ...rare })).toEqual([
      'orgs[0].slo needs runs at least every 5 minutes: set "intervalMinutes.flows" to 5 or less.',
    ]);
    expect(problemsOf({ slo, orgs: [{ ...minimalOrg, ...rare }] })).toEqual([
      'orgs[0] has the "slo" of the file, which needs runs at least every 5 minutes: set "intervalMinutes.flows" to 5 or less.',
    ]);
    expect(problemsOfOrg({ slo, intervalMinutes: { flows: 5 } })).toEqual([]);
  });
});
