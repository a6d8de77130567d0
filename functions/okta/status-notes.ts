/**
 * The status page's announcements about one org, in the notes of an outcome. The probe writes the notes and
 * messages read them, so both use this.
 *
 * Trap: no incident is announced for an org only if its cell is known and no incident names it, or if none is open at
 * all. In every other case it is not known.
 */
export interface Announcements {
  /** As the status page names it: `okta.com:8`. Absent if it is not known. */
  readonly cell?: string;
  /** Open incidents on the org's cell. */
  readonly own: readonly string[];
  /** Open incidents that name other cells only. */
  readonly elsewhere: readonly string[];
  /** Open incidents that may or may not affect the org. */
  readonly unplaced: readonly string[];
}

const cellNote = 'cell: ';
const listNotes = { own: 'on this cell: ', elsewhere: 'on other cells: ', unplaced: 'perhaps on this cell: ' } as const;
/** How a run notes the notices that were sent before. */
const toldNote = 'told on ';
const unknownCell = 'unknown';

export function writeNotes({ cell = unknownCell, own, elsewhere, unplaced }: Announcements): readonly string[] {
  return [
    `${cellNote}${cell}`,
    ...own.map((incident) => `${listNotes.own}${incident}`),
    ...unplaced.map((incident) => `${listNotes.unplaced}${incident}`),
    ...elsewhere.map((incident) => `${listNotes.elsewhere}${incident}`),
  ];
}

/** Undefined unless `writeNotes` wrote the notes. */
export function readNotes([first = '', ...notes]: readonly string[]): Announcements | undefined {
  const others = notes.filter((note) => !note.startsWith(toldNote));
  const after = (prefix: string) =>
    others.flatMap((note) => (note.startsWith(prefix) ? [note.slice(prefix.length)] : []));
  const [own, elsewhere, unplaced] = [listNotes.own, listNotes.elsewhere, listNotes.unplaced].map(after);
  if (!first.startsWith(cellNote) || !own || !elsewhere || !unplaced) return undefined;
  if (own.length + elsewhere.length + unplaced.length < others.length) return undefined;
  const cell = first.slice(cellNote.length);
  return { ...(cell !== unknownCell && { cell }), own, elsewhere, unplaced };
}
