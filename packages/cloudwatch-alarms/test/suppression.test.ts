import { expect, test } from 'vitest';
import { type Suppression, suppress } from '../src/alarm-engine.ts';
import type { AlarmState } from '../src/index.ts';

/** The states by the time of each change. */
type States = Readonly<Record<number, AlarmState>>;

const periods = { alarm: 'suppressor', waitMs: 2, extensionMs: 3 };

/** The times and states of a composite alarm's actions, with a wait of two units and an extension of three. */
function actionsOf(composite: States, suppressor: States): readonly string[] {
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

test.each<[string, States, States, readonly string[]]>([
  ['acts after the wait if its suppressor does not fire', { 2: 'ALARM' }, {}, ['t4 ALARM']],
  ['does not act if its suppressor fires during the wait', { 2: 'ALARM' }, { 3: 'ALARM' }, []],
  ['starts a new wait if it changes during the wait', { 2: 'ALARM', 3: 'OK' }, {}, ['t5 OK']],
  ['does not act while its suppressor is in ALARM', { 2: 'ALARM' }, { 0: 'ALARM' }, []],
  ['acts after the extension if it is still in ALARM', { 2: 'ALARM' }, { 3: 'ALARM', 6: 'OK' }, ['t9 ALARM']],
  ['starts a new wait if it changes during the extension', { 2: 'ALARM', 7: 'OK' }, { 3: 'ALARM', 6: 'OK' }, ['t9 OK']],
  [
    'does not act if its suppressor fires again during the extension',
    { 2: 'ALARM' },
    { 3: 'ALARM', 6: 'OK', 8: 'ALARM' },
    [],
  ],
  ['does not act after an extension without a change', {}, { 3: 'ALARM', 6: 'OK' }, []],
  ['treats a suppressor without data as not firing', { 2: 'ALARM' }, { 0: 'INSUFFICIENT_DATA' }, ['t4 ALARM']],
])('a composite alarm %s', (_, composite, suppressor, expected) => {
  expect(actionsOf(composite, suppressor)).toEqual(expected);
});
