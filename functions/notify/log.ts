import type { FindingLine, LogLine, MonitorErrorLine } from '../runtime/log.ts';
import { asRecord, defined, list, parseJson, strings, text } from './read.ts';
import { readExchange } from './read-exchange.ts';
import { readFinding } from './read-finding.ts';

/** A run that ended badly, as Lambda says: out of time or memory, or by an error that nobody caught. */
export interface CrashLine {
  readonly type: 'crash';
  readonly status: string;
  readonly errorType?: string;
}

export type EvidenceLine = LogLine | FindingLine | MonitorErrorLine | CrashLine;

/** What one line of a probe function's log says; undefined where it is none that a message is made of. */
export function readLine(message: unknown): EvidenceLine | undefined {
  const line = asRecord(parseJson(message));
  const [at = '', org] = [text(line.at, 30), text(line.org, 60)];
  switch (line.type) {
    case 'outcome':
      return org === undefined ? undefined : readOutcome(line, at, org);
    case 'finding': {
      const finding = readFinding(line.finding);
      return org === undefined || !finding ? undefined : { type: 'finding', at, org, finding };
    }
    case 'monitor-error':
      return {
        ...{ type: 'monitor-error', at, org: org ?? '' },
        ...{ name: text(line.name, 80) ?? 'unknown error', frames: strings(line.frames) },
      };
    case 'platform.report':
      return readReport(line.record);
    default:
      return undefined;
  }
}

function readOutcome(line: Readonly<Record<string, unknown>>, at: string, org: string): LogLine | undefined {
  const probe = text(line.probe, 60);
  if (probe === undefined) return undefined;
  const base = defined({
    ...{ type: 'outcome' as const, at, org, probe },
    server: text(line.server, 60),
    exchanges: list(line.exchanges, readExchange),
    retriedAfter: text(line.retriedAfter, 60),
  });
  const finding = readFinding(line.finding);
  switch (line.status) {
    case 'passed': {
      const [notes, warnings] = [strings(line.notes), list(line.warnings, readFinding)];
      return { ...base, status: 'passed', readings: {}, notes, warnings };
    }
    case 'failed':
      return finding && { ...base, status: 'failed', readings: {}, finding };
    case 'skipped':
      return { ...base, status: 'skipped', because: text(line.because) ?? 'unknown' };
    default:
      return undefined;
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
function readReport(record: unknown): CrashLine | undefined {
  const { status, errorType } = asRecord(record);
  const ended = text(status, 40);
  if (ended === undefined || ended === 'success') return undefined;
  return defined({ type: 'crash' as const, status: ended, errorType: text(errorType, 80) });
}
