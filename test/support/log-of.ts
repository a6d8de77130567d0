import { type FindingCode, finding } from '../../functions/findings/finding.ts';
import type { Exchange } from '../../functions/model/exchange.ts';
import type { LoggedLine, LogLine } from '../../functions/model/log-line.ts';
import { readLine } from '../../functions/model/read-line.ts';
import type { Evidence } from '../../functions/notify/evidence.ts';

export const flowsLog = '/aws/lambda/okta-synthetics-flows';

/** A time of day, such as `12:00`, on the day of all events. */
export function at(time: string): number {
  return Date.parse(`2026-11-21T${time.length === 5 ? `${time}:00` : time}Z`);
}

/** One request, answered with 200 by default. */
export function exchange(time: number, path: string, answer: Partial<Exchange> = {}): Exchange {
  return {
    method: path.endsWith('token') ? 'POST' : 'GET',
    url: `https://acme.okta.com${path}`,
    at: new Date(time + 350).toISOString(),
    phases: { firstByteMs: 41.3, bodyMs: 1.2 },
    status: 200,
    requestId: `req-${new Date(time).toISOString().slice(11, 19).replaceAll(':', '')}-${path.split('/').at(-1)}`,
    ...answer,
  };
}

const internalError: Partial<Exchange> = {
  status: 500,
  error: {
    shape: 'envelope',
    errorCode: 'E0000009',
    reason: 'internal-server-error',
    description: 'Internal Server Error',
    errorId: 'oaeR7XK0dQxQ3G1vYc9xYp8Lg',
  },
};

type Status = 'passed' | 'skipped' | FindingCode;

/** The outcome of one probe as it is logged: passed, skipped, or failed with a finding. */
export function outcome(
  time: number,
  target: string,
  status: Status,
  more: Partial<LogLine> = {},
): LoggedLine<LogLine> {
  const [probe = '', server] = target.split('@');
  const path = server === undefined ? '/.well-known/okta-organization' : `/oauth2/${server}/v1/${probe}`;
  const base = { type: 'outcome', at: new Date(time).toISOString(), org: 'acme', probe, ...(server && { server }) };
  const exchanges = [exchange(time, path, status === 'internal-error' ? internalError : {})];
  const line = {
    passed: { ...base, exchanges, status, readings: {}, notes: [], warnings: [] },
    skipped: { ...base, exchanges: [], status, because: 'token failed' },
  }[status as string] ?? {
    ...base,
    exchanges,
    status: 'failed',
    readings: {},
    finding: finding(status as FindingCode, { detail: `seen at https://acme.okta.com${path}` }),
  };
  return { time, logGroup: flowsLog, line: { ...line, ...more } as LogLine };
}

/** One run at each time, with an outcome at each target. */
export function runs(
  times: readonly string[],
  targets: Readonly<Record<string, Status>>,
): readonly LoggedLine<LogLine>[] {
  return times.flatMap((time) => Object.entries(targets).map(([target, status]) => outcome(at(time), target, status)));
}

/** The minutes from one time to another, both included. */
export function minutes(from: string, to: string): readonly string[] {
  const count = (at(to) - at(from)) / 60_000 + 1;
  return Array.from({ length: count }, (_, minute) => new Date(at(from) + minute * 60_000).toISOString().slice(11, 16));
}

/** The log line of the probe of Okta's status page. */
export function statusPage(time: number, more: Partial<LogLine> = {}): LoggedLine<LogLine> {
  const healthy: Partial<LogLine> = { status: 'passed', notes: ['cell: okta.com:8'] };
  return outcome(time, 'status-page', 'passed', { ...healthy, ...more });
}

/** Evidence from these lines, after they have been written to a log and read back. */
export function evidenceOf(lines: readonly LoggedLine[], more: Partial<Evidence> = {}): Evidence {
  const read = lines.flatMap(({ line, ...seen }) => {
    const again = readLine(JSON.stringify(line));
    return again ? [{ ...seen, line: again }] : [];
  });
  return {
    lines: read.toSorted((one, other) => one.time - other.time),
    windows: [{ from: at('11:47'), to: at('12:03') }],
    logGroups: [flowsLog],
    gaps: [],
    ...more,
  };
}
