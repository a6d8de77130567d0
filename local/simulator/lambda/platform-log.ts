import type { DeployedFunction } from '../template/deployment.ts';
import type { Execution } from './lambda-service.ts';

/**
 * The lines that Lambda itself writes to the log of a function with JSON logging: the start, the error that the handler
 * threw, and the report.
 *
 * Trap: a run that was killed logs no error. Only its report shows that it existed.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
export function platformLines(
  { memoryMb }: Pick<DeployedFunction, 'memoryMb'>,
  requestId: string,
  startedAt: number,
  { error, durationMs, cold }: Execution,
): { readonly before: readonly object[]; readonly after: readonly object[] } {
  const time = (at: number) => new Date(at).toISOString();
  const endedAt = startedAt + durationMs;
  const status = statusOf(error);
  return {
    before: [{ time: time(startedAt), type: 'platform.start', record: { requestId, version: '$LATEST' } }],
    after: [
      ...(error !== undefined && status === 'failure' ? [errorLine(time(endedAt), requestId, error)] : []),
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
          status,
          ...(status === 'failure' && { errorType: 'Error' }),
          ...(status === 'error' && { errorType: 'Runtime.ExitError' }),
        },
      },
    ],
  };
}

/** `failure`: the handler threw. `error`: the process ended. `timeout`: the run took too long. */
function statusOf(error: string | undefined): 'success' | 'failure' | 'error' | 'timeout' {
  if (error === undefined) return 'success';
  if (error.startsWith('Task timed out')) return 'timeout';
  return error.startsWith("the function's process ended") ? 'error' : 'failure';
}

function errorLine(timestamp: string, requestId: string, error: string): object {
  const [first = '', ...frames] = error.split('\n');
  const message = {
    errorType: 'Error',
    errorMessage: first.replace(/^\w*Error: /, ''),
    stackTrace: frames.map((frame) => frame.trim()),
  };
  return { timestamp, level: 'ERROR', requestId, message };
}
