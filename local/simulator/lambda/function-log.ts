import type { ReceivedPoint } from '../../emulators/aws/metrics.ts';
import { emfPoints } from '../../emulators/aws/metrics.ts';
import { reportedFindings } from '../reported-finding.ts';
import type { Invocation } from '../simulation.ts';
import { type ClockShift, shiftPoint } from './clock-shift.ts';

/** What a function logged during one run, in virtual time. */
export interface FunctionLog extends Pick<Invocation, 'outcomes' | 'findings'> {
  readonly lines: readonly string[];
  /** The points that CloudWatch Logs extracts from lines in the embedded metric format. */
  readonly points: readonly ReceivedPoint[];
}

/** Reads what a function logged while the virtual clock differed from its own. Lines that are not JSON stay unchanged. */
export function readFunctionLog(written: readonly string[], shift: ClockShift): FunctionLog {
  const lines = written.map((text) => {
    const document = parseObject(text);
    return { text, document: document && (shiftTimes(document, shift) as JsonObject) };
  });
  const documents = lines.map(({ document }) => document).filter((document) => document !== undefined);
  const texts = documents.map((document) => JSON.stringify(document));
  const count = (status: string) =>
    documents.filter((line) => line.type === 'outcome' && line.status === status).length;
  return {
    lines: lines.map(({ document, text }) => (document ? JSON.stringify(document) : text)),
    points: texts.flatMap(emfPoints),
    outcomes: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
    findings: reportedFindings(texts),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Members that hold the time of an event. Other times do not move: a certificate expires when it expires. */
const timeMembers = new Set(['at', 'due', 'issuedAt', 'expiresAt']);

/**
 * Moves every event time in a logged value.
 *
 * Trap: a document in the embedded metric format has its time in `_aws`, in milliseconds.
 */
export function shiftTimes(value: unknown, shift: ClockShift): unknown {
  if (Array.isArray(value)) return value.map((item) => shiftTimes(item, shift));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === '_aws' && typeof member?.Timestamp === 'number') {
        return [name, { ...member, Timestamp: shiftPoint(member.Timestamp, shift) }];
      }
      const isTime = timeMembers.has(name) && typeof member === 'string';
      return [
        name,
        isTime ? shiftTime(member, name === 'due' ? shift.minuteByMs : shift.byMs) : shiftTimes(member, shift),
      ];
    }),
  );
}

/** Moves an ISO 8601 time in UTC. Any other text stays as it is. */
function shiftTime(text: string, byMs: number): string {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? text : new Date(time + byMs).toISOString();
}
