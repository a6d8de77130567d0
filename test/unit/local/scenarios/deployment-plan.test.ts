import { expect, it } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { deploymentPlan } from '../../../../local/scenarios/deployment-plan.ts';

const settlingMinutes = (...intervalMinutes: readonly object[]) => {
  const orgs = intervalMinutes.map((each, index) => ({
    ...{ name: `org-${index}`, domain: `org-${index}.okta.com`, intervalMinutes: each },
  }));
  return deploymentPlan(parseConfig(JSON.stringify({ orgs }))).settlingMinutes;
};

it('a deployment settles in one minute, however rarely its orgs are monitored', () => {
  expect(settlingMinutes({})).toBe(1);
  expect(settlingMinutes({ flows: 30 }, { flows: 30 })).toBe(1);
});

it('a deployment whose orgs have different intervals settles after one period of the heartbeat', () => {
  expect(settlingMinutes({ status: 5 }, { status: 10 })).toBe(10);
});
