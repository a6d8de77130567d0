import { stripVTControlCharacters, styleText } from 'node:util';
import type { Skipped } from '../runner/result.ts';

/** Styles disappear where the output is not a terminal or colour is not wanted: `styleText` asks stdout. */
export const dim = (text: string) => styleText('dim', text);
export const bold = (text: string) => styleText('bold', text);
export const red = (text: string) => styleText('red', text);
export const green = (text: string) => styleText('green', text);
export const yellow = (text: string) => styleText('yellow', text);
export const cyan = (text: string) => styleText('cyan', text);

/** A tick or a cross. */
export const mark = (passed: boolean) => (passed ? green('✓') : red('✗'));

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 minute`, `2 minutes`. */
export function minutes(value: number): string {
  return value === 1 ? '1 minute' : `${count(value)} minutes`;
}

/** Seconds of real time: `12 s`, `6 min 48 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Aligned columns, numbers on the right. Colour takes no width. */
export function table(rows: readonly (readonly string[])[], alignRight: readonly number[] = []): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
        return alignRight.includes(column) ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of at most `most` columns, broken between words where possible. */
export function wrap(text: string, most: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ').flatMap((whole) => split(whole, most))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (longer.length > most) lines.push(line);
      line = longer.length > most ? word : longer;
    }
    return [...lines, line];
  });
}

/** A line that is too long continues below, indented further. */
export function fold(line: string, most: number): readonly string[] {
  if (width(line) <= most) return [line];
  const lead = ' '.repeat(line.length - line.trimStart().length);
  const [first = '', ...more] = wrap(line.trimStart(), most - lead.length - 2);
  return [`${lead}${first}`, ...more.map((rest) => `${lead}  ${rest}`)];
}

export function indent(lines: readonly string[], by = 2): readonly string[] {
  return lines.map((line) => ' '.repeat(by) + line);
}

function split(word: string, most: number): readonly string[] {
  return word.length <= most ? [word] : [word.slice(0, most), ...split(word.slice(most), most)];
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** What was not tried and why, under its heading. No lines if nothing was skipped. */
export function formatSkipped(skipped: readonly Skipped[]): readonly string[] {
  if (skipped.length === 0) return [];
  return ['', bold('Skipped'), ...table(skipped.map(({ id, title, reason }) => [`  ${id}`, title, dim(reason)]))];
}
