import { emfPoints, type ReceivedPoint } from '../aws-emulator/metrics.ts';
import type { Invocation } from '../journal.ts';
import { reportedFindings } from '../reported-finding.ts';

/** The log of a function during one run. */
export interface FunctionLog extends Pick<Invocation, 'outcomes' | 'findings'> {
  readonly lines: readonly string[];
  /** The points that CloudWatch Logs extracts from lines in the embedded metric format. */
  readonly points: readonly ReceivedPoint[];
}

/** Reads the log of a function. Lines that are not JSON objects are kept, and mean nothing. */
export function readFunctionLog(lines: readonly string[]): FunctionLog {
  const documents = lines.map(parseObject).filter((document) => document !== undefined);
  const texts = documents.map((document) => JSON.stringify(document));
  const count = (status: string) =>
    documents.filter((line) => line.type === 'outcome' && line.status === status).length;
  return {
    lines,
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
