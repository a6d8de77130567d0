import { describe, expect, it } from 'vitest';
import { findings } from '../../../../functions/findings/finding.ts';
import { findingAlarms, severitiesOf } from '../../../../functions/findings/finding-alarms.ts';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import type { Probe } from '../../../../functions/model/probe.ts';
import { headroomSeries, retriesSeries, severitySeries } from '../../../../functions/model/series.ts';
import { flows, limits, negativeTests, probes, status } from '../../../../functions/probes/index.ts';
import { planProbes } from '../../../../functions/probes/plan.ts';
import { seriesOf } from '../../../../functions/probes/series.ts';
import { fullOrg } from '../../../support/full-org.ts';

const org = { ...fullOrg, negativeTests: true };
const identities = (...groups: (readonly Probe[])[]) =>
  seriesOf(org, planProbes(org, groups.flat())).map(({ identity }) => JSON.stringify(identity));
const shared = [
  ...faultDomains.map((domain) => severitySeries({ name: 'acme' }, domain)),
  retriesSeries({ name: 'acme' }),
].map(({ identity }) => JSON.stringify(identity));
const headroom = JSON.stringify(headroomSeries({ name: 'acme' }).identity);

describe('the series of a plan', () => {
  it('has a namespace for each deployment, so that two never share a series', () => {
    const namespaces = (deployment?: string) => {
      const org = { ...fullOrg, ...(deployment && { deployment }) };
      return new Set(seriesOf(org, planProbes(org, probes)).map(({ identity }) => identity.namespace));
    };
    expect(namespaces()).toEqual(new Set(['OktaSynthetics']));
    expect(namespaces('staging')).toEqual(new Set(['OktaSynthetics/staging']));
  });

  it('lists each series once, even if several groups publish it', () => {
    const all = identities(probes);
    expect(new Set(all).size).toBe(all.length);
    const byGroup = [flows, limits, status, negativeTests].flatMap((group) => identities(group));
    expect([...new Set(byGroup)].sort()).toEqual([...all].sort());
  });

  it('includes the shared metrics for all groups except negative-tests', () => {
    for (const group of [flows, limits])
      expect(identities(group)).toEqual(expect.arrayContaining([...shared, headroom]));
    expect(identities(status)).toEqual(expect.arrayContaining(shared));
    expect(identities(status)).not.toContain(headroom);
    expect(identities(negativeTests).filter((each) => shared.includes(each) || each === headroom)).toEqual([]);
  });

  it('lists the dimensions of each series in alphabetical order', () => {
    for (const { identity } of seriesOf(org, planProbes(org, probes))) {
      const names = Object.keys(identity.dimensions);
      expect(names).toEqual(names.toSorted());
    }
  });

  it('lists no series for disabled probes', () => {
    expect(seriesOf(fullOrg, planProbes(fullOrg, negativeTests))).toEqual([]);
  });
});

describe('the alarms on findings', () => {
  it('has one alarm for each fault domain and severity of a finding, except info', () => {
    const named = Object.values(findings)
      .flatMap((each) => severitiesOf(each).map((severity) => ({ domain: each.domain, severity })))
      .filter(({ severity }) => severity !== 'info')
      .map(({ domain, severity }) => `${domain}/${severity}`);
    expect(findingAlarms.map(({ domain, severity }) => `${domain}/${severity}`).sort()).toEqual(
      [...new Set(named)].sort(),
    );
  });
});
