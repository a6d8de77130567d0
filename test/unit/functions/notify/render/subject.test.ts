import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmMeaning } from '../../../../../functions/findings/alarm-catalog.ts';
import type { AlarmSubject } from '../../../../../functions/findings/alarm-subject.ts';
import { type FindingCode, failsElsewhere, finding, findings } from '../../../../../functions/findings/finding.ts';
import { impactOf } from '../../../../../functions/findings/impact.ts';
import { domainLabels, faultDomains } from '../../../../../functions/model/fault-domain.ts';
import { incidentOf } from '../../../../../functions/notify/incident.ts';
import { renderFirstLine } from '../../../../../functions/notify/render/first-line.ts';
import { renderSubject } from '../../../../../functions/notify/render/subject.ts';
import { probes } from '../../../../../functions/probes/index.ts';
import { at, evidenceOf, flowsLog, minutes, outcome, runs } from '../../../../support/log-of.ts';
import {
  firing,
  firingEvidence,
  firingOf,
  links,
  messageOf,
  resolved,
  resolvedEvidence,
} from '../../../../support/messages.ts';

/** As long as the configuration allows a name, and as long as an id of a server is. */
const [longOrg, longServer] = ['acme-workforce-production-emea-1', 'aus1gbq7m0Xk8cVZp0h8'];

const codes = (Object.keys(findings) as FindingCode[]).filter((code) => findings[code].severity !== 'info');

/** The change and the evidence when a finding fires at these targets of an org. */
function changeAbout(code: FindingCode, targets: readonly string[], org = 'acme') {
  const { domain, severity } = findings[code];
  const route = severity === 'info' ? 'page' : severity;
  const lines = ['12:36', '12:37'].flatMap((time) => targets.map((target) => outcome(at(time), target, code, { org })));
  const alarm = { ...firingOf({ kind: 'findings', org, domain, severity: route }), changedAt: at('12:38') } as const;
  return [alarm, evidenceOf(lines), { ...links, route }] as const;
}

const messageAbout = (...about: Parameters<typeof changeAbout>) => messageOf(...changeAbout(...about));

/** The probes, each at the org or at this server. */
const hitsAt = (server: string) =>
  probes.map(({ id, scope }) => ({ probe: id, ...(scope !== 'org' && { server }), isIntermittent: false }));

/** The subject and the first line about a finding, for each probe at this server: without the rest of the message. */
function headsAbout(code: FindingCode, server: string, org = 'acme') {
  const [alarm, evidence, to] = changeAbout(code, ['organization'], org);
  const incident = incidentOf(alarm, evidence);
  return hitsAt(server).map((hit) => {
    const impact = impactOf({ ...findings[code], code, hit: [hit], isAnythingFine: false });
    const own = { ...incident, ...(impact && { impact }) };
    const subject = renderSubject(own, to);
    return { hit, subject, lead: renderFirstLine(own, subject) };
  });
}

/** Whether a subject fits, with a cause that is left out as a whole or not at all: half of one could mean something else. */
function fits(code: FindingCode, subject: string): boolean {
  const { brief } = findings[code];
  const [, cause = brief] = / - (.+?)( since)?( \d\d:\d\dZ)?$/.exec(subject) ?? [];
  return subject.length <= 60 && /^(PAGE|TICKET) acme[\w.-]*: \S/.test(subject) && cause === brief;
}

describe('the subject of a message', () => {
  it('names the deployment, unless it is the default', () => {
    const staging = { ...links, monitor: { ...links.monitor, deployment: 'staging' } };
    expect(messageOf(firing, firingEvidence, staging).subject).toMatch(/^PAGE staging\/acme: /);
    expect(messageOf(firing, firingEvidence, links).subject).toMatch(/^PAGE acme: /);
  });

  it.each<[FindingCode, string[], string]>([
    ['internal-error', ['token@default'], "PAGE acme: no tokens at 'default' - Okta 500 since 12:36Z"],
    ['internal-error', ['authorize@org'], 'PAGE acme: no sign-in at Org server - Okta 500 since 12:36Z'],
    ['internal-error', ['token@org', 'authorize@org'], 'PAGE acme: no sign-in or tokens at Org - Okta 500 12:36Z'],
    ['internal-error', ['token@org', 'token@default'], 'PAGE acme: no tokens at 2 servers - Okta 500 since 12:36Z'],
    ['connect-timeout', ['organization'], 'PAGE acme: org not reachable - no connection since 12:36Z'],
    ['signing-key-unpublished', ['verify@default'], "PAGE acme: bad tokens at 'default' - signing key missing"],
    ['scope-unknown', ['token@default'], "TICKET acme: no token at 'default' - scope unknown 12:36Z"],
    ['secret-unreadable', ['token@org'], 'TICKET acme: checks not made at Org - secret unreadable'],
  ])('about %s at %j says what people cannot do, where, why and since when', (code, targets, subject) => {
    expect(messageAbout(code, targets).subject).toBe(subject);
  });

  it('does not claim that everything fails if some runs passed', () => {
    const flapping = [
      ...runs(['12:00', '12:02'], { 'token@default': 'internal-error' }),
      ...runs(['12:01'], { 'token@default': 'passed' }),
    ];
    expect(messageOf(firing, evidenceOf(flapping)).subject).toBe(
      "PAGE acme: some tokens fail at 'default' - Okta 500 12:00Z",
    );
  });

  it('does not claim that something fails if a probe that passed only warns', () => {
    const warns = { warnings: [finding('certificate-expires-soon')] };
    const lines = minutes('12:00', '12:03').map((time) => outcome(at(time), 'organization', 'passed', warns));
    const subject = { kind: 'findings', org: 'acme', domain: 'credentials', severity: 'ticket' } as const;
    expect(messageOf(firingOf(subject), evidenceOf(lines), { ...links, route: 'ticket' }).subject).toBe(
      'TICKET acme: certificate expires soon - nothing fails yet',
    );
  });

  it.each(codes.filter(failsElsewhere))(
    'says nothing of what fails not yet if a probe that passed warns of what fails elsewhere: %s',
    (code) => {
      const { domain, severity, brief } = findings[code];
      const lines = minutes('12:00', '12:03').map((time) =>
        outcome(at(time), 'agents', 'passed', { warnings: [finding(code)] }),
      );
      const route = severity === 'info' ? 'page' : severity;
      const alarm = firingOf({ kind: 'findings', org: 'acme', domain, severity: route });
      const { subject, email } = messageOf(alarm, evidenceOf(lines), { ...links, route });
      expect(subject).toContain(brief);
      expect(`${subject} ${email}`).not.toMatch(/nothing fails yet/i);
    },
  );

  it('does not sound like an outage of the org if one custom server fails', () => {
    for (const code of codes) {
      for (const { hit, subject, lead } of headsAbout(code, 'default'))
        if (hit.server) expect(`${subject} ${lead}`, `${code} ${hit.probe}`).toMatch(/'default'/);
    }
  });

  it.each(codes)('about %s fits a lock screen, and leaves out words only as a whole', (code) => {
    const heads = ['default', longServer].flatMap((server) =>
      ['acme', longOrg].flatMap((org) => headsAbout(code, server, org)),
    );
    expect(heads.length).toBe(4 * probes.length);
    expect(heads.filter(({ subject }) => !fits(code, subject))).toEqual([]);
    expect(heads.filter(({ lead }) => lead.length > 120 || !lead.endsWith('.'))).toEqual([]);
  });

  it('of a whole message fits a lock screen, and its first line is the one that was judged by itself', () => {
    const [code, server, org] = [
      fc.constantFrom(...codes),
      fc.constantFrom('default', longServer),
      fc.constantFrom('acme', longOrg),
    ];
    const property = fc.property(code, server, org, fc.nat(probes.length - 1), (code, server, org, index) => {
      const head = headsAbout(code, server, org)[index];
      const target = head?.hit.server ? `${head.hit.probe}@${server}` : (head?.hit.probe ?? '');
      const { subject, email } = messageAbout(code, [target], org);
      expect([subject].filter((each) => !fits(code, each))).toEqual([]);
      expect([subject, email.split('\n')[0]?.replace(/Do: .*/, '')]).toEqual([
        head?.subject,
        head?.lead.replace(/Do: .*/, ''),
      ]);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('names the cause of every finding at a server with a short name', () => {
    for (const code of codes) expect(messageAbout(code, ['token@default']).subject).toContain(findings[code].brief);
  });

  it('begins with RESOLVED and contains the cause and the duration when the alarm has resolved', () => {
    expect(messageOf(resolved, resolvedEvidence).subject).toBe("RESOLVED acme: Okta 500 at 'default' - lasted 9 min");
  });

  it('begins with TICKET on the ticket route', () => {
    expect(messageOf(firing, firingEvidence, { ...links, route: 'ticket' }).subject).toMatch(/^TICKET acme: /);
  });

  it('names no cause and no culprit if the logs contain no finding', () => {
    for (const domain of faultDomains) {
      const { subject } = messageOf(
        firingOf({ kind: 'findings', org: 'acme', domain, severity: 'page' }),
        evidenceOf([]),
      );
      expect(subject).toBe('PAGE acme: no evidence, alarm at 12:02Z');
    }
  });

  it('names the error when a function of the monitor is broken', () => {
    const alarm = firingOf({ kind: 'group-broken', group: 'flows' });
    const line = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames: ['at x:1:2'] } as const;
    const evidence = { ...evidenceOf([]), lines: [{ time: at('12:00'), logGroup: flowsLog, line }] };
    expect(messageOf(alarm, evidence).subject).toBe('PAGE monitor: flows probes broken - TypeError');
  });

  it.each<AlarmSubject>([
    { kind: 'not-running', org: longOrg },
    { kind: 'probe-failing', org: longOrg, probe: 'refuses-unknown-redirect-uri' },
    { kind: 'group-broken', group: 'negative-tests' },
    { kind: 'group-throttled', group: 'negative-tests' },
    { kind: 'group-not-running', group: 'negative-tests' },
    { kind: 'notify-broken', route: 'ticket' },
    { kind: 'notify-not-running', route: 'ticket' },
    { kind: 'messages-undelivered', receiver: 'tickets-chat-hooks-example-com' },
  ])('about $kind says what is wrong with the monitor, and so does the first line', (about) => {
    const { subject, email } = messageOf(firingOf(about), evidenceOf([]), { ...links, route: 'ticket' });
    const { brief, summary } = alarmMeaning(about);
    expect(subject).toContain(brief);
    expect(subject.length).toBeLessThanOrEqual(60);
    const [lead = ''] = email.split('\n');
    expect(lead).toContain(summary);
    expect(lead.length).toBeLessThanOrEqual(120);
  });

  it('has a different label for each fault domain', () => {
    expect(new Set(faultDomains.map((domain) => domainLabels[domain])).size).toBe(faultDomains.length);
  });
});

describe('the subject about a thing that has a name and a day', () => {
  const about = 'SAML certificate of Payroll expires 2026-12-05';
  const messageWith = (fields: object, org = 'acme') => {
    const warnings = [{ ...finding('saml-certificate-expires'), ...fields }];
    const lines = minutes('12:00', '12:03').map((time) =>
      outcome(at(time), 'certificates', 'passed', { org, warnings }),
    );
    const subject = { kind: 'findings', org, domain: 'configuration', severity: 'ticket' } as const;
    return messageOf(firingOf(subject), evidenceOf(lines), { ...links, route: 'ticket' });
  };

  it('says both, and so does the first line', () => {
    const { subject, email } = messageWith({ about });
    expect(subject).toBe(`TICKET acme: ${about}`);
    expect(email.split('\n')[0]).toContain(`${about}. Nothing fails yet.`);
  });

  it('says neither where a part would have to be left out', () => {
    const long = about.replace('Payroll', 'Payroll of all our companies');
    expect(messageWith({ about: long }).subject).toBe('TICKET acme: SAML certificate expires - nothing fails yet');
  });
});
