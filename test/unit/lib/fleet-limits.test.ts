import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lib/config/load-config.ts';
import { deployMinutes, fleetLimits, mostOrgs } from '../../../lib/limits/fleet-limits.ts';

const use = { runsPerOrgAndMinute: 2, severitySeriesPerOrg: 7, maintenanceWindows: 1 };

const file = (count: number) =>
  JSON.stringify({ orgs: Array.from({ length: count }, (_, at) => ({ name: `o${at}`, domain: `o${at}.okta.com` })) });

describe('the limits of a fleet', () => {
  it('are in the order in which they bind, each with what happens then', () => {
    const orgs = fleetLimits(use).map((limit) => limit.orgs);
    expect(orgs).toEqual(orgs.toSorted((one, other) => one - other));
    for (const { effect, source } of fleetLimits(use)) {
      expect(effect).not.toBe('');
      expect(URL.canParse(source)).toBe(true);
    }
  });

  it('bind sooner for orgs that run more often', () => {
    const concurrency = (runsPerOrgAndMinute: number) => fleetLimits({ ...use, runsPerOrgAndMinute })[0]?.orgs ?? 0;
    expect(concurrency(4)).toBeLessThan(concurrency(1));
  });

  it('let a first deployment take as long as its alarms take', () => {
    expect(deployMinutes(12_000)).toBeCloseTo(66.7, 1);
  });
});

it('a configuration with more orgs than stacks may be is refused in words', () => {
  expect(() => parseConfig(file(mostOrgs + 1))).toThrow(
    `orgs (line 1) has ${mostOrgs + 1} orgs, and ${mostOrgs} are the most: each is a stack`,
  );
  expect(() => parseConfig(file(mostOrgs))).not.toThrow();
});
