import { describe, expect, it } from 'vitest';
import { type FindingCode, finding, findings } from '../../../../../functions/diagnosis/finding.ts';
import { escalations } from '../../../../../functions/diagnosis/findings/definition.ts';
import type { FaultDomain } from '../../../../../functions/model/fault-domain.ts';
import { at, evidenceOf, minutes, outcome, runs } from '../../../../support/log-of.ts';
import {
  firing,
  firingEvidence,
  firingOf,
  messageOf,
  resolved,
  resolvedEvidence,
  section,
} from '../../../../support/messages.ts';

const linesOf = (email: string) => email.split('\n');

/** The message when a finding makes its alarm fire. */
function messageAbout(code: FindingCode) {
  const { domain, severity } = findings[code];
  const alarm = firingOf({ kind: 'findings', org: 'acme', domain, severity: severity === 'info' ? 'page' : severity });
  return messageOf(alarm, evidenceOf(runs(['12:00', '12:01'], { 'token@default': code })));
}

describe('the e-mail about an alarm that fires', () => {
  const message = messageOf(firing, firingEvidence);

  it('begins with what is wrong, since when and where', () => {
    expect(linesOf(message.email).slice(0, 6)).toEqual([
      'acme: Okta answers with an internal error.',
      '',
      'Finding     internal-error (Okta problem)',
      'Since       2026-11-21 12:00 UTC, 2 min before this alarm',
      'Where       token@default                2 of 2 runs',
      'Observed    seen at https://acme.okta.com/oauth2/default/v1/token',
    ]);
  });

  it('lists what still passes and what was skipped', () => {
    expect(section(message, 'STILL PASSING')).toEqual([
      'organization, discovery@default, keys@default, authorize@default, token@org',
    ]);
    expect(section(message, 'SKIPPED')).toEqual(['verify@default: token failed']);
  });

  it('says what Okta has announced', () => {
    expect(section(message, 'OKTA STATUS').join(' ')).toBe(
      'Okta announces no incident (status page read at 2026-11-21 12:00 UTC).',
    );
  });

  it('contains the likely causes, the steps, whom to ask for help, and a command that verifies the finding', () => {
    expect(section(message, 'LIKELY CAUSES')).toEqual(['1. a fault inside Okta']);
    expect(section(message, 'WHAT TO DO').join(' ')).toBe(
      `1. Check https://status.okta.com/ for an incident 2. Open a case with Okta Support and paste the support block If that does not help: ${escalations.okta}`,
    );
    expect(section(message, 'TO VERIFY')).toEqual(['curl -v https://acme.okta.com/.well-known/okta-organization']);
  });

  it('links to the finding in the runbook and to the dashboard', () => {
    expect(section(message, 'LINKS').slice(0, 2)).toEqual([
      'Runbook     https://git.example.com/monitor/docs/runbook.md#internal-error',
      'Dashboard   https://us-east-1.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/okta-synthetics',
    ]);
  });

  it('contains what Okta Support asks for', () => {
    const block = section(message, 'FOR OKTA SUPPORT (COPY AND PASTE)').join('\n');
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

  it('contains the last three requests of every target, with their ids', () => {
    const four = runs(minutes('11:58', '12:01'), { 'token@default': 'internal-error', 'token@org': 'internal-error' });
    const requests = section(messageOf(firing, evidenceOf(four)), 'EVIDENCE (LATEST FIRST)');
    expect(requests).toHaveLength(8);
    expect(requests.slice(4)).toEqual([
      'token@org: POST https://acme.okta.com/oauth2/org/v1/token',
      '2026-11-21T12:01:00.350Z status 500, E0000009, request id req-120100-token',
      '2026-11-21T12:00:00.350Z status 500, E0000009, request id req-120000-token',
      '2026-11-21T11:59:00.350Z status 500, E0000009, request id req-115900-token',
    ]);
  });

  it('contains all facts of the last request when there is no support block', () => {
    const evidence = section(messageAbout('client-refused'), 'EVIDENCE (LATEST FIRST)');
    expect(evidence).toContain('first byte 41 ms, body 1 ms');
  });

  it.each(['okta', 'quota', 'network', 'configuration', 'credentials'] satisfies FaultDomain[])(
    'has a support block for a finding of %s only if Okta Support can help',
    (domain) => {
      const code = Object.entries(findings).find(([, each]) => each.domain === domain && each.severity !== 'info')?.[0];
      const block = section(messageAbout(code as FindingCode), 'FOR OKTA SUPPORT (COPY AND PASTE)');
      expect(block.length > 0).toBe(domain === 'okta' || domain === 'quota');
    },
  );

  it('wraps lines for a mail program, except URLs, commands and names', () => {
    const codes = (Object.keys(findings) as FindingCode[]).filter((code) => findings[code].severity !== 'info');
    for (const code of codes) {
      const { email } = messageAbout(code);
      const command = section({ email }, 'TO VERIFY')[0] ?? '';
      const long = linesOf(email).filter((line) => line.length > 80 && !line.includes('https://'));
      expect(long.filter((line) => line.trim() !== command && !line.startsWith('finding:'))).toEqual([]);
    }
  });

  it.each(Object.keys(findings) as FindingCode[])(
    'contains the code %s, its remedy and a link to the runbook',
    (code) => {
      if (findings[code].severity === 'info') return;
      const { email, subject } = messageAbout(code);
      expect(subject).toContain(code);
      for (const step of findings[code].remedy) expect(email.replaceAll(/\s+/g, ' ')).toContain(step);
      expect(email).toContain(`runbook.md#${code}`);
    },
  );

  it('fills in the host and the server of the command', () => {
    const org = runs(['12:00'], { 'keys@org': 'keys-unusable' });
    expect(section(messageOf(firing, evidenceOf(org)), 'TO VERIFY')).toEqual([
      'curl -s https://acme.okta.com/oauth2/v1/keys',
    ]);
    const custom = runs(['12:00'], { 'keys@aus1': 'malformed-answer' });
    expect(section(messageOf(firing, evidenceOf(custom)), 'TO VERIFY')).toEqual([
      'curl -i https://acme.okta.com/oauth2/aus1/v1/keys',
    ]);
  });

  it('fills no unusual URL into a command that people paste into a shell', () => {
    const { line, ...seen } = outcome(at('12:00'), 'keys@org', 'malformed-answer');
    const exchanges = line.exchanges.map((each) => ({ ...each, url: 'https://acme.okta.com/$(reboot)' }));
    const evidence = evidenceOf([{ ...seen, line: { ...line, exchanges } }]);
    expect(section(messageOf(firing, evidence), 'TO VERIFY')).toEqual(['curl -i URL']);
  });

  it('lists the other findings, each on a line', () => {
    const two = runs(['12:00', '12:01'], { 'keys@org': 'gateway-error', 'token@org': 'client-refused' });
    const both = messageOf(firing, { ...firingEvidence, lines: [...firingEvidence.lines, ...two] });
    expect(section(both, 'ALSO BEHIND THIS ALARM')).toEqual([
      'gateway-error (Okta problem) at keys@org, 12:00 to 12:01 UTC',
    ]);
    expect(section(both, 'ALSO FOUND IN THIS ORG (SEPARATE ALARMS)')).toEqual([
      'client-refused (credentials) at token@org, 12:00 to 12:01 UTC',
    ]);
  });

  it('says which evidence is missing, and what the alarm means without it', () => {
    const sentence = '/aws/lambda/okta-synthetics-flows could not be read: AccessDeniedException';
    const blind = messageOf(firing, evidenceOf([], { gaps: [{ kind: 'unreadable', sentence }] }));
    expect(section(blind, 'MISSING EVIDENCE')).toEqual([sentence]);
    expect(blind.email.split('\n\n')[0]?.replaceAll('\n', ' ')).toBe(
      'acme: Okta is failing at acme, so users may be unable to sign in. The logs read for this message contain no matching finding.',
    );
    expect(section(blind, 'LINKS')[0]).toBe(
      'Runbook     https://git.example.com/monitor/docs/runbook.md#fault-domain-okta',
    );
    expect(blind.email).toContain('2 out of the last 10 datapoints');
  });

  it('says that the problem may be older than the log that was read', () => {
    const old = runs(minutes('11:47', '12:01'), { 'token@default': 'internal-error' });
    expect(messageOf(firing, evidenceOf(old)).email).toContain(
      'Since       2026-11-21 11:47 UTC or earlier, at least 15 min before this alarm',
    );
  });

  it('contains the errors of the monitor itself', () => {
    const alarm = firingOf({ kind: 'group-broken', group: 'flows' });
    const frames = ['    at run (file:///var/task/index.mjs:1:2)'];
    const line = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames } as const;
    const evidence = { ...evidenceOf([]), lines: [{ time: at('12:00'), logGroup: 'flows', line }] };
    expect(section(messageOf(alarm, evidence), 'MONITOR ERRORS')).toEqual([
      'TypeError: once, last at 2026-11-21 12:00 UTC',
      'at run (file:///var/task/index.mjs:1:2)',
    ]);
  });

  it('contains the time of the last log of each function when the probes of an org do not run', () => {
    const alarm = firingOf({ kind: 'not-running', org: 'acme' });
    const { email } = messageOf(alarm, evidenceOf(runs(['11:58'], { organization: 'passed' })));
    expect(email).toContain('Last log    /aws/lambda/okta-synthetics-flows: 2026-11-21 11:58 UTC');
  });

  it('contains the facts of a token that are not secret', () => {
    const token = { kid: 'a-kid', issuer: 'https://acme.okta.com', scopes: ['read'], claimNames: ['sub'] };
    const found = { ...outcome(at('12:00'), 'token@default', 'internal-error') };
    const line = { ...found.line, finding: finding('internal-error', { token }) } as typeof found.line;
    const { email } = messageOf(firing, evidenceOf([{ ...found, line }]));
    expect(email).toContain('kid a-kid, issuer https://acme.okta.com, scopes read, claims sub');
    expect(email).not.toContain('undefined');
  });
});

describe('the e-mail about an alarm that has resolved', () => {
  const message = messageOf(resolved, resolvedEvidence);

  it('says what is true now, how long the problem lasted and what passes again', () => {
    expect(linesOf(message.email).slice(0, 6)).toEqual([
      'RESOLVED acme: No run has reported internal-error since 2026-11-21 12:09 UTC.',
      '',
      'Finding     internal-error (Okta problem)',
      'Lasted      9 min, 2026-11-21 12:00 UTC to 2026-11-21 12:09 UTC (first to last',
      '            bad run)',
      'Where       token@default                10 bad runs',
    ]);
    expect(section(message, 'PASSING AGAIN')).toEqual(['token@default']);
  });

  it('contains no statement of the problem, no steps and no support block', () => {
    expect(message.email).not.toMatch(/Okta answers with an internal error|WHAT TO DO|SUPPORT|VERIFY/);
  });

  it('counts no runs if it did not read all of them', () => {
    const windows = [resolvedEvidence.windows, resolvedEvidence.windows].flat();
    expect(message.email).toContain('10 bad runs');
    expect(messageOf(resolved, { ...resolvedEvidence, windows }).email).not.toContain('bad runs\n');
  });

  it('claims nothing about the runs that it could not read', () => {
    const gaps = [{ kind: 'incomplete', sentence: 'only part of the log was read' }] as const;
    const { email } = messageOf(resolved, { ...resolvedEvidence, gaps });
    expect(linesOf(email)[0]).toBe('RESOLVED acme: Too few recent runs reported a page finding of the fault domain');
    expect(section({ email }, 'MISSING EVIDENCE')).toEqual(['only part of the log was read']);
  });

  it('does not claim a duration if the evidence does not show when the alarm fired', () => {
    const sentence = "the alarm's history does not show when it fired";
    const alarm = { ...resolved, subject: { kind: 'group-broken', group: 'flows' } } as const;
    const { email, subject, chat } = messageOf(alarm, evidenceOf([], { gaps: [{ kind: 'incomplete', sentence }] }));
    expect(email).toContain('Lasted      unknown\n');
    expect(subject).toBe('RESOLVED monitor: flows-broken - monitor problem');
    expect(chat.content.description).toContain('*Lasted* unknown');
    for (const field of ['since', 'durationSeconds']) {
      expect(chat.metadata.additionalContext).not.toHaveProperty(field);
    }
  });

  it('says that the probes of an org report again', () => {
    const { email } = messageOf({ ...resolved, subject: { kind: 'not-running', org: 'acme' } }, evidenceOf([]));
    expect(linesOf(email)[0]).toBe('RESOLVED acme: The probes of acme are reporting again.');
  });
});
