import { describe, expect, it } from 'vitest';
import { type FindingCode, finding, findings } from '../../../../../functions/diagnosis/finding.ts';
import { escalations } from '../../../../../functions/diagnosis/findings/definition.ts';
import type { FaultDomain } from '../../../../../functions/model/fault-domain.ts';
import { at, evidenceOf, minutes, outcome, runs } from '../../../../support/log-of.ts';
import { messageOf, recovery, recoveryEvidence, rise, riseEvidence, section } from '../../../../support/messages.ts';

const linesOf = (email: string) => email.split('\n');

/** The rise of the alarm that watches a finding, with that finding in the log. */
function messageAbout(code: FindingCode) {
  const { domain, severity } = findings[code];
  const subject = { kind: 'findings', org: 'acme', domain, severity: severity === 'info' ? 'page' : severity } as const;
  return messageOf({ ...rise, subject }, evidenceOf(runs(['12:00', '12:01'], { 'token@default': code })));
}

describe('the e-mail of a rise', () => {
  const message = messageOf(rise, riseEvidence);

  it('begins with what is wrong, whose fault it is, since when and where', () => {
    expect(linesOf(message.email).slice(0, 6)).toEqual([
      'acme: Okta answers with an internal error.',
      '',
      "Finding     internal-error (Okta's fault)",
      'Since       2026-11-21 12:00 UTC: 2 min before this alarm',
      'Where       token@default                2 of 2 runs',
      'Seen        seen at https://acme.okta.com/oauth2/default/v1/token',
    ]);
  });

  it('tells what still works and what was not asked because of it', () => {
    expect(section(message, 'STILL WORKS')).toEqual([
      'organization, discovery@default, keys@default, authorize@default, token@org',
    ]);
    expect(section(message, 'NOT ASKED')).toEqual(['verify@default: token failed']);
  });

  it("tells Okta's own word", () => {
    expect(section(message, "OKTA'S OWN WORD").join(' ')).toBe(
      'Okta announces no incident for this org (cell okta.com:8, read at 2026-11-21 12:00 UTC).',
    );
  });

  it('has the likely causes, the steps, whom to turn to, and a command that shows the cause', () => {
    expect(section(message, 'LIKELY CAUSES')).toEqual(['1. a fault inside Okta']);
    expect(section(message, 'WHAT TO DO').join(' ')).toBe(
      `1. Check https://status.okta.com/ for an incident 2. Open a case with Okta Support and paste the support block When that does not help: ${escalations.okta}`,
    );
    expect(section(message, 'TO CONFIRM')).toEqual(['curl -v https://acme.okta.com/.well-known/okta-organization']);
  });

  it('links to the finding in the runbook and to the dashboard', () => {
    expect(section(message, 'LINKS').slice(0, 2)).toEqual([
      'Runbook     https://git.example.com/monitor/docs/runbook.md#internal-error',
      'Dashboard   https://us-east-1.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/okta-synthetics',
    ]);
  });

  it("holds what Okta's support asks for", () => {
    const block = section(message, "FOR OKTA'S SUPPORT, TO COPY").join('\n');
    for (const fact of [
      'org:       acme.okta.com',
      'server:    default',
      'frequency: 2 of 2 runs since 2026-11-21 12:00 UTC',
      'request:   2026-11-21T12:01:00.350Z POST https://acme.okta.com/oauth2/default/v1/token',
      'X-Okta-Request-Id req-120100-token',
      'errorCode E0000009',
    ]) {
      expect(block).toContain(fact);
    }
  });

  it('shows the last three requests of every place, with their ids', () => {
    const four = runs(minutes('11:58', '12:01'), { 'token@default': 'internal-error', 'token@org': 'internal-error' });
    const places = section(messageOf(rise, evidenceOf(four)), 'EVIDENCE, THE LATEST FIRST');
    expect(places).toHaveLength(8);
    expect(places.slice(4)).toEqual([
      'token@org: POST https://acme.okta.com/oauth2/org/v1/token',
      '2026-11-21T12:01:00.350Z status 500, E0000009, request id req-120100-token',
      '2026-11-21T12:00:00.350Z status 500, E0000009, request id req-120000-token',
      '2026-11-21T11:59:00.350Z status 500, E0000009, request id req-115900-token',
    ]);
  });

  it('shows all facts of the last request where there is no support block', () => {
    const evidence = section(messageAbout('client-refused'), 'EVIDENCE, THE LATEST FIRST');
    expect(evidence).toContain('first byte 41 ms, body 1 ms');
  });

  it.each(['okta', 'quota', 'network', 'configuration', 'credentials'] satisfies FaultDomain[])(
    "has a support block only where Okta's support can help: %s",
    (domain) => {
      const code = Object.entries(findings).find(([, each]) => each.domain === domain && each.severity !== 'info')?.[0];
      const block = section(messageAbout(code as FindingCode), "FOR OKTA'S SUPPORT, TO COPY");
      expect(block.length > 0).toBe(domain === 'okta' || domain === 'quota');
    },
  );

  it('fits a mail program, but for URLs, commands and names', () => {
    const codes = (Object.keys(findings) as FindingCode[]).filter((code) => findings[code].severity !== 'info');
    for (const code of codes) {
      const { email } = messageAbout(code);
      const confirm = section({ subject: '', text: '', email, chat: message.chat }, 'TO CONFIRM')[0] ?? '';
      const long = linesOf(email).filter((line) => line.length > 80 && !line.includes('https://'));
      expect(long.filter((line) => line.trim() !== confirm && !line.startsWith('finding:'))).toEqual([]);
    }
  });

  it.each(Object.keys(findings) as FindingCode[])('names %s with its remedy, whatever its fault domain', (code) => {
    if (findings[code].severity === 'info') return;
    const { email, subject } = messageAbout(code);
    expect(subject).toContain(code);
    for (const step of findings[code].remedy) expect(email.replaceAll(/\s+/g, ' ')).toContain(step);
    expect(email).toContain(`runbook.md#${code}`);
  });

  it('fills in what is known of a command', () => {
    const org = runs(['12:00'], { 'keys@org': 'keys-unusable' });
    expect(section(messageOf(rise, evidenceOf(org)), 'TO CONFIRM')).toEqual([
      'curl -s https://acme.okta.com/oauth2/v1/keys',
    ]);
    const custom = runs(['12:00'], { 'keys@aus1': 'malformed-answer' });
    expect(section(messageOf(rise, evidenceOf(custom)), 'TO CONFIRM')).toEqual([
      'curl -i https://acme.okta.com/oauth2/aus1/v1/keys',
    ]);
  });

  it('lets nobody paste into a shell what an answer could have made up', () => {
    const { line, ...seen } = outcome(at('12:00'), 'keys@org', 'malformed-answer');
    const exchanges = line.exchanges.map((each) => ({ ...each, url: 'https://acme.okta.com/$(reboot)' }));
    const evidence = evidenceOf([{ ...seen, line: { ...line, exchanges } }]);
    expect(section(messageOf(rise, evidence), 'TO CONFIRM')).toEqual(['curl -i URL']);
  });

  it('lists other findings with a line each', () => {
    const two = runs(['12:00', '12:01'], { 'keys@org': 'gateway-error', 'token@org': 'client-refused' });
    const both = messageOf(rise, { ...riseEvidence, lines: [...riseEvidence.lines, ...two] });
    expect(section(both, 'ALSO BEHIND THIS ALARM')).toEqual([
      "gateway-error (Okta's fault) at keys@org, 12:00 to 12:01 UTC",
    ]);
    expect(section(both, 'ALSO FOUND IN THIS ORG, WITH ALARMS OF ITS OWN')).toEqual([
      'client-refused (credentials) at token@org, 12:00 to 12:01 UTC',
    ]);
  });

  it('says what it lacks, and is sent all the same', () => {
    const sentence = '/aws/lambda/okta-synthetics-flows could not be read: AccessDeniedException';
    const blind = messageOf(rise, evidenceOf([], { gaps: [{ kind: 'refused', sentence }] }));
    expect(section(blind, 'WHAT THIS MESSAGE LACKS')).toEqual([sentence]);
    expect(linesOf(blind.email)[0]).toBe('acme: A page for the fault domain okta, but the log that was read holds no');
    expect(section(blind, 'LINKS')[0]).toBe(
      'Runbook     https://git.example.com/monitor/docs/runbook.md#fault-domain-okta',
    );
    expect(blind.email).toContain('2 out of the last 10 datapoints');
  });

  it('says that it may be older than the log that was read', () => {
    const old = runs(minutes('11:47', '12:01'), { 'token@default': 'internal-error' });
    expect(messageOf(rise, evidenceOf(old)).email).toContain(
      'Since       at least 2026-11-21 11:47 UTC: 15 min before this alarm',
    );
  });

  it('shows where the monitor itself broke', () => {
    const subject = { kind: 'monitor', id: 'flows-broken' } as const;
    const frames = ['    at run (file:///var/task/index.mjs:1:2)'];
    const line = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames } as const;
    const evidence = { ...evidenceOf([]), lines: [{ time: at('12:00'), logGroup: 'flows', line }] };
    expect(section(messageOf({ ...rise, subject }, evidence), "THE MONITOR'S OWN FAULTS")).toEqual([
      'TypeError: once, last at 2026-11-21 12:00 UTC',
      'at run (file:///var/task/index.mjs:1:2)',
    ]);
  });

  it('tells when each function of a silent monitor was last heard of', () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    const { email } = messageOf({ ...rise, subject }, evidenceOf(runs(['11:58'], { organization: 'passed' })));
    expect(email).toContain('Last heard  /aws/lambda/okta-synthetics-flows: 2026-11-21 11:58 UTC');
  });

  it('shows a token by what may be told of it', () => {
    const token = { kid: 'a-kid', issuer: 'https://acme.okta.com', scopes: ['read'], claimNames: ['sub'] };
    const found = { ...outcome(at('12:00'), 'token@default', 'internal-error') };
    const line = { ...found.line, finding: finding('internal-error', { token }) } as typeof found.line;
    const { email } = messageOf(rise, evidenceOf([{ ...found, line }]));
    expect(email).toContain('kid a-kid, issuer https://acme.okta.com, scopes read, claims sub');
    expect(email).not.toContain('undefined');
  });
});

describe('the e-mail of a recovery', () => {
  const message = messageOf(recovery, recoveryEvidence);

  it('says what is over, how long it lasted and what works again', () => {
    expect(linesOf(message.email).slice(0, 5)).toEqual([
      'acme: this is over: Okta answers with an internal error.',
      '',
      "Finding     internal-error (Okta's fault)",
      'Lasted      9 min: 2026-11-21 12:00 UTC to 2026-11-21 12:09 UTC, from the',
      '            first bad run to the last',
    ]);
    expect(section(message, 'WORKS AGAIN')).toEqual(['token@default']);
  });

  it('has no steps and no support block', () => {
    expect(message.email).not.toMatch(/WHAT TO DO|SUPPORT|CONFIRM/);
  });

  it('counts no runs where it did not read them all', () => {
    const windows = [recoveryEvidence.windows, recoveryEvidence.windows].flat();
    expect(message.email).toContain('10 bad runs');
    expect(messageOf(recovery, { ...recoveryEvidence, windows }).email).not.toContain('bad runs\n');
  });
});
