/** The generated parts of a page, by the name of their markers. */
export type Sections = Readonly<Record<string, () => string | Promise<string>>>;

/**
 * Puts generated text between a page's markers, `<!-- generated: name -->` and `<!-- end: name -->`, and leaves the
 * rest as people wrote it. Throws where a marker is missing.
 */
export async function fillMarkers(page: string, sections: Sections): Promise<string> {
  let text = page;
  for (const [name, generate] of Object.entries(sections)) {
    const begin = `<!-- generated: ${name} -->`;
    const end = `<!-- end: ${name} -->`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the markers of "${name}" are missing`);
    text = `${text.slice(0, from + begin.length)}\n\n${await generate()}\n\n${text.slice(to)}`;
  }
  return text;
}

/** A block of text as a program prints it. */
export function textBlock(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

/** A Markdown table, its columns padded, up to the widest width, so that the source reads as well as the page. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  widest = Number.POSITIVE_INFINITY,
): string {
  const all = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widthOf = (column: number) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0));
  const widths = header.map((_, column) => Math.min(widest, widthOf(column)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = all;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}
