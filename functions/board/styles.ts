/** The colors of one scheme. Texts have a contrast of 4.5 to the background, and shapes of 3 (WCAG 2.2, 1.4.3 and 1.4.11). */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly link: string;
  readonly line: string;
  readonly good: string;
  readonly bad: string;
  readonly warning: string;
  readonly unknown: string;
}

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ...{ background: '#ffffff', text: '#16191f', muted: '#545b64', link: '#0055b3', line: '#7d8998' },
    ...{ good: '#1d7a1d', bad: '#b8101f', warning: '#8a5300', unknown: '#5f6b7a' },
  },
  dark: {
    ...{ background: '#0f1b2a', text: '#e9ebed', muted: '#a7b1bb', link: '#79b8ff', line: '#7d8998' },
    ...{ good: '#5ccf73', bad: '#ff8a80', warning: '#f2b84b', unknown: '#9aa5b1' },
  },
};

const variables = (palette: Palette) =>
  Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';');

/** Applies below `.okta-board` only, so that the surrounding page keeps its own style. No markup has inline styles. */
const rules = `
.okta-board{background:var(--background);color:var(--text);font:14px/1.45 system-ui,sans-serif;padding:8px;box-sizing:border-box;overflow-wrap:break-word}
.okta-board *{box-sizing:border-box}
.okta-board a{color:var(--link);text-decoration:underline}
.okta-board a:focus-visible,.okta-board [tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.okta-board h2{font-size:18px;margin:12px 0 4px}
.okta-board h3{font-size:15px;margin:16px 0 4px}
.okta-board p{margin:4px 0}
.okta-board .scroll{overflow-x:auto;max-width:100%}
.okta-board table{border-collapse:collapse;background:transparent;color:inherit}
.okta-board caption{text-align:left;max-width:calc(100vw - 40px);color:var(--muted);padding:4px 0}
.okta-board th,.okta-board td{text-align:left;vertical-align:top;padding:4px 8px;border:0;border-bottom:1px solid var(--line);background:transparent;color:inherit;font-weight:400}
.okta-board thead th{font-weight:600}
.okta-board th{min-width:96px;max-width:240px}
.okta-board td{min-width:88px;max-width:480px}
.okta-board ul{margin:4px 0;padding-left:20px}
.okta-board svg{display:block;max-width:100%}
.okta-board .muted{color:var(--muted)}
.okta-board .standing{font-weight:600;white-space:nowrap}
.okta-board .good{color:var(--good)}
.okta-board .bad{color:var(--bad)}
.okta-board .warning{color:var(--warning)}
.okta-board .unknown{color:var(--unknown)}
.okta-board .fill-good{fill:var(--good)}
.okta-board .fill-bad{fill:var(--bad)}
.okta-board .fill-warning{fill:var(--warning)}
.okta-board .fill-unknown{fill:var(--unknown)}
.okta-board .axis{stroke:var(--line);stroke-width:1;fill:none}
.okta-board .curve{stroke:var(--link);stroke-width:1.5;fill:none}
`.trim();

/** For a separate page: follows the colour scheme of the reader's system. */
export const pageStyles = `.okta-board{color-scheme:light dark;${variables(palettes.light)}}
@media (prefers-color-scheme:dark){.okta-board{${variables(palettes.dark)}}}
${rules}`;

/** For CloudWatch, whose theme is the reader's choice there. */
export function widgetStyles(theme: keyof typeof palettes): string {
  return `.okta-board{color-scheme:${theme};${variables(palettes[theme])}}\n${rules}`;
}
