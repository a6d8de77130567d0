import { expect, it } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { deploymentPlan } from '../../../../local/scenarios/deployment-plan.ts';

const settling = (...intervalMinutes: readonly object[]) => {
  const orgs = intervalMinutes.map((each, index) => ({
    ...{ name: `org-${index}`, domain: `org-${index}.okta.com`, intervalMinutes: each },
  }));
  return deploymentPlan(parseConfig(JSON.stringify({ orgs }))).settlingMinutes;
};

it('a deployment settles in a minute, however rarely its orgs are looked at', () => {
  expect(settling({})).toBe(1);
  expect(settling({ flows: 30 }, { flows: 30 })).toBe(1);
});

it('a deployment whose orgs are looked at at different intervals settles when a heartbeat has had its period', () => {
  expect(settling({ status: 5 }, { status: 10 })).toBe(10);
});
