/** How an org is, the worst first. */
export const standings = ['page', 'unknown', 'ticket', 'watching', 'well'] as const;

/**
 * - `page`, `ticket`: action is needed, at once or in working hours.
 * - `unknown`: no run on time, or its results cannot be read.
 * - `watching`: something failed, and it is no alarm yet or perhaps over.
 * - `well`: every check passed or was skipped.
 */
export type Standing = (typeof standings)[number];

export const cellStates = ['passed', 'warned', 'failed', 'skipped', 'not-run', 'late'] as const;

/** `warned`: it passed, and action is needed. `not-run`: the last run has no outcome of it. `late`: there is no recent run. */
export type CellState = (typeof cellStates)[number];

export type RunMark = 'passed' | 'warned' | 'failed' | 'skipped' | undefined;

/** How something is shown: by a sign, a word and a color, so that none of them is needed alone. */
export interface Shown {
  readonly sign: string;
  readonly word: string;
  readonly color: 'good' | 'bad' | 'warning' | 'unknown' | 'muted';
}

export const shownStandings: Readonly<Record<Standing, Shown>> = {
  page: { sign: '✕', word: 'Page', color: 'bad' },
  unknown: { sign: '?', word: 'Unknown', color: 'unknown' },
  ticket: { sign: '!', word: 'Ticket', color: 'warning' },
  watching: { sign: '…', word: 'Watching', color: 'warning' },
  well: { sign: '✓', word: 'Well', color: 'good' },
};

export const shownCells: Readonly<Record<CellState, Shown>> = {
  passed: { sign: '✓', word: 'passed', color: 'good' },
  warned: { sign: '!', word: 'passed with a warning', color: 'warning' },
  failed: { sign: '✕', word: 'failed', color: 'bad' },
  skipped: { sign: '–', word: 'skipped', color: 'muted' },
  'not-run': { sign: '?', word: 'not run', color: 'unknown' },
  late: { sign: '?', word: 'late', color: 'unknown' },
};

/** A bar of the strip: the graver, the higher. Where nothing is known, there is a line. */
export const shownRunMarks: Readonly<
  Record<NonNullable<RunMark> | 'unknown', { readonly word: string; readonly height: number; readonly color: string }>
> = {
  failed: { word: 'failed', height: 16, color: 'bad' },
  warned: { word: 'passed with a warning', height: 11, color: 'warning' },
  passed: { word: 'passed', height: 7, color: 'good' },
  skipped: { word: 'skipped', height: 3, color: 'unknown' },
  unknown: { word: 'unknown', height: 1, color: 'unknown' },
};
