import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import { deploymentPlan } from '../../../../../local/lab/scenarios/deployment-plan.ts';
import { pastIncidents } from '../../../../../local/lab/scenarios/incidents/all-incidents.ts';
import {
  caseOf,
  incidentPlays,
  isBlamedRightly,
} from '../../../../../local/lab/scenarios/incidents/incident-scenarios.ts';

describe('the past incidents', () => {
  it('each have a title of their own, a date and a source', () => {
    const titles = pastIncidents.map(({ title }) => title);
    expect(titles).toEqual([...new Set(titles)]);
    for (const { date, source, title } of pastIncidents) {
      expect(date, title).toMatch(/^(\d{4}-\d\d-\d\d|recurring)$/);
      expect(source, title).toMatch(/^https:\/\//);
    }
  });

  it('say why they are not noticed, if they are not', () => {
    for (const { noticed, remark, title } of pastIncidents)
      if (noticed.length === 0) expect(remark, title).toBeDefined();
  });

  it('are played by the variant that they name, if they name one', () => {
    for (const { noticed, title } of pastIncidents)
      for (const each of noticed) if (typeof each.play !== 'string') expect(caseOf(each), title).toBeDefined();
  });

  it('share a scenario where they look alike, and say why they are not played', () => {
    const plays = incidentPlays(deploymentPlan(loadConfig('lib/config/example.jsonc')));
    expect(plays).toHaveLength(pastIncidents.length);
    for (const { scenario, why, incident } of plays)
      expect(scenario === undefined, incident.title).toBe(why !== undefined);
    const scenarios = new Set(plays.flatMap(({ scenario }) => scenario ?? []));
    expect(new Set([...scenarios].map(({ name }) => name)).size).toBe(scenarios.size);
  });

  it("are blamed rightly on Okta for an outage of Okta's, and on others for a mistake of the customer's", () => {
    const [ofOkta, ofCustomer] = (['okta', 'customer'] as const).map((whose) =>
      pastIncidents.find((each) => each.whose === whose),
    );
    if (!ofOkta || !ofCustomer) expect.fail('an incident is missing');
    expect(isBlamedRightly(ofOkta, 'okta')).toBe(true);
    expect(isBlamedRightly(ofOkta, 'network')).toBe(false);
    expect(isBlamedRightly(ofCustomer, 'credentials')).toBe(true);
    expect(isBlamedRightly(ofCustomer, 'okta')).toBe(false);
  });
});
