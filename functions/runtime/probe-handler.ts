import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Context } from 'aws-lambda';
import { finding } from '../diagnosis/finding.ts';
import type { Org } from '../model/org.ts';
import type { Credentials, Probe } from '../model/probe.ts';
import { canonicalName } from './canonical-name.ts';
import { deadlineIn } from './deadline.ts';
import { type EmfDocument, emfLines } from './emf.ts';
import { openHttp } from './http.ts';
import { type FindingLine, type LogLine, logLines, type MonitorErrorLine } from './log.ts';
import { pointsOf, publish } from './publish.ts';
import { run } from './run.ts';

/** Kept back from the function's timeout for publishing: a function that its timeout kills publishes nothing. */
const reserveMs = 5_000;

/**
 * Makes a Lambda handler of a group's probes. The event is one org's configuration; the answer, the lines that were logged.
 *
 * Whatever was measured is published and logged before a fault of our own is thrown, so that Lambda counts the error
 * and no outcome is lost. When CloudWatch refuses the metrics they go to the log, from which it takes them as well:
 * then nothing is lost, the run found something of itself, and is no failure.
 */
export function probeHandler(probes: readonly Probe[], credentialsFor: (org: Org) => Credentials) {
  const cloudWatch = new CloudWatchClient();
  return async (org: Org, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<readonly LogLine[]> => {
    const deadline = deadlineIn(context.getRemainingTimeInMillis() - reserveMs);
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
    const report = await run(org, probes, {
      http,
      credentials: credentialsFor(org),
      now: Date.now,
      canonicalName,
      deadline,
    });
    const { startedAt, monitorErrors } = report;
    const line = { at: new Date(startedAt).toISOString(), org: org.name };
    const lines = logLines(report);
    for (const outcome of lines) write(outcome);
    for (const error of monitorErrors)
      write({ type: 'monitor-error', ...line, name: nameOf(error), frames: framesOf(error) });
    const [published] = await Promise.allSettled([publish(cloudWatch, pointsOf(report), startedAt), http.close()]);
    if (published.status === 'rejected') {
      const refused = finding('metrics-refused', { detail: nameOf(published.reason) });
      for (const document of emfLines(pointsOf(report, [refused]), startedAt)) write(document);
      write({ type: 'finding', ...line, finding: refused });
    }
    // Without a cause: Lambda would log what it says.
    if (monitorErrors.length > 0) throw new Error(`the monitor failed: ${monitorErrors.map(nameOf).join(', ')}`);
    return lines;
  };
}

/** One line of the log: a JSON document, which Lambda leaves as it is. */
function write(line: LogLine | FindingLine | MonitorErrorLine | EmfDocument): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Where an error came from, without what it says: a message may even look like a frame. */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return frames.filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line)).slice(0, 8);
}

/** An error by its name alone. What it says may quote what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
