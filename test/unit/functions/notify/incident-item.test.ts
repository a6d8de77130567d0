import { describe, expect, it } from 'vitest';
import { decide, incidentBody, type OpenIncident, readIncident } from '../../../../functions/notify/incident-item.ts';
import { at } from '../../../support/log-of.ts';
import { firing, resolved } from '../../../support/messages.ts';

const open: OpenIncident = {
  ...{ alarm: firing.name, state: 'firing', route: 'page', topicArn: 'arn:aws:sns:us-east-1:123456789012:pages' },
  ...{ firedAt: firing.changedAt, reason: firing.reason, lookBackMs: 600_000, runsToAlarm: 2 },
  ...{ since: at('12:00'), startObserved: true, code: 'internal-error', toldAt: firing.changedAt },
  document: { AlarmDescription: 'Okta must act.', Region: 'US East (N. Virginia)', Trigger: { Period: 60 } },
};

describe('what is done about the change of an alarm', () => {
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
    ['ALARM', undefined, 'nothing'],
    ['OK', undefined, 'nothing'],
    ['INSUFFICIENT_DATA', undefined, 'nothing'],
    ['ALARM', 'firing', 'tell'],
    ['OK', 'firing', 'tell'],
    ['ALARM', 'again', 'tell'],
    ['ALARM', 'recovered', 'close'],
    ['OK', 'resolved', 'nothing'],
  ] as const)('an alarm that resolves and was %s, with an incident that is %s: %s', (before, state, decision) => {
    expect(decide({ ...resolved, before }, state && { ...open, state }, true)).toBe(decision);
  });

  it('the end of what is told once is noted and not told, and keeps its mark in the table', () => {
    const notice = readIncident(incidentBody({ ...open, isNotice: true })) ?? expect.fail('it cannot be read');
    expect(notice.isNotice).toBe(true);
    expect(decide({ ...resolved, before: 'ALARM' }, notice, false)).toBe('close');
    expect(readIncident(incidentBody(open))).not.toHaveProperty('isNotice');
  });

  it('the end of an earlier incident that arrives late is not told as the end of this one', () => {
    expect(decide({ ...resolved, before: 'ALARM', changedAt: open.firedAt - 1 }, open, true)).toBe('nothing');
  });

  it('the end of what was not muted is told, although no incident is known', () => {
    expect(decide({ ...resolved, before: 'ALARM' }, undefined, false)).toBe('tell');
  });

  it.each([undefined, {}, { ...incidentBody(open), state: 'asleep' }, { ...incidentBody(open), since: 'noon' }])(
    'is none if it cannot be read: %j',
    (body) => {
      expect(readIncident(body)).toBeUndefined();
    },
  );
});
