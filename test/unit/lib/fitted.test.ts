import { expect, it } from 'vitest';
import { fitted } from '../../../lib/fitted.ts';

it('a name that fits stays as it is', () => {
  expect(fitted('okta-synthetics', 15)).toBe('okta-synthetics');
});

it('long names that begin alike stay different, and fit', () => {
  const [one, other] = ['1', '2'].map((end) => fitted(`${'a'.repeat(100)}${end}`, 64));
  expect(one).toHaveLength(64);
  expect(one).not.toBe(other);
});
