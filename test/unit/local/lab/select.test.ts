import { describe, expect, it } from 'vitest';
import { formatTarget } from '../../../../functions/model/target.ts';
import { loadConfig, parseConfig } from '../../../../lib/config/load-config.ts';
import type { Config } from '../../../../lib/config/schema.ts';
import { allCases } from '../../../../local/lab/scenarios/all-cases.ts';
import { deploymentPlan } from '../../../../local/lab/scenarios/deployment-plan.ts';
import {
  withHealth,
  withResource,
  withSamlApp,
  withSystemLog,
  withTestUser,
} from '../../../../local/lab/scenarios/prepared-config.ts';
import type { Scenario } from '../../../../local/lab/scenarios/scenario.ts';
import { type ScenarioSelection, selectScenarios, selectVariants, skippedCases } from '../../../../local/lab/select.ts';

const example = loadConfig('lib/config/example.jsonc');
const { orgs } = deploymentPlan(example);
const select = (selection: Partial<ScenarioSelection> = {}, config: Config = example) =>
  selectScenarios(deploymentPlan(config), { packetLossMinutes: 10_000, ...selection });
const namesOf = (selection: Partial<ScenarioSelection>) => select(selection).scenarios.map(({ name }) => name);

/** Health checks with none of their options, as set-up writes them. */
const withEmptyHealth = (config: Config): Config =>
  parseConfig(JSON.stringify({ ...config, orgs: config.orgs.map((org) => ({ ...org, health: {} })) }));
const domainOnly = parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }');
const notConfigured = 'the configuration does not monitor what it needs';

/** Whether a case can happen only where a test user signs in. */
const isOfJourney = (id: string) => {
  const { variants = [] } = allCases.find((one) => one.id === id) ?? {};
  return variants.length > 0 && variants.every(({ target }) => target.group === 'journey');
};

describe('selecting variants', () => {
  it.each(['K2', 'k2'])('selects every variant of a case by its id: %s', (id) => {
    const expected = allCases.find((one) => one.id === 'K2')?.variants.length ?? 0;
    expect(selectVariants(orgs, [id])).toHaveLength(expected);
  });

  it.each(['K1@token@default', 'k1@Token@DEFAULT'])('selects the variants of a case at one target: %s', (text) => {
    const selected = selectVariants(orgs, [text]);
    expect(selected.length).toBeGreaterThan(1);
    expect(new Set(selected.map(({ variant }) => formatTarget(variant.target)))).toEqual(new Set(['token@default']));
  });

  it('selects each variant once, in the order of the table', () => {
    const ids = selectVariants(orgs, ['k1', 'O1@token@org', 'K1']).map((selected) => selected.case.id);
    expect(ids[0]).toBe('O1');
    expect(ids).toHaveLength(selectVariants(orgs, ['K1']).length + selectVariants(orgs, ['O1@token@org']).length);
  });

  it('selects only variants that the configuration monitors', () => {
    const probes = new Set(selectVariants(deploymentPlan(domainOnly).orgs).map(({ variant }) => variant.target.probe));
    expect(probes).not.toContain('token');
    expect(probes).toContain('organization');
  });

  it.each(allCases.map(({ id }) => id))('lists %s, or says why it cannot be selected', (id) => {
    const isListed = selectVariants(orgs).some((each) => each.case.id === id);
    const reason = skippedCases(orgs).find((each) => each.id === id)?.reason ?? '';
    if (isListed) expect(selectVariants(orgs, [id]).length).toBeGreaterThan(0);
    else expect(() => selectVariants(orgs, [id])).toThrow(reason === notConfigured ? 'cannot happen there' : reason);
  });

  it('gives the reason for every case that it skips', () => {
    const selected = new Set(selectVariants(orgs).map((each) => each.case.id));
    const skipped = skippedCases(orgs);
    expect([...selected, ...skipped.map(({ id }) => id)].toSorted()).toEqual(allCases.map(({ id }) => id).toSorted());
    for (const { reason } of skipped) expect(reason).not.toBe('');
  });
});

describe('selecting scenarios', () => {
  it('selects a scenario for every case by default, or gives the reason why there is none', () => {
    const { scenarios, skipped } = select();
    const known = [...scenarios, ...skipped].map(({ id }) => id);
    expect(allCases.map(({ id }) => id).filter((id) => !known.includes(id))).toEqual([]);
    expect(skipped.map(({ id }) => id)).toEqual(
      allCases
        .filter(({ id, variants }) => id !== 'M4' && variants.every(({ needsPast }) => needsPast))
        .map(({ id }) => id),
    );
  });

  it.each([
    ['the example', example],
    ['a configuration with all options', withHealth(withSystemLog(withSamlApp(withTestUser(example))))],
    ['a configuration with empty health checks', withEmptyHealth(example)],
    ['a configuration of a domain only', domainOnly],
  ])('lists exactly the cases that can be selected, and the others say their reason: %s', (_, config) => {
    const { scenarios, skipped } = select({}, config);
    const listed = new Set(scenarios.filter(({ kind }) => kind === 'case').map(({ id }) => id));
    for (const { id } of allCases) {
      const reason = skipped.find((each) => each.id === id)?.reason;
      const selected = () => select({ cases: [id] }, config).scenarios.map((each) => each.id);
      if (listed.has(id)) expect(new Set(selected()), id).toEqual(new Set([id]));
      else expect(selected, id).toThrow(reason === notConfigured ? 'cannot happen there' : reason);
    }
  });

  it('selects scripted scenarios only by name, all at once, with every variant or for a list', () => {
    const scriptedOf = (selection: Partial<ScenarioSelection>) =>
      new Set(select(selection).scenarios.flatMap(({ kind, id }) => (kind === 'scenario' ? [id] : [])));
    expect(scriptedOf({})).toEqual(new Set());
    const all = scriptedOf({ scenarios: ['all'] });
    expect(all).toContain('flapping');
    expect(scriptedOf({ withScripted: true })).toEqual(all);
    expect(scriptedOf({ everyVariant: true })).toEqual(all);
    expect(scriptedOf({ scenarios: ['flapping'] })).toEqual(new Set(['flapping']));
  });

  it('selects one scenario of each alarm of the cases if it must be quick, and none that is scripted', () => {
    const alarmsOf = (scenarios: readonly Scenario[]) =>
      new Set(
        scenarios
          .filter(({ kind }) => kind === 'case')
          .map(({ expected }) => expected.map(({ alarm }) => alarm).join()),
      );
    const [all, few] = [select().scenarios, select({ quick: true }).scenarios];
    expect(alarmsOf(few)).toEqual(alarmsOf(all));
    expect(few.every(({ kind }) => kind === 'case')).toBe(true);
    expect(few.length).toBeLessThan(all.length / 2);
  });

  it('selects one scenario of each case, and one for each finding that no other scenario has, each with a unique name', () => {
    const { scenarios } = select({ withScripted: true });
    const [all, few] = [select({ everyVariant: true }).scenarios, scenarios].map(
      (each) =>
        new Set(each.flatMap(({ expected }) => expected.map(({ context, alarm }) => context?.finding ?? alarm))),
    );
    expect(few).toEqual(all);
    expect(scenarios.filter(({ id }) => id === 'C1')).toHaveLength(1);
    const findings = scenarios.filter(({ id }) => id === 'N4').flatMap(({ expected }) => expected[0]?.context?.finding);
    expect(findings).toEqual(['custom-domain-certificate', 'certificate-untrusted', 'tls-handshake-failed']);
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  it('selects a scenario per variant on demand', () => {
    const variants = selectVariants(orgs).length;
    const selected = select({ everyVariant: true }).scenarios.filter(
      ({ kind, name }) => kind === 'case' && name.includes('@'),
    );
    expect(selected.length).toBeGreaterThanOrEqual(variants - allCases.length);
  });

  it('selects by case, by target and by scenario, in the order of the report', () => {
    const [o1, k1] = namesOf({ cases: ['k1', 'O1@token@org', 'K1'] });
    expect(o1).toMatch(/^O1@token@org, /);
    expect(k1).toMatch(/^K1@token@default, /);
    expect(namesOf({ cases: ['M4'], scenarios: ['flapping'] })).toEqual([
      ...['M4, schedule-stopped', 'M4, throttled', 'M4, crashing'],
      ...['flapping', 'flapping, 1 of 3', 'flapping, 2 of 5'],
    ]);
    expect(namesOf({ scenarios: ['packet-loss'] })).toHaveLength(4);
    expect(namesOf({ scenarios: ['packet-loss'], packetLossMinutes: 200 })).toEqual(['packet-loss']);
  });

  it.each<[string, Partial<ScenarioSelection>, RegExp]>([
    ['an unknown case', { cases: ['Z9'] }, /There is no case "Z9"/],
    ['a target that the case does not have', { cases: ['K3@token@org'] }, /Case K3 .* cannot happen there/],
    ['an unknown scenario', { scenarios: ['storm'] }, /There is no scenario storm\. The scenarios are .*flapping/],
  ])('refuses %s and lists what can be selected', (_, selection, message) => {
    expect(() => select(selection)).toThrow(message);
  });

  it('selects a case of the test user in a deployment that has one, and gives it five of its runs, after which it stops', () => {
    const [locked] = select({ cases: ['K5'] }).scenarios;
    expect(locked).toMatchObject({ id: 'K5', deployment: 'journey', faultPhases: [{ minutes: 25 }] });
    const configured = withTestUser(example);
    const own = select({ cases: ['K5'] }, configured).scenarios;
    expect(own.length).toBeGreaterThan(1);
    for (const { deployment } of own) expect(deployment).toBe('configured');
  });

  it.each([
    ['C16', 'resource', 'resource@default'],
    ['C16@user-resource@default', 'userResource', 'user-resource@default'],
  ])('selects %s in the deployment %s, which has an API', (text, deployment, target) => {
    expect(select({ cases: [text] }).scenarios).toMatchObject([{ id: 'C16', deployment, target }]);
    const configured = select(
      { cases: [text] },
      withResource(withTestUser(example), target.startsWith('user') ? 'user' : 'service'),
    );
    expect(configured.scenarios).toMatchObject([{ deployment: 'configured', target }]);
  });

  it('plays each case of a test user, in a deployment with one if the configuration has none', () => {
    const all = new Set(allCases.map(({ id }) => id).filter(isOfJourney));
    for (const config of [example, withSamlApp(withTestUser(example))]) {
      expect(new Set(select({}, config).scenarios.map(({ id }) => id)).intersection(all)).toEqual(all);
    }
  });

  it('says of a case that needs past days where it is played', () => {
    expect(() => select({ cases: ['L1'] })).toThrow(/is not played: .* npm run cases -- --case L1 writes/);
  });

  it('expects the route that the configuration gives a fault domain', () => {
    const routed: Config = { ...example, alerts: { ...example.alerts, routes: { okta: 'ticket' } } };
    const [scenario] = select({ cases: ['O1'] }, routed).scenarios;
    expect(scenario?.expected).toMatchObject([{ alarm: 'okta-synthetics/acme/okta/page', route: 'ticket', within: 3 }]);
  });

  it('lasts and waits for the same number of runs if runs are rare', () => {
    const rare = example.orgs.map((org) => ({ ...org, intervalMinutes: { ...org.intervalMinutes, flows: 5 } }));
    const [scenario] = select({ cases: ['K1'] }, { ...example, orgs: rare }).scenarios;
    expect(scenario?.faultPhases).toMatchObject([{ minutes: 50 }]);
    expect(scenario?.expected).toMatchObject([{ within: 50 }]);
  });

  it('expects a notification for each org if the fault affects all of them', () => {
    const [first] = example.orgs;
    if (!first) throw new Error('the example has no org');
    const config = { ...example, orgs: [first, { ...first, name: 'other' }] };
    const orgsOf = ({ expected }: ReturnType<typeof select>['scenarios'][number]) =>
      expected.map(({ alarm }) => alarm.split('/')[1]);
    expect(select({ cases: ['M2'] }, config).scenarios.map(orgsOf)[0]).toEqual(['acme', 'other']);
    expect(select({ cases: ['M4'] }, config).scenarios.map(orgsOf)).toEqual([
      ['acme'],
      ['acme', 'other', 'monitor'],
      ['acme', 'other', 'monitor'],
    ]);
  });

  it('leaves out scenarios of groups that do not run and of routes without subscribers', () => {
    const names = (config: Config) => new Set(select({ withScripted: true }, config).scenarios.map(({ name }) => name));
    const domainOnly = parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }');
    const left = names(example).difference(names(domainOnly));
    for (const name of ['decline', 'maintenance, function', 'undelivered']) expect(left).toContain(name);
    for (const name of ['cold-start', 'notifier-broken, crash', 'maintenance, within'])
      expect(left).not.toContain(name);
  });

  it('skips a case whose probes the configuration does not run, and says so', () => {
    const withoutApi = example.orgs.map(({ api: _, ...org }) => org);
    const { skipped } = select({}, { ...example, orgs: withoutApi });
    const k3 = skipped.find(({ id }) => id === 'K3');
    expect(k3?.reason).toBe('the configuration does not monitor what it needs');
  });
});
