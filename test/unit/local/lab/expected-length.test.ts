import { describe, expect, it } from 'vitest';
import { lengthInWords } from '../../../../local/commands/reporters/text.ts';
import { expectedMinutes, expectedSeconds } from '../../../../local/lab/expected-length.ts';
import { buildScenario } from '../../../support/build-scenario.ts';

const many = Array.from({ length: 40 }, () => buildScenario());

describe('the expected length of a drill', () => {
  it('follows from the virtual minutes of what is selected', () => {
    const longer = many.map((scenario) => ({ ...scenario, faultPhases: [{ minutes: 100 }] }));
    expect(expectedMinutes(buildScenario())).toBe(23);
    expect(expectedSeconds(longer, { cores: 2 })).toBeGreaterThan(3 * expectedSeconds(many, { cores: 2 }));
    expect(expectedSeconds([], { cores: 2 })).toBe(0);
    expect(expectedSeconds(longer, { cores: 2, groups: 6 })).toBeGreaterThan(
      1.8 * expectedSeconds(longer, { cores: 2 }),
    );
  });

  it('is shorter on more processors, unless scenarios wait for time-outs', () => {
    expect(expectedSeconds(many, { cores: 4 })).toBeLessThan(expectedSeconds(many, { cores: 2 }));
    const waiting = many.map((scenario) => ({ ...scenario, pace: 'waits' as const }));
    expect(expectedSeconds(waiting, { cores: 40 })).toBeGreaterThan(40 * 20);
  });

  it('counts each simulation that must be opened, and the orgs of a fleet', () => {
    const fresh = many.map((scenario) => ({ ...scenario, fresh: true }));
    const fleet = many.map((scenario) => ({ ...scenario, deployment: 'tenOrgs' as const }));
    expect(expectedSeconds(fresh, { cores: 2 })).toBeGreaterThan(expectedSeconds(many, { cores: 2 }) + 60);
    expect(expectedSeconds(fleet, { cores: 2 })).toBeGreaterThan(5 * expectedSeconds(many, { cores: 2 }));
  });

  it.each([
    [20, 'less than a minute'],
    [70, 'about 1 minute'],
    [290, 'about 5 minutes'],
  ])('of %i seconds is said as %s', (seconds, text) => {
    expect(lengthInWords(seconds)).toBe(text);
  });
});
