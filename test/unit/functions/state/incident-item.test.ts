import { describe, expect, it } from 'vitest';
import { decide } from '../../../../functions/notify/decide.ts';
import {
  incidentBody,
  isLater,
  messageKey,
  type OpenIncident,
  readIncident,
} from '../../../../functions/state/incident-item.ts';
import { at } from '../../../support/log-of.ts';
import { firing, resolved } from '../../../support/messages.ts';

const open: OpenIncident = {
  ...{ alarm: firing.name, state: 'firing', route: 'page', topicArn: 'arn:aws:sns:us-east-1:123456789012:pages' },
  ...{ firedAt: firing.changedAt, reason: firing.reason, lookBackMs: 600_000, runsToAlarm: 2 },
  ...{ since: at('12:00'), startObserved: true, code: 'internal-error', toldAt: firing.changedAt },
  document: { AlarmDescription: 'Okta must act.', Region: 'US East (N. Virginia)', Trigger: { Period: 60 } },
};

describe("the decision about an alarm's change", () => {
  it.each([
    ['OK', undefined, 'tell'],
    ['INSUFFICIENT_DATA', undefined, 'tell'],
    ['ALARM', undefined, 'tell'],
    ['ALARM', 'firing', 'nothing'],
    ['ALARM', 'recovered', 'nothing'],
    ['INSUFFICIENT_DATA', 'firing', 'nothing'],
    ['OK', 'firing', 'tell'],
    ['OK', 'resolved', 'tell'],
  ] as const)('an alarm that fires and was %s, with an incident that is %s: %s', (before, state, decision) => {
    const change = { ...firing, before, changedAt: firing.changedAt + 3_600_000 };
    expect(decide(change, state && { ...open, state }, true)).toBe(decision);
  });

  it('the same change that SNS delivers again is not told again', () => {
    expect(decide({ ...firing, before: 'OK' }, open, true)).toBe('nothing');
  });

  it.each([
    ['ALARM', undefined, 'note'],
    ['OK', undefined, 'note'],
    ['INSUFFICIENT_DATA', undefined, 'note'],
    ['ALARM', 'firing', 'tell'],
    ['OK', 'firing', 'tell'],
    ['ALARM', 'again', 'tell'],
    ['ALARM', 'recovered', 'note'],
    ['ALARM', 'resolved', 'note'],
    ['OK', 'resolved', 'note'],
  ] as const)('an alarm that resolves and was %s, with an incident that is %s: %s', (before, state, decision) => {
    expect(decide({ ...resolved, before }, state && { ...open, state }, true)).toBe(decision);
  });

  it('the end of a notice is noted without a message, and keeps its mark in the table', () => {
    const notice = readIncident(incidentBody({ ...open, isNotice: true })) ?? expect.fail('it cannot be read');
    expect(notice.isNotice).toBe(true);
    expect(decide({ ...resolved, before: 'ALARM' }, notice, false)).toBe('note');
    expect(readIncident(incidentBody(open))).not.toHaveProperty('isNotice');
  });

  it('the end of an earlier incident that arrives late is not told as the end of this one', () => {
    expect(decide({ ...resolved, before: 'ALARM', changedAt: open.firedAt - 1 }, open, true)).toBe('nothing');
  });

  it.each([
    ['that is repeated', resolved.changedAt],
    ['of an earlier incident, which is late', resolved.changedAt - 1],
  ])('an end %s is not told again', (_, changedAt) => {
    const ended = { ...open, state: 'resolved', toldAt: resolved.changedAt } as const;
    expect(decide({ ...resolved, before: 'ALARM', changedAt }, ended, false)).toBe('nothing');
    expect(decide({ ...resolved, before: 'ALARM', changedAt: resolved.changedAt + 1 }, ended, false)).toBe('tell');
  });

  it.each(['OK', 'INSUFFICIENT_DATA', 'ALARM'] as const)(
    'an alarm that was %s and fired before the known end is told only if people know of neither, and then with its end',
    (before) => {
      const ended = { ...open, state: 'resolved', firedAt: 0, toldAt: firing.changedAt + 1 } as const;
      expect(decide({ ...firing, before }, ended, true)).toBe('nothing');
      const untold = readIncident(incidentBody({ ...ended, isUntold: true }));
      expect(decide({ ...firing, before }, untold, true)).toBe('tell both');
      expect(decide({ ...firing, before, changedAt: ended.toldAt + 1 }, untold, true)).toBe('tell');
      // It belongs to an incident before the one of which people do not know.
      expect(decide({ ...firing, before, changedAt: 0 }, untold, true)).toBe('nothing');
    },
  );

  it('a message that a receiver did not get is told again, and no other', () => {
    const unsentOf = (of: OpenIncident, step: string) =>
      readIncident(incidentBody({ ...of, unsent: messageKey(of.alarm, of.firedAt, step) }));
    const again = { ...firing, before: 'OK' } as const;
    expect(decide(again, unsentOf(open, 'firing'), true)).toBe('tell');
    expect(decide({ ...again, changedAt: again.changedAt - 1 }, unsentOf(open, 'firing'), true)).toBe('nothing');
    expect(decide(again, unsentOf(open, 'reminder after 1'), true)).toBe('nothing');
    const ended = { ...open, state: 'resolved', toldAt: resolved.changedAt } as const;
    expect(decide(resolved, unsentOf(ended, 'resolved'), true)).toBe('tell');
    expect(decide(again, unsentOf(ended, 'resolved'), true)).toBe('nothing');
    expect(decide(resolved, unsentOf({ ...open, state: 'recovered' }, 'resolved'), true)).toBe('tell');
  });

  it('the note of another process gives way only to a later one', () => {
    const ended = { ...open, state: 'resolved', toldAt: open.firedAt + 1 } as const;
    expect([isLater(ended, open), isLater(open, ended), isLater(open, open), isLater(ended, ended)]).toEqual([
      ...[true, false, false, false],
    ]);
    expect(isLater({ ...open, firedAt: ended.toldAt + 1 }, ended)).toBe(true);
    // When people were told of an open incident says nothing of when it began.
    expect(isLater({ ...open, toldAt: ended.toldAt + 1 }, ended)).toBe(false);
  });

  it('the end of an unmuted alarm is announced, although no incident is known', () => {
    expect(decide({ ...resolved, before: 'ALARM' }, undefined, false)).toBe('tell');
  });

  it.each([undefined, {}, { ...incidentBody(open), state: 'asleep' }, { ...incidentBody(open), since: 'noon' }])(
    'is none if it cannot be read: %j',
    (body) => {
      expect(readIncident(body)).toBeUndefined();
    },
  );
});
