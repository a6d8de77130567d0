import type { DeployedFunction } from '../template/deployment.ts';
import type { Ran } from './containers.ts';

/**
 * What Lambda itself writes to the log of a function that logs as JSON: the start, the error that the function ended
 * in, and the report.
 *
 * Trap: a run that was killed tells nothing of its own. Only the report says that it was there.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
export function aroundRun(
  { memoryMb }: Pick<DeployedFunction, 'memoryMb'>,
  requestId: string,
  startedAt: number,
  { error, durationMs, cold }: Ran,
): { readonly before: readonly object[]; readonly after: readonly object[] } {
  const time = (at: number) => new Date(at).toISOString();
  const endedAt = startedAt + durationMs;
  const kind = error === undefined ? undefined : kindOf(error);
  const errorType = kind === 'failure' ? 'Error' : 'Runtime.ExitError';
  return {
    before: [{ time: time(startedAt), type: 'platform.start', record: { requestId, version: '$LATEST' } }],
    after: [
      ...(error !== undefined && kind === 'failure' ? [thrown(time(endedAt), requestId, error)] : []),
      {
        time: time(endedAt),
        type: 'platform.report',
        record: {
          requestId,
          metrics: {
            durationMs: Number(durationMs.toFixed(3)),
            billedDurationMs: Math.ceil(durationMs),
            memorySizeMB: memoryMb,
            maxMemoryUsedMB: memoryMb / 2,
            ...(cold && { initDurationMs: 0 }),
          },
          status: kind ?? 'success',
          ...(kind && kind !== 'timeout' && { errorType }),
        },
      },
    ],
  };
}

/** A handler that threw, a process that ended, or a run that took too long. */
function kindOf(error: string): 'failure' | 'error' | 'timeout' {
  if (error.startsWith('Task timed out')) return 'timeout';
  return error.startsWith("the function's process ended") ? 'error' : 'failure';
}

function thrown(timestamp: string, requestId: string, error: string): object {
  const [first = '', ...frames] = error.split('\n');
  const message = {
    errorType: 'Error',
    errorMessage: first.replace(/^\w*Error: /, ''),
    stackTrace: frames.map((frame) => frame.trim()),
  };
  return { timestamp, level: 'ERROR', requestId, message };
}
