const minuteMs = 60_000;

/** The minute in UTC: `2026-11-21 12:00 UTC`. */
export function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The time of day in UTC, as briefly as possible: `12:36Z`. */
export function formatClock(time: number): string {
  return `${new Date(time).toISOString().slice(11, 16)}Z`;
}

/** A duration as people write it: `12 min`, `3 h 5 min`, `2 days 4 h`. */
export function formatDuration(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return [`${hours} h`, ...(minutes % 60 > 0 ? [`${minutes % 60} min`] : [])].join(' ');
  return [`${Math.floor(hours / 24)} days`, ...(hours % 24 > 0 ? [`${hours % 24} h`] : [])].join(' ');
}

/** The first few items of a list, and how many more there are. */
export function joinFirst(items: readonly string[], most: number): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')} and ${more} more` : items.join(', ');
}

/** Lines that fit a mail program's window. A longer word, such as a URL, stays whole. */
export function wrap(value: string, indent = '', width = 78): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of value.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line];
}

/** The first text that is short enough. If none is, the last one, cut after a word. */
export function firstThatFits(candidates: readonly string[], most: number): string {
  const last = candidates.at(-1) ?? '';
  return candidates.find((each) => each.length <= most) ?? last.slice(0, most).replace(/\s+\S*$/, '');
}

/** A name with hyphens, with whole words left out in the middle: `acme-workforce..eu`. */
export function shortenName(name: string, most: number): string {
  if (name.length <= most) return name;
  const words = name.split('-');
  const last = words.at(-1) ?? '';
  for (let kept = words.length - 2; kept > 0; kept -= 1) {
    const shorter = `${words.slice(0, kept).join('-')}..${last}`;
    if (shorter.length <= most) return shorter;
  }
  return shortenId(name, most);
}

/** An id with its middle left out: `aus1gb..p0h8`. */
export function shortenId(id: string, most = 12): string {
  return id.length <= most ? id : `${id.slice(0, most - 6)}..${id.slice(-4)}`;
}

/** Lines that fit into this many characters together. Each that does not is left out as a whole. */
export function linesThatFit(lines: readonly string[], most: number): string {
  const kept: string[] = [];
  let length = -1;
  for (const line of lines) {
    if (length + 1 + line.length > most) continue;
    kept.push(line);
    length += 1 + line.length;
  }
  return kept.join('\n');
}

/** One line of a text of others: no control character, no line break, and nothing invisible or that turns text around. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}
