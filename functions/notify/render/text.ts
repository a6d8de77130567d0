const minuteMs = 60_000;

/** The minute in UTC: `2026-11-21 12:00 UTC`. */
export function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
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
