import { emfPoints, type ReceivedPoint } from '../aws-emulator/metrics.ts';
import type { Invocation } from '../journal.ts';
import { reportedFindings } from '../reported-finding.ts';

/** How far the virtual clock is ahead of a function's, in milliseconds. */
export interface ClockShift {
  readonly byMs: number;
  /** From the function's minute to the virtual one. */
  readonly minuteByMs: number;
}

const minuteMs = 60_000;

export const noShift: ClockShift = { byMs: 0, minuteByMs: 0 };

/** The shift between the clocks when a function is due at `from` on its own clock, and at `to` on the virtual one. */
export function clockShift(from: number, to: number): ClockShift {
  return { byMs: to - from, minuteByMs: minuteOf(to) - minuteOf(from) };
}

/** Shifts the time of a point. On a whole minute, it is the minute that the run was due in, and stays a whole one. */
export function shiftPoint(time: number, { byMs, minuteByMs }: ClockShift): number {
  return time + (time === minuteOf(time) ? minuteByMs : byMs);
}

function minuteOf(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}

/** The log of a function during one run, in virtual time. */
export interface FunctionLog extends Pick<Invocation, 'outcomes' | 'findings'> {
  readonly lines: readonly string[];
  /** The points that CloudWatch Logs extracts from lines in the embedded metric format. */
  readonly points: readonly ReceivedPoint[];
}

/** Reads the log of a function whose clock differs from the virtual one. Lines that are not JSON stay unchanged. */
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

/**
 * Moves the times in the items of a request to DynamoDB, or of its answer: those in texts that are JSON objects. Other
 * attributes stay as they are.
 */
export function shiftItems(json: string, clock: ClockShift): string {
  return JSON.stringify(shift(JSON.parse(json), clock));
}

function shift(value: unknown, clock: ClockShift): unknown {
  if (Array.isArray(value)) return value.map((item) => shift(item, clock));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isObject = name === 'S' && typeof member === 'string' && member.startsWith('{');
      return [name, isObject ? JSON.stringify(shiftTimes(JSON.parse(member), clock)) : shift(member, clock)];
    }),
  );
}
