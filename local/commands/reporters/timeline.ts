import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import { delayInWords } from '../../lab/busy-machine.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import type { Gap } from '../../self-hosted/history/open-history.ts';
import type { TimelineEvent } from '../../self-hosted/timeline.ts';
import { formatOutcomes } from './outcomes.ts';
import { bold, cyan, dim, fold, green, indent, red, yellow } from './text.ts';

/** The columns of a timeline. */
export const width = 100;

/** Beside the time of day, and beside a message, which needs the columns. */
const [margin, bar] = ['       ', ' │ '];

type MinuteEvent = Extract<TimelineEvent, { kind: 'minute' }>;

/**
 * Makes lines of the events of a simulation: the first minute in full, later minutes only if they show something new, and
 * every fault, alarm and message. Each event starts with the time of day, UTC. Times are virtual unless it runs in real time.
 */
export function timelineReporter(scenario?: Scenario): (event: TimelineEvent) => readonly string[] {
  const changeOf = changeFilter();
  return (event) => {
    if (event.kind === 'minute') {
      const change = changeOf(event);
      if (change === 'none') return [];
      const first = change === 'first' ? [...indent(formatOutcomes(event.outcomes)), ''] : [];
      return [...first, ...atTime(event, minuteLines(event))];
    }
    const lines = linesOf(event, scenario);
    return lines.length > 0 ? lines : [];
  };
}

const gapReasons: Readonly<Record<Gap['reason'], string>> = {
  'not running': 'the watch was not running: what happened then is unknown',
  'not stored': 'the history could not be written for too long: what happened then is not in it',
  suspended: 'this machine slept, or was too busy: what happened then is unknown',
};

function linesOf(event: Exclude<TimelineEvent, MinuteEvent>, scenario?: Scenario): readonly string[] {
  switch (event.kind) {
    case 'fault': {
      const about = scenario
        ? [bold(`Fault injected: ${scenario.title}`), `case ${scenario.name}, org ${scenario.org}`]
        : [];
      return ['', ...atTime(event, about), ''];
    }
    case 'restored':
      return ['', ...atTime(event, [bold('Fault restored')]), ''];
    case 'gap': {
      const { start, end, reason } = event.gap;
      const [from, to] = [start, end].map((time) => new Date(time).toISOString().slice(0, 16).replace('T', ' '));
      return atTime(event, [yellow(`◦ nothing ran from ${from} to ${to} UTC`), dim(gapReasons[reason])]);
    }
    case 'delay':
      return atTime(event, [yellow(`◦ ${delayInWords(event.delay)}`)]);
    case 'alarm': {
      const { alarm, from, to, reason } = event.transition;
      // A new alarm's first OK only says that it has data.
      if (from === 'INSUFFICIENT_DATA' && to === 'OK') return [];
      return atTime(event, [`${to === 'ALARM' ? red('▲ firing') : green('▼ resolved')} ${alarm}`, dim(reason)]);
    }
    case 'message': {
      const { route = 'message', deliveries, subject = 'no subject', text } = event.message;
      const readers = deliveries.filter(({ protocol }) => protocol !== 'none').map(({ endpoint }) => endpoint);
      const to = readers.length > 0 ? readers.join(', ') : 'no one, because the configuration names no subscriber';
      // A document for programs.
      if (event.message.route === undefined && text.startsWith('{')) {
        return [...atTime(event, [`${cyan(`✉ ${route}`)} to ${to}: ${subject}`]), ''];
      }
      const read = deliveries.find(({ protocol }) => protocol === 'email') ?? deliveries[0];
      const letter = ['', bold(subject), '', ...(read?.text ?? text).split('\n'), ''];
      const folded = letter.flatMap((line) => fold(line, width - bar.length));
      return [
        ...atTime(event, [`${cyan(`✉ ${route}`)} to ${to}`]),
        ...folded.map((line) => `${dim(bar)}${line}`.trimEnd()),
        '',
      ];
    }
    default:
      return event satisfies never;
  }
}

function atTime({ at }: { readonly at: number }, lines: readonly string[]): readonly string[] {
  const time = dim(new Date(at).toISOString().slice(11, 16));
  const folded = lines.flatMap((line) => fold(line, width - margin.length));
  return folded.map((line, index) => (index === 0 ? `${time}  ${line}` : `${margin}${line}`));
}

function minuteLines({ outcomes, minute: { runs } }: MinuteEvent): readonly string[] {
  const number = (status: LogLine['status']) => outcomes.filter((outcome) => outcome.status === status).length;
  const [failed, skipped, passed] = [number('failed'), number('skipped'), number('passed')];
  const crashed = runs.filter(({ error }) => error !== undefined).map(({ lambda }) => `${lambda} crashed`);
  const findings = [...findingsByCode(outcomes)].map(([code, own]) => {
    const domain = own.flatMap(findingsOf).find((finding) => finding.code === code)?.domain;
    return `${code} (${domain}) at ${own.map(formatTarget).join(', ')}`;
  });
  if (failed + crashed.length === 0) {
    return [...findings.map((each) => yellow(`! ${each}`)), green(`✓ ${passed} probes passed`)];
  }
  const rest = [`${passed} passed`, ...(skipped > 0 ? [`${skipped} skipped because of it`] : [])];
  return [...[...crashed, ...findings].map((each) => red(`✗ ${each}`)), dim(`  ${rest.join(', ')}`)];
}

/** The outcomes that report each finding, except findings for information. */
function findingsByCode(outcomes: readonly LogLine[]): ReadonlyMap<string, readonly LogLine[]> {
  const found = new Map<string, LogLine[]>();
  for (const outcome of outcomes) {
    for (const { code, severity } of findingsOf(outcome)) {
      if (severity !== 'info') found.set(code, [...(found.get(code) ?? []), outcome]);
    }
  }
  return found;
}

/** Returns whether a minute differs from the last one with the same target or function. */
function changeFilter(): (event: MinuteEvent) => 'first' | 'some' | 'none' {
  const known = new Map<string, string>();
  return ({ outcomes, minute: { runs } }) => {
    const isFirst = known.size === 0;
    const now = new Map([
      ...outcomes.map((outcome) => {
        const codes = findingsOf(outcome).flatMap(({ code, severity }) => (severity === 'info' ? [] : [code]));
        return [`${outcome.org} ${formatTarget(outcome)}`, codes.join(' ')] as const;
      }),
      ...runs.map(({ lambda, error }) => [lambda, error === undefined ? '' : 'crashed'] as const),
    ]);
    const hasChanged = [...now].some(([where, what]) => (known.get(where) ?? '') !== what);
    for (const [where, what] of now) known.set(where, what);
    return isFirst ? 'first' : hasChanged ? 'some' : 'none';
  };
}

/** An event as data, for scripts. */
export function eventDocument(event: TimelineEvent): object {
  const { kind } = event;
  const at = isoTime(event.at);
  switch (kind) {
    case 'minute': {
      const { runs, points, requests = {} } = event.minute;
      const counts = Object.entries(requests).map(([org, served]) => [org, served.length]);
      return {
        ...{ kind, at, outcomes: event.outcomes, requests: Object.fromEntries(counts) },
        runs: runs.map(({ lines: _, at: __, ...run }) => run),
        points: points.map(({ timestamp, ...point }) => ({ ...point, at: isoTime(timestamp) })),
      };
    }
    case 'fault':
    case 'restored':
      return { kind, at };
    case 'gap':
      return { kind, at, ...event.gap, start: isoTime(event.gap.start), end: isoTime(event.gap.end) };
    case 'delay':
      return { kind, at, ...event.delay };
    case 'alarm':
      return { kind, ...event.transition, at };
    case 'message':
      return { kind, ...event.message, at };
    default:
      return event satisfies never;
  }
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
