import { describe, expect, it } from 'vitest';
import { showProgress } from '../../../../local/reporters/progress.ts';

function written(isTTY: boolean) {
  const texts: string[] = [];
  let now = 0;
  const stream = { isTTY, write: (text: string) => texts.push(text) > 0 } as unknown as NodeJS.WriteStream;
  return { texts, progress: showProgress(stream, () => now), later: (ms: number) => (now += ms) };
}

describe('progress', () => {
  it('is one line that is written over on a terminal, and wiped at the end', () => {
    const { texts, progress, later } = written(true);
    later(150);
    progress.tell(1, 9);
    later(10);
    progress.tell(2, 9);
    later(150);
    progress.tell(3, 9);
    progress[Symbol.dispose]();
    expect(texts).toEqual(['\r\u001b[K… 1 of 9 runs', '\r\u001b[K… 3 of 9 runs', '\r\u001b[K']);
  });

  it('is silent elsewhere, but for a line when it takes long', () => {
    const { texts, progress, later } = written(false);
    later(19_000);
    progress.tell(1, 9);
    later(2_000);
    progress.tell(2, 9);
    progress[Symbol.dispose]();
    expect(texts).toEqual(['… 2 of 9 runs\n']);
  });
});
