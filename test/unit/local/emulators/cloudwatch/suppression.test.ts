import { expect, test } from 'vitest';
import type { AlarmState } from '../../../../../local/emulators/cloudwatch/alarm-definition.ts';
import { type Suppression, suppress } from '../../../../../local/emulators/cloudwatch/suppression.ts';

/** States by the time at which each begins. */
type Course = Readonly<Record<number, AlarmState>>;

const periods = { alarm: 'suppressor', waitMs: 2, extensionMs: 3 };

/** When a composite acts, and on which state, with a wait of two units and an extension of three. */
function actionsOf(composite: Course, suppressor: Course): readonly string[] {
  let suppression: Suppression = { by: 'nothing' };
  let [state, suppressorState]: AlarmState[] = ['OK', 'OK'];
  const actions: string[] = [];
  for (let now = 0; now < 20; now += 1) {
    const before: AlarmState = state ?? 'OK';
    state = composite[now] ?? before;
    suppressorState = suppressor[now] ?? suppressorState ?? 'OK';
    const change = state === before ? undefined : { from: before, to: state, reason: '' };
    const { next, released } = suppress(suppression, change, suppressorState, periods, now);
    suppression = next;
    if (released) actions.push(`t${now} ${released.to}`);
  }
  return actions;
}

test.each<[string, Course, Course, readonly string[]]>([
  ['acts after the wait when the suppressor does not rise', { 2: 'ALARM' }, {}, ['t4 ALARM']],
  ['is quiet when the suppressor rises within the wait', { 2: 'ALARM' }, { 3: 'ALARM' }, []],
  ['begins a new wait when it changes within one', { 2: 'ALARM', 3: 'OK' }, {}, ['t5 OK']],
  ['is quiet while the suppressor is in ALARM', { 2: 'ALARM' }, { 0: 'ALARM' }, []],
  ['acts after the extension when it is still in ALARM', { 2: 'ALARM' }, { 3: 'ALARM', 6: 'OK' }, ['t9 ALARM']],
  [
    'begins a new wait when it changes within the extension',
    { 2: 'ALARM', 7: 'OK' },
    { 3: 'ALARM', 6: 'OK' },
    ['t9 OK'],
  ],
  [
    'stays quiet when the suppressor rises again within the extension',
    { 2: 'ALARM' },
    { 3: 'ALARM', 6: 'OK', 8: 'ALARM' },
    [],
  ],
  ['has nothing to act on after an extension without a change', {}, { 3: 'ALARM', 6: 'OK' }, []],
  [
    'takes a suppressor without data for one that has not risen',
    { 2: 'ALARM' },
    { 0: 'INSUFFICIENT_DATA' },
    ['t4 ALARM'],
  ],
])('a composite alarm %s', (_, composite, suppressor, expected) => {
  expect(actionsOf(composite, suppressor)).toEqual(expected);
});
