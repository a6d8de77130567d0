import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import { oktaStatusIn } from '../../../../functions/findings/okta-status.ts';
import { type Announcements, writeNotes } from '../../../../functions/okta/status-notes.ts';
import { at, evidenceOf, statusPage } from '../../../support/log-of.ts';

const statusAfter = (...pages: ReturnType<typeof statusPage>[]) => oktaStatusIn(evidenceOf(pages));
const noted = (notes: Partial<Announcements>) =>
  statusAfter(statusPage(at('12:00'), { notes: writeNotes({ own: [], elsewhere: [], unplaced: [], ...notes }) }));

describe('oktaStatusIn', () => {
  const late = '(it posts 18 to 285 min late)';
  const incident = 'I-20001, Service Disruption, on okta.com:8';

  it("returns the incident that Okta announces for the org's cell", () => {
    expect(noted({ cell: 'okta.com:8', own: [incident] })).toMatchObject({
      state: 'announced',
      sentence: `Okta announces an incident for this org's cell: ${incident} (status page read at 2026-11-21 12:00 UTC).`,
    });
  });

  it('knows an incident whose notice was sent before', () => {
    const notes = [
      ...writeNotes({ cell: 'okta.com:8', own: [incident], elsewhere: [], unplaced: [] }),
      `told on 2026-11-21: announced-incident, ${incident}`,
    ];
    expect(statusAfter(statusPage(at('12:00'), { notes })).state).toBe('announced');
  });

  it.each(['okta.com:8', undefined])(
    'says that no incident is announced if none is open and the cell is %s',
    (cell) => {
      expect(noted({ ...(cell && { cell }) })).toMatchObject({
        state: 'none',
        sentence: `Okta announces no incident at 12:00Z ${late}.`,
      });
    },
  );

  it('says which incidents are announced elsewhere if the cell is known', () => {
    expect(noted({ cell: 'okta.com:8', elsewhere: ['INC9, Disruption, on okta.com:1'] })).toMatchObject({
      state: 'none',
      sentence: `Okta announces no incident for this org's cell okta.com:8 at 12:00Z ${late}, but elsewhere: INC9, Disruption, on okta.com:1.`,
    });
  });

  it('does not know whether an incident concerns an org whose cell is not known', () => {
    expect(noted({ unplaced: ['INC9, Disruption, on okta.com:1'] })).toMatchObject({
      state: 'unknown',
      sentence:
        'Okta announces an incident: INC9, Disruption, on okta.com:1 (status page read at 2026-11-21 12:00 UTC). Whether this org lives there is not known: its metadata does not name its cell. Set `cell` in the configuration.',
    });
  });

  it('does not know whether an incident concerns an org if the announcement names no cell', () => {
    const { state, sentence } = noted({ cell: 'okta.com:8', unplaced: ['Disruption, no cells named'] });
    expect(state).toBe('unknown');
    expect(sentence).toContain('It names no cell, so whether it affects this org (okta.com:8) is not known.');
  });

  it('returns unknown when the page could not be read or was not checked, or a note cannot be read', () => {
    const failed = finding('status-unknown', { detail: 'status 503' });
    expect(statusAfter(statusPage(at('12:00'), { status: 'failed', finding: failed }))).toMatchObject({
      state: 'unknown',
      sentence: "Okta's status is unknown: the status page could not be read at 2026-11-21 12:00 UTC: status 503.",
    });
    expect(statusAfter()).toMatchObject({
      state: 'unknown',
      sentence: "Okta's status is unknown: the status page was not checked recently.",
    });
    expect(statusAfter(statusPage(at('12:00'), { notes: ['cell: okta.com:8', 'something new'] })).state).toBe(
      'unknown',
    );
  });

  it('uses the latest outcome', () => {
    const notes = writeNotes({ cell: 'okta.com:8', own: [incident], elsewhere: [], unplaced: [] });
    const ended = [statusPage(at('11:55'), { notes }), statusPage(at('12:00'))];
    expect(statusAfter(...ended).state).toBe('none');
  });
});
