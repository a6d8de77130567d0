import { describe, expect, it } from 'vitest';
import { costSummary } from '../../../lib/cost/cost-summary.ts';
import { estimateCost } from '../../../lib/cost/estimate-cost.ts';
import type { Template } from '../../../lib/cost/scheduled-runs.ts';
import { samples } from '../../support/synthesized.ts';

const templateOf = (name: string) => JSON.parse(samples[name]?.text ?? '') as Template;
const costOf = (name: string) => estimateCost(templateOf(name));
const lineOf = (name: string, what: string) => costOf(name).lines.find((line) => line.what === what);

const month = 43_200;

describe('the cost', () => {
  it('of the example, an org with two servers, is less than 14 dollars a month', () => {
    expect(costOf('example').dollars).toBeLessThan(14);
  });

  it('is counted from the template: metrics, alarms, calls, secrets', () => {
    expect(lineOf('example', 'custom metrics')).toMatchObject({ quantity: 15 });
    expect(lineOf('example', 'PutMetricData calls')).toMatchObject({ quantity: 2 * month + month / 5 });
    expect(lineOf('example', 'secrets')).toMatchObject({ quantity: 2, dollars: 0.8 });
    expect(lineOf('example', 'readings of secrets')).toMatchObject({ quantity: 2 * 720 });
    expect(lineOf('example', 'dashboards')).toMatchObject({ dollars: 3 });
    expect(lineOf('example', 'encryption keys')).toMatchObject({ dollars: 1 });
  });

  it('counts every metric behind an alarm: those of AWS, and each of an expression', () => {
    const alarms = Object.values(templateOf('example').Resources).filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
    );
    // Two alarms on undelivered messages look at two topics each.
    expect(lineOf('example', 'metrics that alarms look at')?.quantity).toBe(alarms.length + 2);
    expect(costOf('example').alarms).toBe(alarms.length);
  });

  it('counts a composite alarm by itself, however many it asks', () => {
    const { Resources } = templateOf('example');
    const withOne = { Resources: { ...Resources, All: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {} } } };
    expect(estimateCost(withOne).dollars - estimateCost({ Resources }).dollars).toBeCloseTo(0.5);
  });

  it('counts logs when they are written, and for as long as they are kept', () => {
    const written = lineOf('full', 'GB of logs')?.quantity ?? 0;
    expect(written).toBeGreaterThan(0.1);
    // The full configuration keeps them for three months.
    expect(lineOf('full', 'GB of logs kept')?.quantity).toBeCloseTo(3 * written);
  });

  it('counts what a notifier asks of CloudWatch in its rehearsals', () => {
    expect(lineOf('example', 'DescribeAlarmHistory calls')).toMatchObject({ quantity: 2 * 720 });
  });

  it('is the sum of its lines', () => {
    const { lines, dollars } = costOf('full');
    expect(dollars).toBeCloseTo(lines.reduce((sum, line) => sum + line.dollars, 0));
  });

  it('is less for an org of which only the domain is known', () => {
    expect(costOf('minimal').dollars).toBeLessThan(costOf('example').dollars - 3);
    expect(lineOf('minimal', 'secrets')).toBeUndefined();
  });

  it('follows the schedules: of probes and, for invocations, the rehearsals of notifiers', () => {
    // flows of two orgs, limits of one, status of two orgs, contracts of one
    const runs = month / 2 + month + month / 2 + month / 10 + month / 7 + month / 60;
    expect(lineOf('full', 'PutMetricData calls')?.quantity).toBeCloseTo(runs);
    expect(lineOf('full', 'scheduled invocations')?.quantity).toBeCloseTo(runs + 2 * (month / 60));
  });

  it('tells what is asked of Okta, by bucket; what Okta does not limit stands last', () => {
    const { load } = costOf('example');
    expect(load).toContainEqual({ org: 'acme', bucket: '/oauth2/{id}/v1/token', requestsAnHour: 60 });
    expect(load).toHaveLength(8);
    // The org, discovery and keys of two servers each minute, the status page every five.
    expect(load.at(-1)).toEqual({ org: 'acme', requestsAnHour: 5 * 60 + 12 });
  });

  it('is summed up in a few lines that align', () => {
    const lines = costSummary(costOf('example')).split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^dollars a month +1\d\.\d\d {2}list prices .*; npm run cost has every line$/),
      expect.stringMatching(/^custom metrics +15$/),
      expect.stringMatching(/^alarms +\d+$/),
      expect.stringMatching(/^invocations a month +96,480$/),
      expect.stringMatching(/^requests to Okta an hour +732 {2}420 of them count against a rate limit$/),
    ]);
    expect(new Set(lines.map((line) => /\d(?!.*\d)/.exec(line.slice(0, 34))?.index)).size).toBe(1);
  });
});
