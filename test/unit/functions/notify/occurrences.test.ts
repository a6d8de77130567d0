import { expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import { isNotice, type Occurrence } from '../../../../functions/notify/occurrences.ts';

const occurrence = (once?: readonly string[]): Occurrence => ({
  finding: { ...finding('internal-error'), ...(once && { once }) },
  ...{ since: 0, until: 0, targets: [] },
});
const [lasting, once] = [occurrence(), occurrence(['payroll#14'])];

it('an incident has no end to be told only if all that it reports is told once', () => {
  expect(isNotice([once, occurrence(['wiki#30'])])).toBe(true);
  for (const mixed of [[once, lasting], [lasting, once], [lasting], []]) expect(isNotice(mixed)).toBe(false);
});
