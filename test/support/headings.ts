import { readFileSync } from 'node:fs';

export const headingsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);

/** The anchor that GitHub and GitLab derive from a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

export const runbookAnchors: ReadonlySet<string> = new Set(headingsOf('docs/runbook.md').map(anchorOf));
