import { expect, it } from 'vitest';
import { ratePerSecond, rates, sizes } from '../../../../lib/limits/quotas.ts';
import { sizeLimits } from '../../../../local/self-hosted/aws-emulator/limits.ts';

it('has the rate of a Region where it differs from that of the others', () => {
  expect(['us-east-1', 'af-south-1', 'eu-north-1'].map((region) => ratePerSecond('PutEvents', region))).toEqual([
    10_000, 400, 600,
  ]);
  expect(ratePerSecond('DescribeAlarmHistory', 'eu-central-1')).toBe(rates.DescribeAlarmHistory.perSecond);
});

it('has the size limits that the emulator enforces', () => {
  expect(Object.fromEntries(Object.entries(sizes).map(([name, { most }]) => [name, most]))).toEqual(sizeLimits);
});

it('says where AWS documents each number', () => {
  for (const { source } of [...Object.values(rates), ...Object.values(sizes)]) {
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
  }
});
