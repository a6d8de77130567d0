import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Context } from 'aws-lambda';
import { finding } from '../diagnosis/finding.ts';
import type { Org } from '../model/org.ts';
import type { Credentials, Probe } from '../model/probe.ts';
import { canonicalName, resolves } from './connection.ts';
import { deadlineIn, publishReserveMs } from './deadline.ts';
import { type EmfDocument, emfLines } from './emf.ts';
import { openHttp } from './http.ts';
import { type EventLine, type FindingLine, type LogLine, logLines, type MonitorErrorLine, stampOf } from './log.ts';
import { pointsOf, publish } from './publish.ts';
import { run } from './run.ts';
import { readRunTime } from './run-time.ts';
import { openSeenExecutions } from './seen-executions.ts';

/**
 * Creates the Lambda handler for a group's probes. The event is one org's configuration, and what Scheduler says of the
 * run. Returns the logged outcomes. An event that comes twice is run once.
 *
 * An error in the monitor is thrown only after everything that was measured is published and logged, so that Lambda
 * counts the error and no outcome is lost. If CloudWatch rejects the metrics, they are written to the log in the
 * embedded metric format instead, so no data is lost. The run then reports a finding and does not fail.
 */
export function probeHandler(probes: readonly Probe[], credentialsFor: (org: Org) => Credentials) {
  const cloudWatch = new CloudWatchClient();
  const seen = openSeenExecutions();
  return async (event: ProbeEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<readonly LogLine[]> => {
    requireOrg(event);
    const { schedule, ...org } = event;
    const time = readRunTime(schedule, Date.now());
    const line = { ...stampOf(time), org: org.name };
    if (time.executionId !== undefined && seen.isRepeated(time.executionId)) {
      write({ type: 'event', ...line, note: 'this event came before and was run then' });
      return [];
    }
    if (time.ignored !== undefined) write({ type: 'event', ...line, note: time.ignored });
    const deadline = deadlineIn(context.getRemainingTimeInMillis() - publishReserveMs);
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
    const report = await run(org, probes, {
      http,
      credentials: credentialsFor(org),
      now: Date.now,
      canonicalName,
      resolves,
      deadline,
      time,
    });
    const { minute, monitorErrors } = report;
    const lines = logLines(report);
    for (const outcome of lines) write(outcome);
    for (const error of monitorErrors)
      write({ type: 'monitor-error', ...line, name: nameOf(error), frames: framesOf(error) });
    const [published] = await Promise.allSettled([publish(cloudWatch, pointsOf(report), minute), http.close()]);
    if (published.status === 'rejected') {
      const metricsRefused = finding('metrics-refused', { detail: nameOf(published.reason) });
      for (const document of emfLines(pointsOf(report, [metricsRefused]), minute)) write(document);
      write({ type: 'finding', ...line, finding: metricsRefused });
    }
    // Without a `cause`, because Lambda would log its message.
    if (monitorErrors.length > 0) throw new Error(`the monitor failed: ${monitorErrors.map(nameOf).join(', ')}`);
    return lines;
  };
}

/** The input of a schedule. `readRunTime` reads its `schedule`, which may be anything. */
export type ProbeEvent = Org & { readonly schedule?: unknown };

/** Throws, in one sentence, for an event that is no org: somebody invoked the function by hand. */
function requireOrg(event: unknown): asserts event is ProbeEvent {
  const { name, domain, servers } = Object(event) as Partial<Org>;
  if (typeof name === 'string' && typeof domain === 'string' && Array.isArray(servers)) return;
  throw new Error(
    'The event is no org: invoke the function with the input of its schedule, an object with "name", "domain" and "servers".',
  );
}

/** Writes one log line as JSON. Lambda does not change JSON lines. */
function write(line: LogLine | FindingLine | MonitorErrorLine | EventLine | EmfDocument): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The stack frames of an error, without its message. Parts of a message may even look like frames. */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return frames.filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line)).slice(0, 8);
}

/** The name of an error. Its message may quote what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
