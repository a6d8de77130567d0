/**
 * Puts generated text between a page's markers, `<!-- generated: name -->` and `<!-- end: name -->`, and leaves the
 * rest as people wrote it. Throws where a marker is missing.
 */
export function fillMarkers(page: string, sections: Readonly<Record<string, () => string>>): string {
  return Object.entries(sections).reduce((text, [name, generate]) => {
    const begin = `<!-- generated: ${name} -->`;
    const end = `<!-- end: ${name} -->`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the markers of "${name}" are missing`);
    return `${text.slice(0, from + begin.length)}\n\n${generate()}\n\n${text.slice(to)}`;
  }, page);
}

/** A Markdown table, its columns padded so that the source reads as well as the page. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widths = header.map((_, column) => Math.max(3, ...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...rest] = all;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}
