import { describe, expect, it } from 'vitest';
import { estimateCost, type Template } from '../../../local/cost/estimate-cost.ts';
import { formatCost } from '../../../local/cost/format-cost.ts';
import { samples } from '../../lib/synthesized.ts';

const templateOf = (name: string) => JSON.parse(samples[name]?.text ?? '') as Template;
const costOf = (name: string) => estimateCost(templateOf(name));
const lineOf = (name: string, what: string) => costOf(name).lines.find((line) => line.what === what);

describe('the cost', () => {
  it('is counted from the template: metrics, alarms, calls, secrets', () => {
    expect(lineOf('example', 'custom metrics')).toMatchObject({ quantity: 36 });
    expect(lineOf('example', 'PutMetricData calls')).toMatchObject({ quantity: 3 * 43_200 });
    expect(lineOf('example', 'secrets')).toMatchObject({ quantity: 2, dollars: 0.8 });
    expect(lineOf('example', 'dashboards')).toMatchObject({ dollars: 3 });
    const alarms = Object.values(templateOf('example').Resources).filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
    );
    expect(lineOf('example', 'metrics that alarms look at')?.quantity).toBeGreaterThan(alarms.length);
  });

  it('is the sum of its lines', () => {
    const { lines, dollars } = costOf('full');
    expect(dollars).toBeCloseTo(lines.reduce((sum, line) => sum + line.dollars, 0));
  });

  it('is less for an org of which only the domain is known', () => {
    expect(costOf('minimal').dollars).toBeLessThan(costOf('example').dollars / 2);
    expect(lineOf('minimal', 'secrets')).toBeUndefined();
  });

  it('follows the schedules', () => {
    // flows of two orgs, limits, status of two orgs, contracts of one
    expect(lineOf('full', 'PutMetricData calls')?.quantity).toBe(
      43_200 / 2 + 43_200 + 43_200 / 5 + 43_200 / 10 + 43_200 + 720,
    );
  });

  it('tells what is asked of Okta, by bucket and as a share of the default limit', () => {
    const { load } = costOf('example');
    expect(load).toContainEqual({ org: 'acme', bucket: '/oauth2/{id}/v1/token', requestsAnHour: 60 });
    expect(load).toHaveLength(7);
    expect(formatCost(costOf('example'))).toMatch(/acme +\/api\/v1\/users +60 +0\.17 %/);
  });
});
