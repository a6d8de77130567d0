import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import { incidentOf } from '../../../../functions/notify/incident.ts';
import { seenFacts } from '../../../../functions/notify/seen.ts';
import { changesBefore, readOrgChanges } from '../../../../functions/state/org-changes.ts';
import { withReadTimes, withStoredTimes } from '../../../../functions/state/stored-times.ts';
import { at, evidenceOf, minutes, runs } from '../../../support/log-of.ts';
import { firing, firingOf } from '../../../support/messages.ts';

const changed = (time: string, more: object = {}) => ({
  ...{ id: `event-${time}`, atMs: at(time), what: 'policy-rule', change: 'updated', by: { type: 'user' } },
  ...{ targets: [{ type: 'PolicyRule', id: '0pr1', name: 'Two factors' }], isWatched: false, ...more },
});
const stored = (...changes: readonly object[]) => withStoredTimes({ changes });

const unwatched = { isByAdministrator: true, isWatched: false };

describe('the changes in the state table', () => {
  it('are read with what was changed, how, when, and the event', () => {
    expect(readOrgChanges(stored(changed('11:48')))).toEqual([
      { id: 'event-11:48', at: at('11:48'), words: 'policy rule "Two factors" updated', ...unwatched },
    ]);
  });

  it('are none, or those that can be read, whatever is stored', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (body, changes) => {
        expect(Array.isArray(readOrgChanges(body))).toBe(true);
        const read = readOrgChanges({ changes: [...changes, ...[changed('11:48')]].slice(-100) });
        expect(read.length).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('the changes that may have caused an incident', () => {
  const noon = at('12:00');
  const idsBefore = (...changes: readonly object[]) =>
    changesBefore(readOrgChanges(stored(...changes)), noon).map(({ id }) => id);

  it('are those of the hour before, and a little after', () => {
    expect(idsBefore(changed('10:59'), changed('11:00'), changed('12:05'), changed('12:06'))).toEqual([
      'event-12:05',
      'event-11:00',
    ]);
  });

  it('are first those of objects that the monitor uses, then the nearest, and few enough to read', () => {
    const changes = [changed('11:10', { isWatched: true }), changed('11:59'), changed('11:30'), changed('11:50')];
    expect(idsBefore(...changes)).toEqual(['event-11:10', 'event-11:59', 'event-11:50']);
  });
});

describe('a message', () => {
  const threat = { id: 'threat-1', atMs: at('11:55'), what: 'threat detected', targets: [], count: 12 };

  const factsOf = (code: 'policy-refused' | 'internal-error', domain: 'configuration' | 'okta') => {
    const lines = runs(minutes('11:55', '12:01'), { organization: 'passed', 'token@default': code });
    const evidence = {
      ...evidenceOf([...lines]),
      changes: readOrgChanges(withStoredTimes({ changes: [changed('11:50')], evidence: [threat] })),
    };
    const { subject } = firing;
    const alarm = firingOf({
      ...subject,
      kind: 'findings',
      org: 'acme',
      domain,
      severity: finding(code).severity,
    } as typeof subject);
    return seenFacts(incidentOf(alarm, evidence));
  };

  it('about the configuration says what was changed and when, with the event', () => {
    expect(factsOf('policy-refused', 'configuration')).toContainEqual(
      expect.stringMatching(
        /^changed 12 min ago, 5 min before it began: policy rule "Two factors" updated \(System Log event event-11:50\)$/,
      ),
    );
  });

  it("about Okta's own fault does not, because no administrator caused it, but has what Okta noted itself", () => {
    const facts = factsOf('internal-error', 'okta');
    expect(facts.join()).not.toContain('changed');
    expect(facts).toContainEqual(
      'happened 7 min ago, less than a minute before it began: threat detected, 12 times (System Log event threat-1)',
    );
  });
});

it('a stored value has its times in ISO 8601 and comes back as it was', () => {
  expect(withStoredTimes({ after: 'x', newestMs: at('12:00'), hours: [{ atMs: at('12:00'), signIns: 7 }] })).toEqual({
    ...{ after: 'x', newestMs: { at: '2026-11-21T12:00:00.000Z' } },
    hours: [{ atMs: { at: '2026-11-21T12:00:00.000Z' }, signIns: 7 }],
  });
  const time = fc.integer({ min: Date.UTC(2002), max: Date.UTC(2100) });
  const key = fc.string({ maxLength: 6 }).filter((name) => name !== 'at' && name !== '__proto__');
  const values = fc.letrec((tie) => ({
    value: fc.oneof(time, fc.integer({ min: -9, max: 1e9 }), fc.string(), fc.boolean(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  }));
  fc.assert(
    fc.property(values.value, (value) => {
      expect(withReadTimes(JSON.parse(JSON.stringify(withStoredTimes(value))))).toEqual(
        JSON.parse(JSON.stringify(value)),
      );
    }),
  );
});
