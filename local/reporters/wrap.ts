/** Lines of at most `width` columns, broken between words where that is possible. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ').flatMap((whole) => split(whole, width))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (longer.length > width) lines.push(line);
      line = longer.length > width ? word : longer;
    }
    return [...lines, line];
  });
}

function split(word: string, width: number): readonly string[] {
  return word.length <= width ? [word] : [word.slice(0, width), ...split(word.slice(width), width)];
}
