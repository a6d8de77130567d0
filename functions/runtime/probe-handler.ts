import { resolveCname } from 'node:dns/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Context } from 'aws-lambda';
import type { Org } from '../model/org.ts';
import type { Credentials, Probe } from '../model/probe.ts';
import { openHttp } from './http.ts';
import { type LogLine, logLines } from './log.ts';
import { publish } from './publish.ts';
import { run } from './run.ts';

/** Kept back from the function's timeout for publishing: a function that its timeout kills publishes nothing. */
const reserveMs = 5_000;

/**
 * Makes a Lambda handler of a group's probes. The event is one org's configuration; the answer, the lines that were logged.
 *
 * Whatever was measured is published and logged before a fault of our own is thrown, so that Lambda counts the error
 * and no outcome is lost.
 */
export function probeHandler(probes: readonly Probe[], credentialsFor: (org: Org) => Credentials) {
  const cloudWatch = new CloudWatchClient();
  return async (org: Org, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<readonly LogLine[]> => {
    const deadline = AbortSignal.timeout(Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs));
    const http = openHttp({ signal: deadline, now: Date.now });
    const report = await run(org, probes, {
      http,
      credentials: credentialsFor(org),
      now: Date.now,
      canonicalName,
      deadline,
    });
    const lines = logLines(report);
    for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
    const [published] = await Promise.allSettled([publish(cloudWatch, report), http.close()]);
    const faults = [...report.faults, ...(published.status === 'rejected' ? [published.reason] : [])];
    if (faults.length > 0) throw new AggregateError(faults, `the monitor failed: ${faults.map(String).join('; ')}`);
    return lines;
  };
}

async function canonicalName(host: string): Promise<string | undefined> {
  try {
    return (await resolveCname(host))[0];
  } catch {
    return undefined;
  }
}
