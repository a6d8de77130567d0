import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../../../lib/config/load-config.ts';
import type { Config } from '../../../../lib/config/schema.ts';
import { type Choice, chooseScenarios } from '../../../../local/runner/choose-scenarios.ts';
import { allCases } from '../../../../local/scenarios/all-cases.ts';
import { deploymentPlan } from '../../../../local/scenarios/deployment-plan.ts';

const example = loadConfig('lib/config/example.jsonc');
const choose = (choice: Partial<Choice> = {}, config: Config = example) =>
  chooseScenarios(deploymentPlan(config), { noiseMinutes: 10_000, ...choice });
const namesOf = (choice: Partial<Choice>) => choose(choice).drills.map(({ name }) => name);

describe('the rows of a drill', () => {
  it('are those of every case, or it says why there is none', () => {
    const { drills, notDrilled } = choose();
    const told = [...drills, ...notDrilled].map(({ id }) => id);
    expect(allCases.map(({ id }) => id).filter((id) => !told.includes(id))).toEqual([]);
    expect(notDrilled.map(({ id }) => id)).toEqual(['Q5', 'C6', 'C16', 'C18', 'K5', 'K6']);
  });

  it('are one for each finding of a case, and each has a name of its own', () => {
    const { drills } = choose();
    const findings = drills.filter(({ id }) => id === 'N4').flatMap(({ expected }) => expected[0]?.finding?.code);
    expect(findings).toEqual(['custom-domain-certificate', 'certificate-untrusted', 'tls-handshake-failed']);
    expect(new Set(drills.map(({ name }) => name)).size).toBe(drills.length);
  });

  it('are one for each cell on demand', () => {
    const cells = allCases.flatMap((one) => one.variants).length;
    const ofCells = choose({ everyCell: true }).drills.filter(
      ({ kind, name }) => kind === 'case' && name.includes('@'),
    );
    expect(ofCells.length).toBeGreaterThan(0.8 * cells);
  });

  it('can be chosen by case, by place and by scenario, in the order of the table', () => {
    expect(namesOf({ cases: ['k1', 'O1@token@org', 'K1'] })).toEqual([
      'O1@token@org, 500 E0000009',
      'K1@token@default, wrong secret, basic',
    ]);
    expect(namesOf({ cases: ['M4'], scenarios: ['flapping'] })).toEqual([
      ...['M4, schedule-stopped', 'M4, throttled', 'M4, crashing', 'flapping'],
    ]);
    expect(namesOf({ scenarios: ['noise'] })).toHaveLength(4);
    expect(namesOf({ scenarios: ['noise'], noiseMinutes: 200 })).toEqual(['noise']);
  });

  it.each<[string, Partial<Choice>, RegExp]>([
    ['a case', { cases: ['Z9'] }, /There is no case "Z9"/],
    ['a case that waits', { cases: ['K5'] }, /Case K5 .* is waiting/],
    ['a place', { cases: ['K3@token@org'] }, /Case K3 cannot be met there/],
    ['a scenario', { scenarios: ['storm'] }, /There is no scenario storm\. There are .*noise, flapping/],
  ])('are refused with what there is, where there is no such %s', (_, choice, message) => {
    expect(() => choose(choice)).toThrow(message);
  });

  it('ask who hears by the routes of the configuration', () => {
    const routed: Config = { ...example, alerts: { ...example.alerts, routes: { okta: 'ticket' } } };
    const [row] = choose({ cases: ['O1'] }, routed).drills;
    expect(row?.expected).toMatchObject([{ alarm: 'okta-synthetics/acme/okta/page', route: 'ticket', within: 3 }]);
  });

  it('wait as many runs, where runs are rare', () => {
    const orgs = example.orgs.map((org) => ({ ...org, intervalMinutes: { ...org.intervalMinutes, flows: 5 } }));
    const [row] = choose({ cases: ['K1'] }, { ...example, orgs }).drills;
    expect(row?.faultPhases).toMatchObject([{ minutes: 50 }]);
    expect(row?.expected).toMatchObject([{ within: 50 }]);
  });

  it('are wrong for each org, where what is wrong is wrong for all', () => {
    const [first] = example.orgs;
    if (!first) throw new Error('the example has no org');
    const config = { ...example, orgs: [first, { ...first, name: 'other' }] };
    const [refused] = choose({ cases: ['M2'] }, config).drills;
    const orgsOf = (row = refused) => row?.expected.map((incident) => incident.alarm.split('/')[1]);
    expect(orgsOf()).toEqual(['acme', 'other']);
    const stops = choose({ cases: ['M4'] }, config).drills;
    expect(stops.map(orgsOf)).toEqual([['acme'], ['acme', 'other', 'monitor'], ['acme', 'other', 'monitor']]);
  });

  it('leave out the scenarios of what does not run, and of messages that nobody is named for', () => {
    const names = (config: Config) => new Set(choose({}, config).drills.map(({ name }) => name));
    const domainAlone = parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }');
    const left = names(example).difference(names(domainAlone));
    for (const name of ['decline', 'maintenance, function', 'undelivered']) expect(left).toContain(name);
    for (const name of ['cold', 'notify-broken, crashes', 'maintenance, within']) expect(left).not.toContain(name);
  });

  it('leave out what the configuration has no place for', () => {
    const orgs = example.orgs.map(({ api: _, ...org }) => org);
    expect(choose({}, { ...example, orgs }).notDrilled).toContainEqual({
      ...{ id: 'K3', title: 'the API token is no longer valid', because: 'the configuration has no place for it' },
    });
  });
});
