import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/diagnosis/finding.ts';
import { oktaStatusIn } from '../../../../functions/notify/okta-status.ts';
import { at, evidenceOf, statusPage } from '../../../support/log-of.ts';

const announced = (...pages: ReturnType<typeof statusPage>[]) => oktaStatusIn(evidenceOf(pages));

describe("Okta's own word", () => {
  it('is the incident that it announces on the cell', () => {
    const failed = finding('announced-incident', { detail: 'INC123, Service Disruption, on okta.com:8' });
    expect(announced(statusPage(at('12:00'), { status: 'failed', finding: failed }))).toEqual({
      state: 'announced',
      sentence:
        'Okta announces an incident here: INC123, Service Disruption, on okta.com:8 (read at 2026-11-21 12:00 UTC).',
    });
  });

  it('is that there is none, and what there is elsewhere', () => {
    const elsewhere = statusPage(at('12:00'), { notes: ['cell okta.com:8', 'INC9, Disruption, on okta.com:1'] });
    expect(announced(statusPage(at('12:00')))).toEqual({
      state: 'none',
      sentence: 'Okta announces no incident for this org (cell okta.com:8, read at 2026-11-21 12:00 UTC).',
    });
    expect(announced(elsewhere).sentence).toContain('Elsewhere, or without a cell: INC9, Disruption, on okta.com:1.');
  });

  it('is unknown when the page could not be read, or nobody looked', () => {
    const failed = finding('status-unknown', { detail: 'status 503' });
    expect(announced(statusPage(at('12:00'), { status: 'failed', finding: failed })).state).toBe('unknown');
    expect(announced().state).toBe('unknown');
  });

  it('is the youngest one', () => {
    const failed = finding('announced-incident', { detail: 'INC123' });
    const over = [statusPage(at('11:55'), { status: 'failed', finding: failed }), statusPage(at('12:00'))];
    expect(announced(...over).state).toBe('none');
  });
});
