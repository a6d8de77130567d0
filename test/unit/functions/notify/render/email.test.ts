import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingCode, finding, findings } from '../../../../../functions/findings/finding.ts';
import { impactOf } from '../../../../../functions/findings/impact.ts';
import type { Exchange } from '../../../../../functions/model/exchange.ts';
import { faultDomains } from '../../../../../functions/model/fault-domain.ts';
import type { Finding } from '../../../../../functions/model/finding.ts';
import { probes } from '../../../../../functions/probes/index.ts';
import { at, evidenceOf, minutes, outcome, runs, statusPage } from '../../../../support/log-of.ts';
import {
  firing,
  firingEvidence,
  firingOf,
  links,
  messageOf,
  resolved,
  resolvedEvidence,
  section,
} from '../../../../support/messages.ts';

const linesOf = (email: string) => email.split('\n');
const leadOf = ({ email }: { readonly email: string }) => linesOf(email)[0] ?? '';
const supportTitle = 'FOR OKTA SUPPORT (COPY AND PASTE)';

const codes = (Object.keys(findings) as FindingCode[]).filter((code) => findings[code].severity !== 'info');

/** The alarm of a finding when it fires. */
function alarmOf(code: FindingCode, org = 'acme') {
  const { domain, severity } = findings[code];
  return firingOf({ kind: 'findings', org, domain, severity: severity === 'info' ? 'page' : severity });
}

const messages = new Map<string, ReturnType<typeof messageOf>>();

/** The message when a finding makes its alarm fire, among the healthy probes of two servers. Each is rendered once. */
function messageAbout(code: FindingCode, target = 'token@default') {
  const message = messages.get(`${code} ${target}`) ?? renderAbout(code, target);
  messages.set(`${code} ${target}`, message);
  return message;
}

function renderAbout(code: FindingCode, target: string) {
  const fine = ['organization', 'discovery@org', 'keys@org', 'token@org', 'keys@default', 'authorize@default'];
  const healthy = Object.fromEntries(fine.filter((each) => each !== target).map((each) => [each, 'passed' as const]));
  const bad = runs(['12:00', '12:01', '12:02'], { ...healthy, [target]: code });
  return messageOf(alarmOf(code), evidenceOf([...runs(['11:59'], healthy), ...bad, statusPage(at('12:00'))]));
}

/** The message about a finding whose last request is like this. */
function messageWith(code: FindingCode, exchange: Partial<Exchange>, facts: Partial<Finding> = {}) {
  const { line, ...seen } = outcome(at('12:00'), 'token@default', code);
  const exchanges = line.exchanges.map(({ method, url, at, phases }) => ({ method, url, at, phases, ...exchange }));
  const about = { ...finding(code), ...facts };
  return messageOf(
    alarmOf(code),
    evidenceOf([{ ...seen, line: { ...line, exchanges, finding: about } as typeof line }]),
  );
}

describe('the e-mail about an alarm that fires', () => {
  const message = messageOf(firing, firingEvidence);

  it('begins with one line: whose fault, what fails and where, what is fine, what Okta announces, what to do', () => {
    expect(linesOf(message.email).slice(0, 2)).toEqual([
      "Okta's fault: apps get no tokens at 'default'; Org server fine. No status-page notice yet. Do: open a case, text below.",
      '',
    ]);
  });

  it('lists what is hit and since when, what was skipped because of it, and what is fine', () => {
    expect(section(message, 'HIT')).toEqual([
      'token@default (2 of 2 runs) since 2026-11-21 12:00 UTC',
      'not checked: verify@default (token failed)',
    ]);
    expect(section(message, 'FINE').join(' ')).toBe(
      'organization, discovery@default, keys@default, authorize@default, token@org',
    );
  });

  it('names a server of which everything passes as a whole', () => {
    const own = { 'keys@org': 'passed', 'discovery@org': 'passed', 'authorize@org': 'passed' } as const;
    const fine = runs(['12:00', '12:01'], own);
    const both = messageOf(firing, { ...firingEvidence, lines: [...firingEvidence.lines, ...fine] });
    expect(section(both, 'FINE')[0]).toMatch(/^all 4 probes of the Org server, organization, /);
  });

  it('says what was seen: the finding, the request and its answer, who answered, the causes and the status page', () => {
    expect(section(message, 'SEEN').join(' ')).toBe(
      [
        'internal-error: Okta answers with an internal error.',
        'POST https://acme.okta.com/oauth2/default/v1/token at 12:01:00Z: status 500, E0000009 Internal Server Error, request id req-120100-token;',
        'answered by Okta: X-Okta-Request-Id',
        'Likely: a fault inside Okta.',
        'Okta announces no incident at 12:00Z (it posts 18 to 285 min late).',
      ].join(' '),
    );
  });

  it('has numbered steps: confirm, the remedies, open a case, tell the owners of applications', () => {
    const steps = section(message, 'DO');
    expect(steps.filter((line) => /^\d\./.test(line)).map((line) => line.slice(0, 28))).toEqual([
      '1. Confirm from a laptop (wi',
      '2. Open a case with the text',
      '3. Tell application owners: ',
    ]);
    expect(steps[2]).toBe('npm run check -- --org acme --probe token@default');
    expect(steps.join(' ')).toContain(
      'Tell application owners: "Since 12:00 UTC, apps get no tokens at \'default\' (acme.okta.com). We follow it up with Okta."',
    );
  });

  it('does not trouble the owners of applications with a probe that only the monitor has', () => {
    const about = (target: string) => section(messageAbout('internal-error', target), 'DO').join(' ');
    expect(about('refuses-custom-scope')).not.toContain('Tell application owners');
    expect(about('authorize@org')).toContain('Tell application owners');
  });

  it('does not tell people to read the status page, which the monitor has read', () => {
    expect(section(message, 'DO').join(' ')).not.toContain('status.okta.com');
    const unread = messageOf(firing, evidenceOf(runs(['12:00'], { 'token@default': 'internal-error' })));
    expect(section(unread, 'DO').join(' ')).toContain('Check https://status.okta.com/ for an incident');
  });

  it('links to the runbook, the System Log, the alarm and the log, in full', () => {
    const shown = section(message, 'LINKS').filter((line) => !line.startsWith('Monitor'));
    expect(shown.map((line) => line.split(/ {2,}/)[0])).toEqual(['Runbook', 'System Log', 'Alarm', 'Log']);
    for (const line of shown) expect(URL.canParse(line.replace(/^.*?(?=https:)/, ''))).toBe(true);
    expect(shown[1]).toContain('https://acme-admin.okta.com/report/system_log_2?search=transaction.id+eq+');
    expect(shown[2]).toContain('#alarmsV2:alarm/okta-synthetics%2Facme%2Fokta%2Fpage');
  });

  it('names the deployment that sent it, with its account and Region', () => {
    const elsewhere = { ...links, monitor: { deployment: 'staging', account: '210987654321', region: 'eu-west-1' } };
    const message = messageOf(firing, firingEvidence, elsewhere);
    expect(section(message, 'LINKS').at(-1)).toBe('Monitor     staging in account 210987654321, eu-west-1');
  });

  it('links to the page of the Admin Console that a remedy names', () => {
    expect(section(messageAbout('policy-refused'), 'LINKS').join('\n')).toContain(
      'Admin page  https://acme-admin.okta.com/admin/oauth2/as',
    );
  });

  it('contains what Okta Support asks for', () => {
    const block = section(message, supportTitle).join('\n');
    for (const fact of [
      'org:       acme.okta.com, server default',
      'internal-error, 2 of 2 runs since 2026-11-21 12:00 UTC',
      'request:   2026-11-21T12:01:00.350Z POST https://acme.okta.com/oauth2/default/v1/token: status 500',
      'errorId oaeR7XK0dQxQ3G1vYc9xYp8Lg, X-Okta-Request-Id req-120100-token',
      'earlier:   2026-11-21T12:00:00.350Z status 500 req-120000-token',
    ]) {
      expect(block).toContain(fact);
    }
  });

  it.each(codes)('about %s has the text for Okta Support if and only if a case is a step', (code) => {
    const about = messageAbout(code);
    const hasStep = section(about, 'DO').some((line) => line.includes('Open a case with the text below'));
    expect(section(about, supportTitle).length > 0).toBe(hasStep);
    expect(hasStep).toBe(findings[code].domain === 'okta' && code !== 'announced-incident');
  });

  it('about an announcement says it once, claims nothing about its effect, and asks to follow the page', () => {
    const about = messageAbout('announced-incident', 'status-page');
    expect(leadOf(about)).toContain('Do: follow the status page.');
    expect(about.email).not.toMatch(/Nothing fails yet|Okta announces/);
    expect(section(about, 'DO').join('\n')).toContain('Follow https://status.okta.com/');
  });

  it.each(codes)('about %s has fewer than 35 lines, also where the names and the clauses are longest', (code) => {
    const { domain, severity } = findings[code];
    const lengthOf = ({ id }: (typeof probes)[number]) => {
      const impact = impactOf({ domain, severity, hit: [{ probe: id, isIntermittent: false }], isAnythingFine: true });
      return id.length + (impact?.clause.length ?? 0) + (impact?.concernsApps ? 1_000 : 0);
    };
    const own = probes
      .filter(({ group }) => group !== 'status')
      .map((probe) => ({ probe, length: lengthOf(probe) }))
      .toSorted((shorter, longer) => longer.length - shorter.length)
      .map(({ probe }) => probe);
    const longest = [
      own.find(({ scope }) => scope === 'org'),
      ...own.filter(({ scope }) => scope !== 'org').slice(0, 2),
    ];
    for (const probe of longest) {
      const { email } = messageAbout(code, probe?.scope === 'org' ? probe.id : `${probe?.id}@default`);
      expect(linesOf(email).length, email).toBeLessThan(35);
      expect(leadOf({ email })).toMatch(/^.{1,119}[.]$/);
    }
  });

  it('about any finding of any probe has a first line for a lock screen and fewer than 35 lines', () => {
    const property = fc.property(
      fc.constantFrom(...codes),
      fc.constantFrom(...probes),
      (code, { id, scope, group }) => {
        fc.pre(group !== 'status');
        const { email } = messageAbout(code, scope === 'org' ? id : `${id}@default`);
        expect(leadOf({ email })).toMatch(/^.{1,119}[.]$/);
        expect(linesOf(email).length, email).toBeLessThan(35);
      },
    );
    fc.assert(property, { numRuns: 120 });
  });

  it.each(codes)('about %s contains its remedies and says nothing twice', (code) => {
    const { email } = messageAbout(code);
    const words = email.replaceAll(/\s+/g, ' ');
    const own = finding(code).remedy.filter((step) => !/status\.okta\.com|open a case/i.test(step));
    for (const step of own) expect(words.split(step).length - 1, step).toBe(1);
    const body = email.split(supportTitle)[0] ?? '';
    const sentences: readonly string[] = body.replaceAll(/\s+/g, ' ').match(/[A-Z][^.:;]{25,}[.]/g) ?? [];
    expect(sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index)).toEqual([]);
    expect(email).not.toMatch(/datapoint|cell: unknown|undefined/);
    expect(email).toContain(`runbook.md#${code}`);
  });

  it('wraps lines for a mail program, except links, commands and the text for Okta', () => {
    const long = codes.flatMap((code) => {
      const [, ...lines] = linesOf(messageAbout(code).email.split(supportTitle)[0] ?? '');
      return lines.filter((line) => line.length > 80 && !/https:\/\/|curl |openssl |dig |nc |aws /.test(line));
    });
    expect(long).toEqual([]);
  });

  it('blames Okta only for what Okta answered', () => {
    const by = (sender: Partial<Exchange>) => leadOf(messageWith('internal-error', { status: 500, ...sender }));
    expect(by({ requestId: 'id' })).toMatch(/^Okta's fault: /);
    expect(by({ sender: { server: 'cloudflare' } })).toMatch(
      /^Not answered by Okta: .* Do: see who answered, below\.$/,
    );
    expect(by({})).toMatch(/^Okta's or a proxy's fault: /);
    expect(leadOf(messageWith('no-answer', {}))).toMatch(/^Okta's or the network's fault: /);
    expect(leadOf(messageWith('connection-reset', { status: 403, sender: { via: '1.1 squid' } }))).toMatch(
      /^A proxy or firewall, /,
    );
  });

  it('says who answered and why, and opens no case with Okta for what something else answered', () => {
    const blocked = messageWith('unexpected-page', { status: 403, sender: { server: 'cloudflare' } });
    expect(section(blocked, 'SEEN').join(' ')).toContain(
      'answered by something in between, not Okta: no X-Okta-Request-Id, server: cloudflare',
    );
    expect(section(blocked, supportTitle)).toEqual([]);
  });

  it('says that your own API answered, and does not send people to the System Log of Okta', () => {
    const refused = messageWith('resource-refused', { status: 401, ofResource: true });
    expect(section(refused, 'SEEN').join(' ')).toContain('answered by your API: its URL is that of "resource"');
    expect(refused.email).not.toContain('system_log');
    expect(refused.email).not.toContain('answered by Okta');
  });

  it('shows what was expected and what was found', () => {
    const comparisons = [{ name: 'audience', expected: 'api://default', found: 'api://other' }];
    expect(section(messageWith('audience-mismatch', {}, { comparisons }), 'SEEN')).toContain(
      'audience: expected api://default, found api://other',
    );
  });

  it('says where to go if the Admin Console cannot be derived from a custom domain', () => {
    const custom = messageWith('client-refused', { url: 'https://login.acme.com/oauth2/default/v1/token' });
    expect(section(custom, 'LINKS').join('\n')).toContain(
      'System Log  in the Admin Console, Reports > System Log: eventType sw "app.oauth2" and outcome.result eq "FAILURE"',
    );
    expect(custom.email).not.toContain('-admin.');
  });

  it('lists the other findings, each on a line', () => {
    const two = runs(['12:00', '12:01'], { 'keys@org': 'gateway-error', 'token@org': 'client-refused' });
    const both = messageOf(firing, { ...firingEvidence, lines: [...firingEvidence.lines, ...two] });
    expect(section(both, 'ALSO')).toEqual([
      'gateway-error (Okta problem) at keys@org, 12:00 to 12:01 UTC',
      'client-refused (credentials) at token@org, 12:00 to 12:01 UTC',
    ]);
  });

  it('shows the last request of other targets with the same finding', () => {
    const two = runs(minutes('12:00', '12:01'), { 'token@default': 'internal-error', 'token@org': 'internal-error' });
    expect(section(messageOf(firing, evidenceOf(two)), 'SEEN').join(' ')).toContain(
      'token@org at 12:01:00Z: status 500, E0000009 Internal Server Error, request id req-120100-token',
    );
  });

  it.each(faultDomains)(
    'has no evidence and names neither a cause nor a fault if an alarm of %s finds none in the state table',
    (domain) => {
      const sentence = '/aws/lambda/okta-synthetics-flows could not be read: AccessDeniedException';
      const alarm = firingOf({ kind: 'findings', org: 'acme', domain, severity: 'page' });
      const blind = messageOf(alarm, evidenceOf([], { gaps: [{ kind: 'unreadable', sentence }] }));
      expect(leadOf(blind)).toBe(
        'The alarm fires, but the state table shows no failed check: cause and impact are not known.',
      );
      expect(section(blind, 'GAPS').join(' ')).toBe(sentence);
      expect(section(blind, 'DO').join(' ')).toContain('aws logs tail /aws/lambda/okta-synthetics-flows --since 15m');
      expect(section(blind, 'DO').join(' ')).not.toContain('npm run check');
      expect(blind.email).not.toMatch(/fault:|likely|open a case/i);
      expect(section(blind, 'LINKS')[0]).toContain(`runbook.md#fault-domain-${domain}`);
    },
  );

  it('says that the problem may be older than the log that was read', () => {
    const old = runs(minutes('11:47', '12:01'), { 'token@default': 'internal-error' });
    expect(section(messageOf(firing, evidenceOf(old)), 'HIT').join(' ')).toContain(
      'since 2026-11-21 11:47 UTC or earlier',
    );
  });

  it('contains the errors of the monitor itself', () => {
    const alarm = firingOf({ kind: 'group-broken', group: 'flows' });
    const frames = ['    at run (file:///var/task/index.mjs:1:2)'];
    const line = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames } as const;
    const evidence = { ...evidenceOf([]), lines: [{ time: at('12:00'), logGroup: 'flows', line }] };
    expect(section(messageOf(alarm, evidence), 'ERRORS')).toEqual([
      'TypeError: once, last at 2026-11-21 12:00 UTC',
      'at run (file:///var/task/index.mjs:1:2)',
    ]);
  });

  it('contains the time of the last log of each function when the probes of an org do not run', () => {
    const alarm = firingOf({ kind: 'not-running', org: 'acme' });
    const message = messageOf(alarm, evidenceOf(runs(['11:58'], { organization: 'passed' })));
    expect(section(message, 'LAST')).toEqual(['log in /aws/lambda/okta-synthetics-flows: 2026-11-21 11:58 UTC']);
  });

  it('contains the facts of a token that are not secret', () => {
    const token = { kid: 'a-kid', issuer: 'https://acme.okta.com', scopes: ['read'], claimNames: ['sub'] };
    for (const code of ['internal-error', 'audience-mismatch'] as const) {
      const { email } = messageWith(code, {}, { token });
      expect(email.replaceAll(/\s+/g, ' ')).toContain(
        'kid a-kid, issuer https://acme.okta.com, scopes read, claims sub',
      );
      expect(email).not.toContain('undefined');
    }
  });
});

describe('the e-mail about an alarm that has resolved', () => {
  const message = messageOf(resolved, resolvedEvidence);

  it('says what is true now, how long the problem lasted and what passes again', () => {
    expect(leadOf(message)).toBe(
      'No run has reported internal-error since 2026-11-21 12:09 UTC. It lasted 9 min, from 2026-11-21 12:00 UTC.',
    );
    expect(section(message, 'WAS').join(' ')).toBe(
      'internal-error (Okta problem), 9 min, 2026-11-21 12:00 UTC to 2026-11-21 12:09 UTC, first to last bad run token@default (10 bad runs)',
    );
    expect(section(message, 'AGAIN')).toEqual(['token@default']);
  });

  it('contains no statement of the problem, no steps and no text for Okta', () => {
    expect(message.email).not.toMatch(/Okta answers with an internal error|SUPPORT|^DO /m);
  });

  it('counts no runs if it did not read all of them', () => {
    const windows = [resolvedEvidence.windows, resolvedEvidence.windows].flat();
    expect(message.email).toContain('10 bad runs');
    expect(messageOf(resolved, { ...resolvedEvidence, windows }).email).not.toContain('bad runs');
  });

  it('claims nothing about the runs that it could not read', () => {
    const gaps = [{ kind: 'incomplete', sentence: 'only part of the log was read' }] as const;
    const partial = messageOf(resolved, { ...resolvedEvidence, gaps });
    expect(leadOf(partial)).toMatch(/^Too few recent runs reported a page finding of the fault domain okta/);
    expect(section(partial, 'GAPS')).toEqual(['only part of the log was read']);
  });

  it('does not claim a duration if the evidence does not show when the alarm fired', () => {
    const sentence = "the alarm's history does not show when it fired";
    const alarm = { ...resolved, subject: { kind: 'group-broken', group: 'flows' } } as const;
    const unknown = messageOf(alarm, evidenceOf([], { gaps: [{ kind: 'incomplete', sentence }] }));
    expect(section(unknown, 'WAS')).toEqual(['flows-broken (monitor problem), for an unknown time']);
    expect(unknown.subject).toBe('RESOLVED monitor: flows probes broken');
    expect(unknown.chat.content.description).toContain('*Lasted* unknown');
    for (const field of ['since', 'durationSeconds']) {
      expect(unknown.chat.metadata.additionalContext).not.toHaveProperty(field);
    }
  });

  it('claims no duration of an alarm whose start is not known, also if that alarm does not resolve late', () => {
    const alarm = { ...resolved, subject: { kind: 'group-throttled', group: 'flows' } } as const;
    const { chat, subject } = messageOf(alarm, evidenceOf([]));
    expect(subject).toBe('RESOLVED monitor: flows probes throttled');
    expect(chat.content.description).toContain('*Lasted* unknown');
    expect(chat.metadata.additionalContext).toMatchObject({ until: new Date(resolved.changedAt).toISOString() });
    expect(chat.metadata.additionalContext).not.toHaveProperty('durationSeconds');
  });

  it('claims neither an end nor a duration of a problem whose alarm resolves hours late', () => {
    const alarm = { ...resolved, subject: { kind: 'group-broken', group: 'flows' } } as const;
    const at = resolved.changedAt - 128 * 60_000;
    const late = messageOf(alarm, evidenceOf([], { firing: { at } }));
    const since = new Date(at).toISOString();
    expect(section(late, 'WAS').join(' ')).toMatch(
      /^flows-broken \(monitor problem\), from 20\S+ \S+ UTC to an unknown time$/,
    );
    expect(late.subject).toBe('RESOLVED monitor: flows probes broken');
    expect(late.chat.content.description).toContain('*Lasted* unknown');
    expect(late.chat.metadata.additionalContext).toMatchObject({ since });
    for (const field of ['until', 'durationSeconds']) {
      expect(late.chat.metadata.additionalContext).not.toHaveProperty(field);
    }
  });

  it('says that the probes of an org report again', () => {
    const again = messageOf({ ...resolved, subject: { kind: 'not-running', org: 'acme' } }, evidenceOf([]));
    expect(leadOf(again)).toMatch(/^The probes of acme are reporting again\./);
  });
});
