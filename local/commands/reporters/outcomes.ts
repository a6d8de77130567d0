import type { Phases } from '../../../functions/model/exchange.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { PlannedProbe } from '../../../functions/probes/plan.ts';
import type { CheckedOrg } from '../check/check-orgs.ts';
import { bold, dim, fold, green, indent, red, table, yellow } from './text.ts';

const marks = {
  passed: () => green('✓ passed'),
  warned: () => yellow('! warned'),
  failed: () => red('✗ failed'),
  unknown: () => dim('? not known'),
  skipped: () => yellow('– skipped'),
} as const satisfies Record<LogLine['status'] | 'warned' | 'unknown', () => string>;

/** Returns whether an outcome only says that Okta's status page could not be read, which is no failure of the org. */
export function isStatusUnknown(outcome: LogLine): boolean {
  return outcome.status === 'failed' && outcome.finding.code === 'status-unknown';
}

function markOf(outcome: LogLine): keyof typeof marks {
  if (isStatusUnknown(outcome)) return 'unknown';
  return outcome.status === 'passed' && outcome.warnings.length > 0 ? 'warned' : outcome.status;
}

/** A row per outcome, by server: its status, and how long each phase of its last request took. At most 80 columns. */
export function formatOutcomes(outcomes: readonly LogLine[]): readonly string[] {
  const byServer = Map.groupBy(outcomes, ({ server }) => server);
  const ordered = [...byServer.values()].flat();
  const rows = ordered.map((outcome) => {
    const { dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs }: Phases = outcome.exchanges.at(-1)?.phases ?? {};
    return [outcome.probe, marks[markOf(outcome)](), ...[dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs].map(milliseconds)];
  });
  const header = ['milliseconds', '', 'dns', 'tcp', 'tls', 'answer', 'body'].map(dim);
  const [head = '', ...lines] = indent(table([header, ...rows], [2, 3, 4, 5, 6]));
  return [
    head,
    ...[...byServer].flatMap(([server, own]) => [
      serverName(server),
      ...own.map((outcome) => lines[ordered.indexOf(outcome)] ?? ''),
    ]),
  ];
}

function serverName(server: string | undefined): string {
  if (server === undefined) return bold('the whole org');
  return bold(server === 'org' ? 'Org server' : `server ${server}`);
}

/** The probes that are off, and what would switch them on first. At most 80 columns. */
export function formatOff(plan: readonly PlannedProbe[]): readonly string[] {
  const off = plan.filter(({ howToEnable }) => howToEnable !== undefined);
  const bySetting = Object.groupBy(off, ({ howToEnable = '' }) => firstSetting(howToEnable));
  return Object.entries(bySetting)
    .map(([setting, probes = []]) => {
      const servers = new Set(probes.flatMap(({ target }) => target.server ?? []));
      const where = servers.size === 0 ? '' : ` at ${[...servers].join(', ')}`;
      return `  off  ${[...new Set(probes.map(({ probe }) => probe.id))].join(', ')}${where}: ${setting}`;
    })
    .flatMap((line) => fold(line, 80));
}

/** The missing settings of the whole org, which come first because all servers share them. */
function firstSetting(howToEnable: string): string {
  const [first = ''] = howToEnable.split(', and set ');
  return first.replace(/ on server "[^"]*"/, ' on the server');
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? dim('·') : value.toFixed(value < 10 ? 1 : 0);
}

/** Where the probes of a check ran. */
export function placeOf({ region }: Pick<CheckedOrg, 'region'>): string {
  return region === undefined ? 'this machine' : `Lambda in ${region}`;
}

/** What two places saw of an org beside each other, or nothing if there was one. */
export function formatPlaces(orgs: readonly CheckedOrg[]): readonly string[] {
  const byOrg = [...Map.groupBy(orgs, ({ org }) => org.name)].filter(([, places]) => places.length > 1);
  return byOrg.flatMap(([name, places]) => {
    const targets = [...new Set(places.flatMap(({ outcomes }) => outcomes.map(formatTarget)))];
    const rows = targets.map((target) => {
      const cells = places.map(({ outcomes }) => cellOf(outcomes.find((each) => formatTarget(each) === target)));
      return [target, ...cells.map(({ text }) => text), isSame(cells) ? '' : 'differs'];
    });
    const different = rows.filter((row) => row.at(-1) === 'differs').length;
    const said = different === 0 ? 'the same' : `${different} of ${rows.length} probes differ`;
    return [
      ...['', `${bold(name)}  ${places.map(placeOf).join(' and ')}: ${said}`],
      ...indent(table([['', ...places.map(placeOf), ''].map(dim), ...rows])),
    ];
  });
}

interface Cell {
  readonly what: string;
  readonly text: string;
}

function cellOf(outcome: LogLine | undefined): Cell {
  if (!outcome) return { what: 'not run', text: 'not run' };
  const codes = findingsOf(outcome).map(({ code }) => code);
  const what = [outcome.status, ...codes].join(' ');
  const text = codes.length > 0 ? codes.join(', ') : outcome.status;
  return { what, text: outcome.durationMs === undefined ? text : `${text}, ${outcome.durationMs.toFixed(0)} ms` };
}

/** A probe that only one of them ran is no difference. */
function isSame(cells: readonly Cell[]): boolean {
  return new Set(cells.flatMap(({ what }) => (what === 'not run' ? [] : [what]))).size <= 1;
}
