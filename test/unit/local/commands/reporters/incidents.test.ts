import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import {
  formatIncidents,
  incidentsDocument,
  playedIncidents,
} from '../../../../../local/commands/reporters/incidents.ts';
import type { ScenarioRun } from '../../../../../local/lab/run-scenarios.ts';
import { deploymentPlan } from '../../../../../local/lab/scenarios/deployment-plan.ts';
import { incidentPlays } from '../../../../../local/lab/scenarios/incidents/incident-scenarios.ts';

const plays = incidentPlays(deploymentPlan(loadConfig('lib/config/example.jsonc')));

/** Every scenario as it ends when people are told what it expects, after so many minutes. */
const runs = [...new Set(plays.flatMap(({ scenario }) => scenario ?? []))].map((scenario): ScenarioRun => {
  const notifications = scenario.expected.map(({ alarm, route, context }) => ({
    ...{ alarm, route, notifiedAfter: 3 },
    ...(context?.finding !== undefined && { finding: context.finding }),
  }));
  const verification = { passed: true, failures: [], notifications, unexpectedAlarms: [] };
  return { scenario, verification, minutes: 10, seconds: 1 };
});

const playedOf = (title: RegExp, all = playedIncidents(plays, runs)) =>
  all.find(({ incident }) => title.test(incident.title)) ?? expect.fail(`no incident is called ${title}`);

describe('the report of past incidents', () => {
  it('says who was told of one, when, and whom the message blamed', () => {
    expect(playedOf(/wrong cache/).told).toEqual({
      afterMinutes: 3,
      route: 'page',
      blamed: 'okta',
      finding: 'internal-error',
    });
  });

  it('counts from the start of an incident that Okta announced late', () => {
    expect(playedOf(/Access requests/).told).toEqual({
      afterMinutes: 91,
      route: 'ticket',
      blamed: 'okta',
      finding: 'announced-incident',
    });
  });

  it('says why one is not noticed, and that nobody was told where a scenario told nobody', () => {
    expect(playedOf(/clock of an application/)).toMatchObject({ why: 'not noticed' });
    expect(playedOf(/wrong cache/, playedIncidents(plays, []))).toMatchObject({ why: 'nobody was told' });
  });

  it('marks a message that blames the wrong side, and counts both sides', () => {
    const text = stripVTControlCharacters(formatIncidents(playedIncidents(plays, runs), { runs }));
    const line = text.split('\n').find((each) => each.includes('wrong cache'));
    expect(line).toMatch(/^✓ {2}2018-04-24 .* page after 3′ +okta$/);
    expect(text).toMatch(/\d+ of \d+ of Okta's noticed, \d+ of them blamed rightly/);
    for (const each of text.split('\n')) expect(each.length, each).toBeLessThanOrEqual(128);
  });

  it('has all of it as data', () => {
    const { incidents } = incidentsDocument(playedIncidents(plays, runs)) as { incidents: readonly object[] };
    expect(incidents).toHaveLength(plays.length);
    expect(incidents).toContainEqual(expect.objectContaining({ date: '2018-04-24', noticed: true, route: 'page' }));
  });
});
