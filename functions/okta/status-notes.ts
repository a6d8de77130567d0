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
  /** Open incidents that name other cells only. */
  readonly elsewhere: readonly string[];
  /** Open incidents that may or may not affect the org. */
  readonly unplaced: readonly string[];
}

const [cellNote, elsewhereNote, unplacedNote] = ['cell: ', 'on other cells: ', 'perhaps on this cell: '];
const unknownCell = 'unknown';

export function writeNotes({ cell = unknownCell, elsewhere, unplaced }: Announcements): readonly string[] {
  return [
    `${cellNote}${cell}`,
    ...unplaced.map((incident) => `${unplacedNote}${incident}`),
    ...elsewhere.map((incident) => `${elsewhereNote}${incident}`),
  ];
}

/** Undefined unless `writeNotes` wrote the notes. */
export function readNotes([first = '', ...others]: readonly string[]): Announcements | undefined {
  const after = (prefix: string) =>
    others.flatMap((note) => (note.startsWith(prefix) ? [note.slice(prefix.length)] : []));
  const [elsewhere, unplaced] = [after(elsewhereNote), after(unplacedNote)];
  if (!first.startsWith(cellNote) || elsewhere.length + unplaced.length < others.length) return undefined;
  const cell = first.slice(cellNote.length);
  return { ...(cell !== unknownCell && { cell }), elsewhere, unplaced };
}
