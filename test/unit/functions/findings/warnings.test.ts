import { expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import { folded, onlyUntold } from '../../../../functions/findings/warnings.ts';

const expires = (name: string, step: number, severity: 'page' | 'ticket') =>
  finding('saml-certificate-expires', {
    ...{ severity, detail: name, once: [`${name}#${step}`] },
    comparisons: [{ name, expected: 'valid', found: `${step} days left` }],
  });

it('the same of several things is one finding, with all their keys', () => {
  const [one, ...others] = folded([expires('payroll', 30, 'ticket'), expires('wiki', 14, 'ticket')]);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ detail: 'payroll; wiki', once: ['payroll#30', 'wiki#14'] });
  expect(one?.comparisons?.map(({ name }) => name)).toEqual(['payroll', 'wiki']);
});

it('a ticket and a page stay two findings, and so do two codes', () => {
  const findings = [expires('payroll', 30, 'ticket'), expires('wiki', 7, 'page'), finding('hook-inactive')];
  expect(folded(findings)).toEqual(findings);
});

it('a message says how many more there are, and has the keys of all', () => {
  const many = Array.from({ length: 25 }, (_, at) => expires(`app${at}`, 30, 'ticket'));
  const [one] = folded(many);
  expect(one?.comparisons).toHaveLength(20);
  expect(one?.detail).toMatch(/; app19; and 5 more$/);
  expect(one?.once).toHaveLength(25);
});

const expiring = (name: string, step: number, severity: 'ticket' | 'page' = 'ticket') =>
  finding('okta-certificate-expires', {
    ...{ severity, detail: `${name}: ${step} days left`, once: [`${name}#${step}`] },
    comparisons: [{ name, expected: 'valid for more than 30 days', found: `${step} days left` }],
  });
const told = (...keys: readonly string[]) => new Map(keys.map((key) => [key, '2026-11-21T12:00:00.000Z']));

it('what people have been told becomes a note with the day, until its key is another one', () => {
  const warnings = [expiring('payroll', 14)];
  expect(onlyUntold({ warnings, notes: [] }, told('payroll#14'))).toEqual({
    ...{ warnings: [], notes: ['told on 2026-11-21: okta-certificate-expires, payroll: 14 days left'] },
  });
  expect(onlyUntold({ warnings, notes: [] }, told('payroll#30'))).toEqual({ warnings, notes: [] });
});

it('several things of which the same is said are one finding, and none of them is lost', () => {
  const { warnings } = onlyUntold(
    { warnings: [expiring('payroll', 14), expiring('wiki', 30), expiring('crm', 7, 'page')], notes: [] },
    told('wiki#14'),
  );
  expect(warnings.map(({ severity, detail, once }) => [severity, detail, once])).toEqual([
    ['ticket', 'payroll: 14 days left; wiki: 30 days left', ['payroll#14', 'wiki#30']],
    ['page', 'crm: 7 days left', ['crm#7']],
  ]);
  expect(warnings[0]?.comparisons?.map(({ name }) => name)).toEqual(['payroll', 'wiki']);
});

it('a finding that is no notice stays in every run', () => {
  const warnings = [finding('slow-answer')];
  expect(onlyUntold({ warnings, notes: ['a note'] }, told('anything'))).toEqual({ warnings, notes: ['a note'] });
});
