import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryStep, validityInWords, wholeDays } from '../../../../functions/okta/expiry.ts';

const days = { ticket: [30, 14], page: [7, 1] };
const dayMs = 86_400_000;

describe('the step of an expiry', () => {
  it('is reached once each on the way, in order: a ticket early, a page late, and at last the end', () => {
    const end = Date.UTC(2027, 0, 31, 12);
    const reached = Array.from({ length: 60 * 24 }, (_, hour) => {
      const left = wholeDays(end - 40 * dayMs + hour * 3_600_000, end);
      const step = expiryStep(left, days);
      return step && `${step.severity} ${step.step}`;
    });
    const told = reached.filter((step, at) => step !== undefined && step !== reached[at - 1]);
    expect(told).toEqual(['ticket 30', 'ticket 14', 'page 7', 'page 1', 'page 0']);
  });

  it('never goes back as time passes, whatever the steps are', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 365 }), { maxLength: 4 });
    fc.assert(
      fc.property(steps, steps, fc.array(fc.integer({ min: -10, max: 400 })), (ticket, page, left) => {
        const found = left
          .toSorted((one, other) => other - one)
          .flatMap((each) => expiryStep(each, { ticket, page })?.step ?? []);
        expect(found).toEqual(found.toSorted((one, other) => other - one));
      }),
    );
  });

  it('pages for an expiry that is over, unless no expiry pages', () => {
    expect(expiryStep(-1, days)).toEqual({ step: 0, severity: 'page' });
    expect(expiryStep(-1, { ticket: [30], page: [] })).toEqual({ step: 0, severity: 'ticket' });
  });
});

it.each([
  [12, '12 days left'],
  [1, '1 day left'],
  [0, '0 days left'],
  [-1, 'expired 1 day ago'],
  [-30, 'expired 30 days ago'],
])('%d whole days are "%s"', (left, words) => {
  expect(validityInWords(left)).toBe(words);
});
