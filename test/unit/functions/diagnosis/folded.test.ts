import { expect, it } from 'vitest';
import { finding } from '../../../../functions/diagnosis/finding.ts';
import { folded } from '../../../../functions/diagnosis/folded.ts';

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
