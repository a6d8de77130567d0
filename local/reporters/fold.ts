import { stripVTControlCharacters } from 'node:util';
import { wrap } from './wrap.ts';

/** The columns of a story. */
export const width = 100;

/** A line that is too long goes on below, further to the right than it began. */
export function fold(line: string, most: number): readonly string[] {
  if (stripVTControlCharacters(line).length <= most) return [line];
  const lead = ' '.repeat(line.length - line.trimStart().length);
  const [first = '', ...more] = wrap(line.trimStart(), most - lead.length - 2);
  return [`${lead}${first}`, ...more.map((rest) => `${lead}  ${rest}`)];
}
