import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { showRows } from '../../../../local/reporters/drill-progress.ts';

function written(isTTY: boolean) {
  const texts: string[] = [];
  let now = 0;
  const sink = new Writable({
    write(text, _, done) {
      texts.push(String(text));
      done();
    },
  });
  const stream = Object.assign(sink, { isTTY }) as unknown as NodeJS.WriteStream;
  return { texts, progress: showRows(stream, () => now), later: (ms: number) => (now += ms) };
}

const at = (rows: number, minutes: number) => ({ rows, ofRows: 9, minutes });

describe('the progress of a drill', () => {
  it('is a line for each finished row, and on a terminal one below it that is written over', () => {
    const { texts, progress, later } = written(true);
    later(150);
    progress.moved(at(0, 1_200));
    progress.finished('O1', true, at(1, 1_201));
    progress.moved(at(1, 1_202));
    progress[Symbol.dispose]();
    expect(texts.map((text) => text.replaceAll('\r\u001b[K', '⌫')).map(stripVTControlCharacters)).toEqual([
      '⌫… 0 of 9 rows, 1,200 virtual minutes',
      '⌫✓ O1\n',
      '⌫… 1 of 9 rows, 1,201 virtual minutes',
      '⌫',
    ]);
  });

  it('is plain lines elsewhere, and seldom more than the finished rows', () => {
    const { texts, progress, later } = written(false);
    progress.finished('O1', false, at(1, 30));
    later(19_000);
    progress.moved(at(1, 31));
    later(2_000);
    progress.moved(at(1, 32));
    progress[Symbol.dispose]();
    expect(texts).toEqual(['✗ O1\n', '… 1 of 9 rows, 32 virtual minutes\n']);
  });
});
