import { describe, expect, it } from 'vitest';
import { type FindingCode, findings } from '../../../../functions/findings/finding.ts';
import { impactOf } from '../../../../functions/findings/impact.ts';
import { journeyFindings } from '../../../../functions/findings/tables/journey.ts';
import { health, journey } from '../../../../functions/probes/index.ts';
import { at, evidenceOf, outcome } from '../../../support/log-of.ts';
import { firingOf, links, messageOf } from '../../../support/messages.ts';

/** The subject and the first line of the message about a finding at a target. */
function headOf(code: FindingCode, target: string) {
  const { domain, severity } = findings[code];
  if (severity === 'info') throw new Error(`${code} notifies nobody`);
  const lines = ['12:00', '12:05', '12:10', '12:15'].map((time) => outcome(at(time), target, code));
  const alarm = firingOf({ kind: 'findings', org: 'acme', domain, severity });
  const { subject, email } = messageOf(alarm, evidenceOf(lines), { ...links, route: severity });
  return { subject, lead: email.split('\n')[0] ?? '' };
}

/** What a sign-in itself reports of the user, its credentials and its policies. */
const ofTestUser = (Object.keys(journeyFindings) as (keyof typeof journeyFindings)[]).filter(
  (code) =>
    /^(user|factor|sign-in-denied|enrollment|consent|captcha|routed|sign-in-page)/.test(code) &&
    findings[code].severity === 'ticket' &&
    !/^userinfo/.test(code),
);

describe('the impact of a journey that fails', () => {
  it('there are many findings about the test user', () => {
    expect(ofTestUser.length).toBeGreaterThan(10);
    for (const code of ofTestUser) expect(['credentials', 'configuration']).toContain(findings[code].domain);
  });

  it.each(ofTestUser)('%s never reads like an outage', (code) => {
    const { subject, lead } = headOf(code, 'sign-in');
    expect(subject).toMatch(/^TICKET acme: (test user cannot sign in|no test sign-in) - /);
    expect(lead).toContain('the test user cannot sign in');
    expect(lead).toContain('other users unknown');
    expect(`${subject} ${lead}`).not.toMatch(/(?<!other )users cannot|no sign-in(?! -)|outage/i);
  });

  it.each([
    ['code-refused', 'code@default', 'users sign in and get no tokens'],
    ['refresh-refused', 'refresh@default', 'apps cannot renew the tokens of users'],
    ['nonce-mismatch', 'id-token@default', 'apps refuse ID tokens'],
    ['internal-error', 'sign-in', 'users cannot sign in'],
    ['sign-out-without-effect', 'sign-out', 'users cannot sign out'],
  ] as const)('%s at %s says what users cannot do', (code, target, clause) => {
    const { subject, lead } = headOf(code, target);
    expect(subject).toMatch(/^PAGE acme: /);
    expect(lead).toContain(clause);
    expect(lead).not.toContain('test user');
  });

  it('the owners of applications are not told of the test user', () => {
    const facts = {
      severity: 'ticket',
      hit: [{ probe: 'sign-in', isIntermittent: false }],
      isAnythingFine: true,
    } as const;
    expect(impactOf({ ...facts, domain: 'credentials' })).toMatchObject({ concernsApps: false, isOfTestUser: true });
    expect(impactOf({ ...facts, domain: 'okta', severity: 'page' })).toMatchObject({ concernsApps: true });
  });

  it('each probe of the journey has words of its own', () => {
    for (const { id } of journey) {
      const hit = [{ probe: id, isIntermittent: false }];
      const impact = impactOf({ domain: 'okta', severity: 'page', hit, isAnythingFine: true });
      expect(impact?.clause, id).not.toContain(`the probe ${id}`);
    }
  });
});

const readers = health.filter(({ requires }) => requires?.includes('health'));

it.each(readers.map(({ id, scope }) => (scope === 'org' ? id : `${id}@default`)))(
  'a health check that fails says that something is not checked, and nothing of users: %s',
  (target) => {
    const { subject, lead } = headOf('health-unread', target);
    expect(lead).toMatch(/the monitor cannot check/);
    expect(`${subject} ${lead}`).not.toMatch(/sign in|no tokens|apps/);
  },
);
