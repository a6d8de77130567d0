import { describe, expect, it } from 'vitest';
import { wrap } from '../../../../local/reporters/wrap.ts';

describe('wrapping', () => {
  it('breaks between words, and a word only where it is too long for any line', () => {
    expect(wrap('a bb ccc', 4)).toEqual(['a bb', 'ccc']);
    expect(wrap('a bbbbbb c', 4)).toEqual(['a', 'bbbb', 'bb c']);
    expect(wrap('a\nb', 4)).toEqual(['a', 'b']);
    expect(wrap('', 4)).toEqual(['']);
  });
});
