import { describe, expect, it } from 'vitest';
import { windowsOf } from '../../../../functions/notify/evidence.ts';
import { at } from '../../../support/log-of.ts';
import { firing, firingOf, resolved } from '../../../support/messages.ts';

const inWords = (windows: ReturnType<typeof windowsOf>) =>
  windows.map(({ from, to }) => [from, to].map((time) => new Date(time).toISOString().slice(11, 19)).join(' to '));

describe('windowsOf', () => {
  it('covers the look-back of an alarm that fires, and a margin for late points', () => {
    expect(inWords(windowsOf(firing))).toEqual(['11:47:07 to 12:03:07']);
  });

  it('covers a short incident from before its beginning to its end', () => {
    expect(inWords(windowsOf(resolved, { at: at('12:02:07') }))).toEqual(['11:47:07 to 12:20:07']);
  });

  it('covers the beginning and the end of a long incident', () => {
    expect(inWords(windowsOf(resolved, { at: at('04:00') }))).toEqual(['03:45:00 to 04:01:00', '12:04:07 to 12:20:07']);
  });

  it('reaches further back for an org that is silent, to find its last run', () => {
    expect(inWords(windowsOf(firingOf({ kind: 'not-running', org: 'acme' })))).toEqual(['11:27:07 to 12:03:07']);
  });
});
