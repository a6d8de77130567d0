import { describe, expect, it } from 'vitest';
import { duration, fold, table, wrap } from '../../../../../local/commands/reporters/text.ts';

describe('text for the terminal', () => {
  it('wraps between words, and within a word only if it is too long for any line', () => {
    expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
    expect(wrap('a bbbbbb c', 4)).toEqual(['a', 'bbbb', 'bb c']);
    expect(wrap('a\nb', 4)).toEqual(['a', 'b']);
    expect(wrap('', 4)).toEqual(['']);
  });

  it('folds a long line below itself, indented further', () => {
    expect(fold('  one two three', 10)).toEqual(['  one', '    two', '    three']);
    expect(fold('short', 10)).toEqual(['short']);
  });

  it('aligns columns without counting colour, numbers on the right', () => {
    const rows = [
      ['\u001b[31mred\u001b[39m', '1'],
      ['a', '100'],
    ];
    expect(table(rows, [1])).toEqual(['\u001b[31mred\u001b[39m    1', 'a    100']);
  });

  it('formats seconds as people say them', () => {
    expect([0.4, 59.4, 60, 408].map(duration)).toEqual(['0 s', '59 s', '1 min 0 s', '6 min 48 s']);
  });
});
