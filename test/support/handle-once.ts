import { vi } from 'vitest';
import type { Org } from '../../functions/model/org.ts';
import type { Credentials, Probe } from '../../functions/model/probe.ts';
import { type ProbeEvent, probeHandler } from '../../functions/run/probe-handler.ts';
import { type ReceivedPoint, startAwsEmulator } from '../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { overhearAws } from './overhear.ts';

/** The result of one call of a handler. */
export type Handled = {
  /** The lines that it wrote to stdout and stderr. */
  readonly lines: readonly string[];
  /** The data points that CloudWatch accepted. */
  readonly points: readonly ReceivedPoint[];
  /** The bodies of the PutMetricData requests, including rejected ones. */
  readonly overheard: readonly string[];
} & ({ readonly value: unknown } | { readonly error: unknown });

/** Calls a handler of these probes once, in this process. With `refuse`, CloudWatch rejects its metrics. */
export function handleOnce(
  event: ProbeEvent,
  probes: readonly Probe[],
  credentialsFor: (org: Org) => Credentials,
  refuse = false,
): Promise<Handled> {
  return handleAll([event], probes, credentialsFor, refuse);
}

/** Calls a handler of these probes with one event after the other. The last one's result counts. */
export async function handleAll(
  events: readonly ProbeEvent[],
  probes: readonly Probe[],
  credentialsFor: (org: Org) => Credentials,
  refuse = false,
): Promise<Handled> {
  await using aws = await startAwsEmulator(new Map());
  await using overheard = await overhearAws(aws.url);
  if (refuse) aws.injectFault('PutMetricData', { status: 403, type: 'AccessDenied', message: 'no' });
  vi.stubEnv('AWS_ENDPOINT_URL', overheard.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'loopback');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'loopback');
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  }
  const handler = probeHandler(probes, credentialsFor);
  let ended: { readonly value: unknown } | { readonly error: unknown } = { value: undefined };
  for (const event of events) {
    ended = await handler(event, { getRemainingTimeInMillis: () => 30_000 }).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  }
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  const lines = written.join('').split('\n').filter(Boolean);
  return { lines, points: [...aws.points], overheard: overheard.published, ...ended };
}
