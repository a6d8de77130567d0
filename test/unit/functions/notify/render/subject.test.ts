import { describe, expect, it } from 'vitest';
import { findings } from '../../../../../functions/diagnosis/finding.ts';
import { faultDomains } from '../../../../../functions/model/fault-domain.ts';
import { domainLabels } from '../../../../../functions/notify/faults.ts';
import { incidentOf } from '../../../../../functions/notify/incident.ts';
import { renderSubject } from '../../../../../functions/notify/render/subject.ts';
import { at, evidenceOf, runs, statusPage } from '../../../../support/log-of.ts';
import { links, messageOf, recovery, recoveryEvidence, rise, riseEvidence } from '../../../../support/messages.ts';

describe('the subject', () => {
  it('of a rise says how urgent, which org, what, whose fault and where', () => {
    expect(messageOf(rise, riseEvidence).subject).toBe("PAGE acme: internal-error - Okta's fault - token@default");
  });

  it('of a ticket says so', () => {
    expect(messageOf(rise, riseEvidence, { ...links, route: 'ticket' }).subject).toMatch(/^TICKET acme: /);
  });

  it('of a recovery says how long it lasted', () => {
    expect(messageOf(recovery, recoveryEvidence).subject).toBe(
      "RECOVERED acme: internal-error - Okta's fault - lasted 9 min - token@default",
    );
  });

  it('counts the places that it has no room for', () => {
    const places = ['token@default', 'token@org', 'keys@org', 'keys@default'];
    const all = Object.fromEntries(places.map((place) => [place, 'internal-error' as const]));
    expect(messageOf(rise, evidenceOf(runs(['12:00', '12:01'], all))).subject).toBe(
      "PAGE acme: internal-error - Okta's fault - token@default, token@org and 2 more",
    );
  });

  it('says when Okta itself announces an incident', () => {
    const announced = runs(['12:01'], { 'status-page': 'announced-incident' });
    expect(messageOf(rise, { ...riseEvidence, lines: [...riseEvidence.lines, ...announced] }).subject).toBe(
      "PAGE acme: internal-error - Okta's fault - Okta announces it - token@default",
    );
  });

  it('of a silent monitor says that nothing is known of Okta', () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    expect(messageOf({ ...rise, subject }, evidenceOf([statusPage(at('12:00'))])).subject).toBe(
      "PAGE acme: not-running - monitor's fault - nothing is known of Okta",
    );
  });

  it('of a broken monitor names the error', () => {
    const subject = { kind: 'monitor', id: 'flows-broken' } as const;
    const line = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames: ['at x:1:2'] } as const;
    const evidence = { ...evidenceOf([]), lines: [{ time: at('12:00'), logGroup: 'flows', line }] };
    expect(messageOf({ ...rise, subject }, evidence).subject).toBe(
      "PAGE monitor: flows-broken - monitor's fault - TypeError",
    );
  });

  it('is never too long for SNS, and never so long that org, finding or fault are cut', () => {
    const org = 'x'.repeat(32);
    const incident = incidentOf(rise, riseEvidence);
    for (const [code, { domain }] of Object.entries(findings)) {
      for (const alarm of [rise, recovery]) {
        const subject = renderSubject({ ...incident, alarm, org, code, domain }, { ...links, route: 'ticket' });
        expect(subject.length).toBeLessThan(100);
        expect(subject).toContain(`${org}: ${code} - ${domainLabels[domain]}`);
      }
    }
  });

  it('names the fault of every domain in other words', () => {
    expect(new Set(faultDomains.map((domain) => domainLabels[domain])).size).toBe(faultDomains.length);
  });
});
