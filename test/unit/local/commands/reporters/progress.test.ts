import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { showProgress } from '../../../../../local/commands/reporters/progress.ts';
import { clearLine } from '../../../../../local/commands/reporters/text.ts';

function written(isTTY: boolean) {
  const texts: string[] = [];
  let now = 0;
  const stream = { isTTY, write: (text: unknown) => texts.push(String(text)) > 0 };
  const progress = showProgress(stream, () => now);
  return { texts, progress, later: (ms: number) => (now += ms) };
}

describe('progress', () => {
  it('overwrites one line on a terminal and clears it at the end', () => {
    const { texts, progress, later } = written(true);
    later(150);
    progress.update('1 of 9 runs');
    later(10);
    progress.update('2 of 9 runs');
    progress.finished('O1', true);
    later(150);
    progress.update('3 of 9 runs');
    progress[Symbol.dispose]();
    expect(texts.map((text) => text.replaceAll(clearLine, '⌫')).map(stripVTControlCharacters)).toEqual([
      '⌫… 1 of 9 runs',
      '⌫✓ O1\n',
      '⌫… 3 of 9 runs',
      '⌫',
    ]);
  });

  it('writes plain lines to a log, and an update only now and then', () => {
    const { texts, progress, later } = written(false);
    progress.step('synthesizing the stack');
    progress.finished('O1', false);
    later(19_000);
    progress.update('1 of 9 runs');
    later(2_000);
    progress.update('2 of 9 runs');
    progress[Symbol.dispose]();
    expect(texts).toEqual(['… synthesizing the stack\n', '✗ O1\n', '… 2 of 9 runs\n']);
  });
});
