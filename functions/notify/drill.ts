import type { DrillFacts, LoggedLine } from '../model/log-line.ts';
import type { OpenIncident } from '../state/incident-item.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { linesOfIncident, occurrencesIn, relevantTo } from './occurrences.ts';

/** The part of a drill in an alarm's change. */
export interface DrillInEvidence {
  /** Present if the alarm changed only because of the drill. */
  readonly drill?: DrillFacts;
  /** The remark about the drill in the message. */
  readonly note: string;
}

/**
 * Finds out whether an alarm changed because of a drill. Undefined if not.
 *
 * Trap: a drill must never hide an outage. One real finding in the same incident, or a gap in the evidence, and the message is
 * the real one to the real people.
 */
export function drillIn(alarm: AlarmChange, evidence: Evidence): DrillInEvidence | undefined {
  const isRelevant = relevantTo(alarm.subject, evidence.slo);
  const [first] = linesOfIncident(alarm, drilledEvidence(evidence), isRelevant);
  const lines = evidence.lines.filter(({ time }) => first && time >= first.time);
  const drilled = lines.flatMap(({ line }) => (line.type === 'drill' && isRelevant(line.finding) ? [line] : []));
  const last = drilled.at(-1);
  if (!last) return undefined;
  const { by } = last;
  if (occurrencesIn(lines, isRelevant).length > 0) {
    return { note: `${by} drills this alarm at the same time. What this message reports is real.` };
  }
  if (evidence.gaps.length > 0) {
    return { note: `${by} drills this alarm, and that may be all. What else there is could not be read.` };
  }
  // The people of the route are notified if any of the runs asks for it.
  const isPage = drilled.some(({ page }) => page);
  return { drill: { by, ...(isPage && { page: true }) }, note: drillNote(by) };
}

/** Returns the same for an announced incident, which stays a drill. Undefined if it was announced as real. */
export function drillOf({ drill }: Pick<OpenIncident, 'drill'>): DrillInEvidence | undefined {
  return drill && { drill, note: drillNote(drill.by) };
}

function drillNote(by: string): string {
  return `${by} drills, to see that this message arrives. Nothing is wrong, and no action is needed. The rest is what a real message would look like.`;
}

/** Returns the evidence for the message about a drill: the drilled finding replaces real ones. */
export function drilledEvidence(evidence: Evidence): Evidence {
  const lines = evidence.lines.map((logged): LoggedLine => {
    const { line } = logged;
    if (line.type !== 'drill') return logged;
    const { by: _, page: __, ...finding } = line;
    return { ...logged, line: { ...finding, type: 'finding' } };
  });
  return { ...evidence, lines };
}
