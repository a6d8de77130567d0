import { pageStyles, palettes } from '../../../functions/board/styles.ts';

/** The styles of the page that the widget lacks. */
const rules = `
html{background:${palettes.light.background}}
body.okta-board{margin:0;min-height:100vh;padding:16px;font-size:15px}
.okta-board main{outline-offset:4px}
.okta-board main:focus{outline:none}
.okta-board h1{font-size:20px;margin:0 0 4px}
.okta-board h2{font-size:18px;margin:0}
.okta-board h3{font-size:16px;margin:0 0 8px}
.okta-board .skip{position:absolute;left:-999px}
.okta-board .skip:focus{left:16px;top:4px;background:var(--background);padding:4px 8px;z-index:1}
.okta-board #connection{position:absolute;right:16px;top:12px;margin:0}
.okta-board #connection.lost{color:var(--warning);font-weight:600}
.okta-board .announcement{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.okta-board .sentences{list-style:none;padding:0;margin:12px 0;display:grid;gap:8px;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr))}
.okta-board .sentence{border:1px solid var(--line);border-left-width:8px;border-radius:4px;padding:8px 12px}
.okta-board .sentence p{font-size:17px}
.okta-board .edge-good{border-left-color:var(--good)}
.okta-board .edge-bad{border-left-color:var(--bad)}
.okta-board .edge-warning{border-left-color:var(--warning)}
.okta-board .edge-unknown{border-left-color:var(--unknown)}
.okta-board .columns{display:grid;gap:0 32px;grid-template-columns:repeat(auto-fit,minmax(min(100%,600px),1fr));align-items:start}
.okta-board .columns>div,.okta-board section{min-width:0}
.okta-board section{margin-bottom:24px}
.okta-board .scroll table{width:100%}
.okta-board .tall{max-height:480px;overflow-y:auto}
.okta-board thead th{white-space:nowrap}
.okta-board #requests td{overflow-wrap:anywhere;min-width:120px}
.okta-board #alarms td:last-child{min-width:200px}
.okta-board #latency td,.okta-board #latency thead th{min-width:0;padding:4px}
.okta-board #checks td{min-width:136px}
.okta-board .number{text-align:right;font-variant-numeric:tabular-nums}
.okta-board .timeline{list-style:none;margin:0;padding:0;max-height:480px;overflow-y:auto}
.okta-board .timeline li{padding:6px 0;border-bottom:1px solid var(--line)}
.okta-board details{display:inline-block;vertical-align:top;max-width:100%}
.okta-board summary{cursor:pointer;min-height:24px}
.okta-board summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.okta-board pre{white-space:pre-wrap;font:13px/1.4 ui-monospace,monospace;margin:4px 0;padding:8px;border:1px solid var(--line)}
.okta-board .point{display:inline-block;min-width:1.4em;text-align:center;font-variant-numeric:tabular-nums}
.okta-board .breaches{font-weight:700;text-decoration:underline}
.okta-board .key{display:inline-block;width:10px;height:10px;margin-right:4px}
.okta-board .phase-1{fill:var(--phase-1);background:var(--phase-1)}
.okta-board .phase-2{fill:var(--phase-2);background:var(--phase-2)}
.okta-board .phase-3{fill:var(--phase-3);background:var(--phase-3)}
.okta-board .phase-4{fill:var(--phase-4);background:var(--phase-4)}
.okta-board .phase-5{fill:var(--phase-5);background:var(--phase-5)}
.okta-board{--phase-1:#8a5300;--phase-2:#1d7a1d;--phase-3:#7b3fa0;--phase-4:#0055b3;--phase-5:#5f6b7a}
@media (prefers-color-scheme:dark){html{background:${palettes.dark.background}}.okta-board{--phase-1:#f2b84b;--phase-2:#5ccf73;--phase-3:#c99be8;--phase-4:#79b8ff;--phase-5:#9aa5b1}}
@media (min-width:2400px){body.okta-board{font-size:20px;padding:32px}.okta-board .sentence p{font-size:24px}.okta-board h1,.okta-board h2{font-size:26px}.okta-board h3{font-size:22px}}
@media (max-width:480px){body.okta-board{padding:8px}.okta-board #connection{position:static}.okta-board th,.okta-board td{padding:4px 4px}}
`.trim();

export const boardStyles = `${pageStyles}\n${rules}\n`;
