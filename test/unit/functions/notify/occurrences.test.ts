import { expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import type { LoggedLine } from '../../../../functions/model/log-line.ts';
import { isNotice, type Occurrence, occurrencesIn } from '../../../../functions/notify/occurrences.ts';

const occurrence = (once?: readonly string[]): Occurrence => ({
  finding: { ...finding('internal-error'), ...(once && { once }) },
  ...{ once: once ?? [], since: 0, until: 0, targets: [] },
});
const [lasting, once] = [occurrence(), occurrence(['payroll#14'])];

it('an incident has no end to be told only if all that it reports is told once', () => {
  expect(isNotice([once, occurrence(['wiki#30'])])).toBe(true);
  for (const mixed of [[once, lasting], [lasting, once], [lasting], []]) expect(isNotice(mixed)).toBe(false);
});

/** The expired certificate, as the sign-in reports it in each run, or as the health check tells it once. */
const expired = (time: number, probe: string, keys?: readonly string[]): LoggedLine => ({
  ...{ time, logGroup: '' },
  line: {
    ...{ type: 'outcome', at: '', org: 'acme', probe, exchanges: [], readings: {}, status: 'failed' },
    finding: finding('saml-certificate-expired', keys && { once: keys }),
  },
});

it('a message about a finding that one probe reports in each run notes what another probe tells once', () => {
  const lines = [expired(1, 'saml'), expired(2, 'certificates', ['payroll/1#0']), expired(3, 'saml')];
  const [found] = occurrencesIn(lines, () => true);
  expect(found?.finding.once).toBeUndefined();
  expect(found?.once).toEqual(['payroll/1#0']);
});
