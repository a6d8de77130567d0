import { emfPoints, type ReceivedPoint } from '../../emulators/aws/metrics.ts';
import { findingsIn } from '../../runner/verify-run.ts';
import type { Invoked } from '../simulation.ts';
import { shiftTimes } from './shift-times.ts';

/** What a run wrote, in virtual time. */
export interface LoggedRun extends Pick<Invoked, 'outcomes' | 'found'> {
  readonly lines: readonly string[];
  /** What CloudWatch Logs makes of the lines that hold metrics. */
  readonly points: readonly ReceivedPoint[];
}

/** Reads what a run wrote by the real clock, which the rehearsal's is ahead of. A line that is no JSON stays as it is. */
export function readLogged(written: readonly string[], aheadMs: number): LoggedRun {
  const read = written.map((text) => {
    const document = parseObject(text);
    return { document: document && shiftTimes(document, aheadMs), text };
  });
  const documents = read.map(({ document }) => document).filter((document) => document !== undefined);
  const texts = documents.map((document) => JSON.stringify(document));
  const count = (status: string) =>
    documents.filter((line) => line.type === 'outcome' && line.status === status).length;
  return {
    lines: read.map(({ document, text }) => (document ? JSON.stringify(document) : text)),
    points: texts.flatMap(emfPoints),
    outcomes: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
    found: findingsIn(texts),
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
