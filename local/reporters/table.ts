import { stripVTControlCharacters } from 'node:util';

/** Columns that align, numbers to the right. A cell may be coloured: what cannot be seen has no width. */
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

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
