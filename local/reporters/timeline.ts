import { styleText } from 'node:util';
import { findingsOf } from '../../functions/model/outcome.ts';
import { formatTarget } from '../../functions/model/target.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import { findingsByCode, type TimelineEvent } from '../runner/timeline.ts';
import type { DeliveredMessage } from '../simulator/sns/sns.ts';
import { fold, width } from './fold.ts';

const dim = (text: string) => styleText('dim', text);
const bold = (text: string) => styleText('bold', text);

/** Beside the time of day. */
const indent = '       ';
/** Beside a message: it needs the columns. */
const bar = ' │ ';

/** What happened as lines of at most 100 columns, the first with the time of day by the rehearsal's clock, UTC. */
export function formatHappening(happening: TimelineEvent): readonly string[] {
  const at = dim(new Date(happening.at).toISOString().slice(11, 16));
  const [first = '', ...more] = linesOf(happening).flatMap((line) => fold(line, width - indent.length));
  const lines = [`${at}  ${first}`, ...more.map((line) => `${indent}${line}`)];
  switch (happening.kind) {
    case 'outage':
    case 'mended':
      return ['', ...lines, ''];
    case 'message':
      return [...lines, ...letterOf(happening.message).map((line) => `${dim(bar)}${line}`.trimEnd()), ''];
    default:
      return lines;
  }
}

function linesOf(happening: TimelineEvent): readonly string[] {
  switch (happening.kind) {
    case 'minute':
      return minuteLines(happening.outcomes, happening.minute.runs);
    case 'outage': {
      const { case: one, cell, drill } = happening.outage;
      return [
        bold(`From now on: ${one.title}`),
        `case ${one.id} at ${formatTarget(cell.target)} of ${drill.org}: ${cell.symptom}`,
      ];
    }
    case 'mended':
      return [bold('From now on all is well again')];
    case 'alarm': {
      const { alarm, to, reason } = happening.transition;
      return [`${to === 'ALARM' ? styleText('red', '▲ alarm') : styleText('green', '▼ over')} ${alarm}`, dim(reason)];
    }
    case 'message': {
      const { route = 'message', deliveries } = happening.message;
      const readers = deliveries.filter(({ protocol }) => protocol !== 'none').map(({ endpoint }) => endpoint);
      const to = readers.length > 0 ? readers.join(', ') : 'nobody: the configuration names no subscriber';
      return [`${styleText('cyan', `✉ ${route}`)} to ${to}`];
    }
    default:
      return happening satisfies never;
  }
}

function minuteLines(
  outcomes: readonly LogLine[],
  runs: readonly { readonly lambda: string; readonly error?: string }[],
): readonly string[] {
  const count = (status: LogLine['status']) => outcomes.filter((outcome) => outcome.status === status).length;
  const [failed, skipped, passed] = [count('failed'), count('skipped'), count('passed')];
  const broken = runs.filter(({ error }) => error !== undefined).map(({ lambda }) => `${lambda} broke down`);
  const found = describeFound(outcomes);
  if (failed + broken.length === 0) {
    return [...found.map((each) => styleText('yellow', `! ${each}`)), styleText('green', `✓ ${passed} probes passed`)];
  }
  const rest = [`${passed} passed`, ...(skipped > 0 ? [`${skipped} skipped because of it`] : [])];
  return [...[...broken, ...found].map((each) => styleText('red', `✗ ${each}`)), dim(`  ${rest.join(', ')}`)];
}

function describeFound(outcomes: readonly LogLine[]): readonly string[] {
  return [...findingsByCode(outcomes)].map(([code, at]) => {
    const domain = at.flatMap(findingsOf).find((finding) => finding.code === code)?.domain;
    return `${code} (${domain}) at ${at.map(formatTarget).join(', ')}`;
  });
}

/** The message as the person who is told of it reads it. */
function letterOf({ deliveries, subject = 'without a subject', text }: DeliveredMessage): readonly string[] {
  const read = deliveries.find(({ protocol }) => protocol === 'email') ?? deliveries[0];
  const lines = (read?.text ?? text).split('\n').flatMap((line) => fold(line, width - bar.length));
  return ['', bold(subject), '', ...lines, ''];
}
