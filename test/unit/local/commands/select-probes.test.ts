import { describe, expect, it } from 'vitest';
import type { Org } from '../../../../functions/model/org.ts';
import { formatTarget } from '../../../../functions/model/target.ts';
import { journey } from '../../../../functions/probes/index.ts';
import { enabledProbes } from '../../../../functions/probes/plan.ts';
import { type ProbeFilter, runsOf, selectProbes } from '../../../../local/commands/check/select-probes.ts';
import { buildOrg } from '../../../support/build-config.ts';
import { fullOrg, healthOrg } from '../../../support/full-org.ts';

const signingIn: Org = { ...fullOrg, user: { login: 'monitor@example.com', secret: 'acme/user' } };
const bare = buildOrg({ name: 'bare', domain: 'bare.okta.com' });
const select = (filter: ProbeFilter) => selectProbes([fullOrg, bare], filter);
const targetsOf = (filter: ProbeFilter) =>
  select(filter).map(({ org, plan }) => [
    org.name,
    ...enabledProbes(plan).map(({ probe, target }) => formatTarget({ probe: probe.id, server: target.server })),
  ]);

describe('a filter for orgs and probes', () => {
  it('selects every org and probe, with those that are off, if nothing is named', () => {
    const selected = select({});
    expect(selected.map(({ org }) => org.name)).toEqual(['acme', 'bare']);
    expect(selected[1]?.plan.some(({ howToEnable }) => howToEnable !== undefined)).toBe(true);
  });

  it('selects the named org', () => {
    expect(select({ orgs: ['bare'] }).map(({ org }) => org.name)).toEqual(['bare']);
  });

  it('selects a probe at one server, or at every server, and only orgs that have it', () => {
    expect(targetsOf({ probes: ['token@default'] })).toEqual([['acme', 'token@default']]);
    expect(targetsOf({ probes: ['token', 'organization'] })).toEqual([
      ['acme', 'organization', 'token@org', 'token@default'],
      ['bare', 'organization'],
    ]);
  });

  it('selects the probes that provide what a named one needs, at its own server', () => {
    expect(targetsOf({ probes: ['verify@default'] })).toEqual([
      ['acme', 'keys@default', 'token@default', 'verify@default'],
    ]);
  });

  it('selects the sign-in with whatever needs its session', () => {
    const [selected = expect.fail('nothing is selected')] = selectProbes([signingIn], { probes: ['code@default'] });
    expect(selected.plan.map(({ probe, target }) => formatTarget({ probe: probe.id, server: target.server }))).toEqual([
      'sign-in',
      'single-sign-on@default',
      'code@default',
    ]);
  });

  it('a journey is one run and a whole one, so that its session ends', () => {
    const [selected = expect.fail('nothing is selected')] = selectProbes([signingIn], {
      probes: ['code@default', 'keys@org'],
    });
    expect(runsOf(selected).map(({ probes }) => probes.map(({ id }) => id))).toEqual([
      ['keys'],
      journey.map(({ id }) => id),
    ]);
  });

  it('health checks are one run, with the probe that gets access for them', () => {
    const [selected = expect.fail('nothing is selected')] = selectProbes([healthOrg()], {
      probes: ['signing-keys@default', 'keys@org', 'agents'],
    });
    expect(runsOf(selected).map(({ probes }) => probes.map(({ id }) => id))).toEqual([
      ['keys'],
      ['api-access', 'agents', 'signing-keys'],
    ]);
  });

  it.each<[ProbeFilter, string]>([
    [{ orgs: ['acmee'] }, 'There is no org "acmee". The orgs are acme, bare.'],
    [{ probes: ['tokn@default'] }, 'There is no probe "tokn@default". The probes are:'],
    [{ orgs: ['bare'], probes: ['keys@default'] }, 'There is no probe "keys@default". The probes are:'],
    [{ orgs: ['bare'], probes: ['token@org'] }, 'The probe token@org is off: set "service"'],
  ])('refuses a name that nothing has, with the possible ones: %j', (filter, says) => {
    expect(() => select(filter)).toThrow(says);
  });

  it('lists each possible probe once, and marks those that are off', () => {
    expect(() => select({ probes: ['nothing'] })).toThrow(/^ {2}keys@default\n.*^ {2}refuses-custom-scope \(off\)/ms);
    expect(() => select({ probes: ['nothing'] })).not.toThrow(/^ {2}organization\n.*^ {2}organization\n/ms);
  });

  it.each<[readonly string[]]>([
    [['token@default']],
    [['token@default', 'keys@org', 'rate-limits']],
    [['discovery', 'organization']],
  ])('the runs of a selection have exactly its probes: %j', (names) => {
    const [selected = expect.fail('nothing is selected')] = select({ orgs: ['acme'], probes: names });
    const targets = runsOf(selected).flatMap(({ org, probes }) =>
      selectProbes([org], { probes: probes.map(({ id }) => id) }).flatMap(({ plan }) =>
        plan.map(({ probe, target }) => formatTarget({ probe: probe.id, server: target.server })),
      ),
    );
    expect(targets.toSorted()).toEqual(
      targetsOf({ orgs: ['acme'], probes: names })
        .flat()
        .slice(1)
        .toSorted(),
    );
  });
});

describe('a filter for servers', () => {
  it('selects the probes at a server, and not those of the whole org', () => {
    const targets = targetsOf({ servers: ['default'] }).flat();
    expect(targets).toContain('token@default');
    expect(targets.filter((target) => target.includes('@') && !target.endsWith('@default'))).toEqual([]);
    expect(targets).not.toContain('organization');
  });

  it('combines with a filter for probes', () => {
    expect(targetsOf({ servers: ['default'], probes: ['token'] })).toEqual([['acme', 'token@default']]);
  });

  it('ends with the possible servers for one that there is not', () => {
    expect(() => select({ servers: ['ausOther'] })).toThrow('The servers are org, default.');
  });
});
