import { describe, expect, it } from 'vitest';
import { findings } from '../../../../../functions/diagnosis/finding.ts';
import { domainLabels, faultDomains } from '../../../../../functions/model/fault-domain.ts';
import { incidentOf } from '../../../../../functions/notify/incident.ts';
import { renderSubject } from '../../../../../functions/notify/render/subject.ts';
import { at, evidenceOf, runs, statusPage } from '../../../../support/log-of.ts';
import {
  firing,
  firingEvidence,
  firingOf,
  links,
  messageOf,
  resolved,
  resolvedEvidence,
} from '../../../../support/messages.ts';

describe('the subject of a message', () => {
  it('contains the route, org, finding, fault domain and target of an alarm that fires', () => {
    expect(messageOf(firing, firingEvidence).subject).toBe('PAGE acme: internal-error - Okta problem - token@default');
  });

  it('begins with TICKET on the ticket route', () => {
    expect(messageOf(firing, firingEvidence, { ...links, route: 'ticket' }).subject).toMatch(/^TICKET acme: /);
  });

  it('begins with RESOLVED and contains the duration when the alarm has resolved', () => {
    expect(messageOf(resolved, resolvedEvidence).subject).toBe(
      'RESOLVED acme: internal-error - Okta problem - lasted 9 min - token@default',
    );
  });

  it('counts the targets that do not fit', () => {
    const targets = ['token@default', 'token@org', 'keys@org', 'keys@default'];
    const all = Object.fromEntries(targets.map((target) => [target, 'internal-error' as const]));
    expect(messageOf(firing, evidenceOf(runs(['12:00', '12:01'], all))).subject).toBe(
      'PAGE acme: internal-error - Okta problem - token@default, token@org and 2 more',
    );
  });

  it('says when Okta has announced an incident', () => {
    const announced = runs(['12:01'], { 'status-page': 'announced-incident' });
    expect(messageOf(firing, { ...firingEvidence, lines: [...firingEvidence.lines, ...announced] }).subject).toBe(
      'PAGE acme: internal-error - Okta problem - announced by Okta - token@default',
    );
  });

  it('says that the state of Okta is unknown when the probes of an org do not run', () => {
    const alarm = firingOf({ kind: 'not-running', org: 'acme' });
    expect(messageOf(alarm, evidenceOf([statusPage(at('12:00'))])).subject).toBe(
      'PAGE acme: not-running - monitor problem - the state of Okta is unknown',
    );
  });

  it('names the error when a function of the monitor is broken', () => {
    const alarm = firingOf({ kind: 'group-broken', group: 'flows' });
    const line = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames: ['at x:1:2'] } as const;
    const evidence = { ...evidenceOf([]), lines: [{ time: at('12:00'), logGroup: 'flows', line }] };
    expect(messageOf(alarm, evidence).subject).toBe('PAGE monitor: flows-broken - monitor problem - TypeError');
  });

  it('is short enough for SNS, and never cuts the org, finding or fault domain', () => {
    const org = 'x'.repeat(32);
    const incident = incidentOf(firing, firingEvidence);
    for (const [code, { domain }] of Object.entries(findings)) {
      for (const alarm of [firing, resolved]) {
        const subject = renderSubject({ ...incident, alarm, org, code, domain }, { ...links, route: 'ticket' });
        expect(subject.length).toBeLessThan(100);
        expect(subject).toContain(`${org}: ${code} - ${domainLabels[domain]}`);
      }
    }
  });

  it('has a different label for each fault domain', () => {
    expect(new Set(faultDomains.map((domain) => domainLabels[domain])).size).toBe(faultDomains.length);
  });
});
