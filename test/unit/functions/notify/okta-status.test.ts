import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/diagnosis/finding.ts';
import { oktaStatusIn } from '../../../../functions/notify/okta-status.ts';
import { at, evidenceOf, statusPage } from '../../../support/log-of.ts';

const statusAfter = (...pages: ReturnType<typeof statusPage>[]) => oktaStatusIn(evidenceOf(pages));

describe('oktaStatusIn', () => {
  it("returns the incident that Okta has announced for the org's cell", () => {
    const failed = finding('announced-incident', { detail: 'INC123, Service Disruption, on okta.com:8' });
    expect(statusAfter(statusPage(at('12:00'), { status: 'failed', finding: failed }))).toEqual({
      state: 'announced',
      sentence:
        'Okta has announced an incident for this org: INC123, Service Disruption, on okta.com:8 (status page read at 2026-11-21 12:00 UTC).',
    });
  });

  it('says that there is no incident for the org, and which ones there are elsewhere', () => {
    const elsewhere = statusPage(at('12:00'), { notes: ['cell okta.com:8', 'INC9, Disruption, on okta.com:1'] });
    expect(statusAfter(statusPage(at('12:00')))).toEqual({
      state: 'none',
      sentence:
        'Okta has announced no incident for this org (cell okta.com:8, status page read at 2026-11-21 12:00 UTC).',
    });
    expect(statusAfter(elsewhere).sentence).toContain(
      'Announced for other cells or for no cell: INC9, Disruption, on okta.com:1.',
    );
  });

  it('returns unknown when the page could not be read or was not checked', () => {
    const failed = finding('status-unknown', { detail: 'status 503' });
    expect(statusAfter(statusPage(at('12:00'), { status: 'failed', finding: failed }))).toEqual({
      state: 'unknown',
      sentence: 'Unknown: the status page could not be read at 2026-11-21 12:00 UTC.',
    });
    expect(statusAfter()).toEqual({
      state: 'unknown',
      sentence: 'Unknown: the status page was not checked recently.',
    });
  });

  it('uses the latest outcome', () => {
    const failed = finding('announced-incident', { detail: 'INC123' });
    const ended = [statusPage(at('11:55'), { status: 'failed', finding: failed }), statusPage(at('12:00'))];
    expect(statusAfter(...ended).state).toBe('none');
  });
});
