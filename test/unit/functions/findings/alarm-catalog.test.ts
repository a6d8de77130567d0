import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmCatalog, alarmMeaning } from '../../../../functions/findings/alarm-catalog.ts';
import {
  type AlarmSubject,
  alarmKinds,
  alarmName,
  alarmSubject,
} from '../../../../functions/findings/alarm-subject.ts';
import { findings } from '../../../../functions/findings/finding.ts';
import { findingAlarms } from '../../../../functions/findings/finding-alarms.ts';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import { routes } from '../../../../functions/model/finding.ts';
import { groups } from '../../../../functions/model/probe.ts';
import { runbookAnchors } from '../../../support/headings.ts';

const values: Readonly<Record<string, readonly string[]>> = {
  org: ['acme', 'monitor'],
  probe: ['refuses-unknown-redirect-uri'],
  ...{ domain: faultDomains, severity: routes, group: groups, route: routes },
};

/** The pattern of a name with each placeholder replaced by each of its values. */
function namesOf(pattern: string): readonly string[] {
  const [placeholder, field = ''] = /\{(\w+)\}/.exec(pattern) ?? [];
  if (!placeholder) return [pattern];
  return (values[field] ?? []).flatMap((value) => namesOf(pattern.replace(placeholder, value)));
}

const alarms = alarmKinds.flatMap((kind) => {
  return namesOf(`okta-synthetics/${alarmCatalog[kind].name}`).map((name) => ({ kind, name }));
});

describe('the alarm catalog', () => {
  it.each(alarms)('reads the subject of $kind back from $name', ({ kind, name }) => {
    const subject = alarmSubject(name);
    expect(subject?.kind).toBe(kind);
    expect(alarmName(subject as AlarmSubject)).toBe(name);
  });

  it.each(alarms)('has a runbook heading, a summary and a remedy for $name', ({ name }) => {
    const { heading, description, summary, remedy, domain } = alarmMeaning(alarmSubject(name) as AlarmSubject);
    expect(runbookAnchors).toContain(heading);
    expect(faultDomains).toContain(domain);
    for (const text of [description, summary]) expect(text).toMatch(/^[A-Za-z].+\.$/);
    expect(remedy.length).toBeGreaterThan(0);
  });

  it.each(alarms)('says what is true when $name has resolved, without stating the problem', ({ name }) => {
    const { resolved, summary } = alarmMeaning(alarmSubject(name) as AlarmSubject);
    for (const lastSeen of [undefined, { code: 'internal-error', time: '2026-11-21 12:46 UTC' }]) {
      expect(resolved(lastSeen)).toMatch(/^[A-Za-z].+\.$/);
      expect(resolved(lastSeen)).not.toContain(summary.split('.')[0]);
    }
  });

  it.each(Object.keys(findings))('links to the runbook heading of the finding %s', (code) => {
    expect(runbookAnchors).toContain(code);
  });

  it("names the org's host where it is known, and the org otherwise", () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    expect(alarmMeaning(subject, 'login.acme.com').description).toContain('login.acme.com');
    expect(alarmMeaning(subject).description).toContain('The probes of acme have');
  });

  it('describes every fault domain and severity that a finding has', () => {
    const described = findingAlarms.map(
      (alarm) => alarmMeaning({ kind: 'findings', org: 'acme', ...alarm }, 'acme.okta.com').description,
    );
    expect(new Set(described).size).toBe(findingAlarms.length);
    for (const description of described) expect(description).toContain('acme.okta.com');
  });
});

describe('alarmSubject', () => {
  it.each([
    'cpu-high',
    'okta-synthetics',
    'okta-synthetics/acme',
    'okta-synthetics/acme/weather/page',
    'okta-synthetics/acme/okta/info',
    'okta-synthetics/acme/okta/page/more',
    'okta-synthetics//okta/page',
    'okta-synthetics/monitor/something-new',
    'okta-synthetics/monitor/weather-broken',
    'other/okta-synthetics/acme/okta/page',
  ])('returns undefined for %s, which is not an alarm of this monitor', (name) => {
    expect(alarmSubject(name)).toBeUndefined();
  });

  it('names and reads the alarms of one deployment only', () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    const name = alarmName(subject, 'staging');
    expect(name).toBe('staging/acme/not-running');
    expect(alarmSubject(name, 'staging')).toEqual(subject);
    expect(alarmSubject(name)).toBeUndefined();
    expect(alarmSubject(alarmName(subject), 'staging')).toBeUndefined();
  });

  it('reads only names that alarmName writes', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 4 }), (parts) => {
        const name = ['okta-synthetics', ...parts].join('/');
        const subject = alarmSubject(name);
        if (subject) expect(alarmName(subject)).toBe(name);
      }),
    );
  });
});
