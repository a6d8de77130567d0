import { randomInt } from 'node:crypto';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Skipped } from '../../lab/result.ts';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its two largest units: `2 hours 5 minutes`. */
export function inWords(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const first = units.findIndex(([, size]) => whole >= size);
  if (first < 0) return '0 seconds';
  let left = whole;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count} ${name}${count === 1 ? '' : 's'}`;
  });
  return parts.filter(Boolean).join(' ');
}

/** A moment relative to now, with its date: `in 55 minutes (2030-01-01 00:55:00 UTC)`. All in seconds since the epoch. */
export function momentInWords(at: number, now: number): string {
  const date = new Date(at * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  const when = at > now ? `in ${inWords(at - now)}` : `${inWords(now - at)} ago`;
  return `${when} (${date.toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
}

/**
 * Begins each escape sequence of our own, with numbers that no text of others can know. `printable` takes the numbers out, and
 * every other escape sequence.
 */
const own = `\u001b[${Array.from({ length: 3 }, () => `${randomInt(1_000, 10_000)};`).join('')}`;

/** Styles disappear where the output is not a terminal or colour is not wanted: `styleText` asks stdout. */
const painter = (style: 'dim' | 'bold' | 'red' | 'green' | 'yellow' | 'cyan') => (text: string) => {
  const [open = '', close = ''] = styleText(style, '\n').replaceAll('\u001b[', own).split('\n');
  return `${open}${text}${close}`;
};
export const dim = painter('dim');
export const bold = painter('bold');
export const red = painter('red');
export const green = painter('green');
export const yellow = painter('yellow');
export const cyan = painter('cyan');

/** Clears the line under the cursor, and goes to its start. */
export const clearLine = `${own}G${own}K`;

/** Begins a line that is a workflow command of GitHub Actions (`::error …`), and not a value of a stranger that looks like one. */
export const workflowCommand = own;

/**
 * Escapes every character that moves the cursor, turns text around or cannot be seen, apart from line breaks and our own
 * styles: U+202E becomes `\\u202e`. In JSON that is the same text. Neither does a line begin a workflow command of CI unless
 * it is our own.
 */
export function printable(text: string): string {
  const escaped = (characters: string) => {
    const units = Array.from({ length: characters.length }, (_, index) => characters.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  };
  const withoutCommands = (piece: string) => piece.replaceAll(/(?<=^ *)(?:::(?=[a-z-]+[ :])|##\[)/gim, escaped);
  return text
    .split(own)
    .map((piece) => piece.replaceAll(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, escaped))
    .map((piece, index) => {
      const isCommand = index > 0 && piece.startsWith('::');
      return isCommand
        ? `::${withoutCommands(piece.slice(2))}`
        : `${index > 0 ? '\u001b[' : ''}${withoutCommands(piece)}`;
    })
    .join('');
}

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

/** Formats the skipped tests with their reasons, under a heading. No lines if nothing was skipped. */
export function formatSkipped(skipped: readonly Skipped[]): readonly string[] {
  if (skipped.length === 0) return [];
  return ['', bold('Skipped'), ...table(skipped.map(({ id, title, reason }) => [`  ${id}`, title, dim(reason)]))];
}

/** A length that is only estimated: `about 5 minutes`. */
export function lengthInWords(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return 'less than a minute';
  return `about ${minutes} minute${minutes === 1 ? '' : 's'}`;
}

/** A command's JSON document: `passed` first, then the report. Seconds are rounded to milliseconds. */
export function toJson(passed: boolean, document: object): string {
  const round = (key: string, value: unknown) =>
    key === 'seconds' && typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
  return JSON.stringify({ passed, ...document }, round, 2);
}

/** A path or a host as a shell reads it, for a command to paste. */
export function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
