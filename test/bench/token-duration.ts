/**
 * Is a reported duration the server's time? `npm run bench`.
 *
 * The Okta emulator delays each answer of /token by 300 ms while the other probes of the run are at work, and the built
 * function reports what it measured. The first runs warm up both processes and do not count. Exits with 1 when a median
 * is off by more than 15 ms.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogLine } from '../../functions/runtime/log.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { startAwsEmulator } from '../../local/emulators/aws/aws-emulator.ts';
import { startOktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import { table } from '../../local/reporters/text.ts';
import { emulateOrg } from '../../local/simulator/emulated-org.ts';
import { startFunction } from '../../local/simulator/lambda/function-process.ts';
import { fullOrg } from '../support/full-org.ts';

const delayMs = 300;
const toleranceMs = 15;
const warmUp = 5;
const counted = 20;

const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-'));
await using okta = await startOktaEmulator();
const { org, secrets } = emulateOrg(fullOrg, okta);
await using aws = await startAwsEmulator(secrets);
const caFile = path.join(directory, 'ca.pem');
await writeFile(caFile, okta.ca);
const flows = startFunction(bundle('flows').file, { awsEndpoint: aws.url, caFile });
okta.intercept({ path: /\/v1\/token$/ }, { delayMs });

const durations = new Map<string, number[]>();
for (let run = 0; run < warmUp + counted; run += 1) {
  const result = await flows.invoke(org);
  if ('error' in result) throw new Error(result.error);
  if (run < warmUp) continue;
  for (const { probe, server, durationMs } of result.value as LogLine[]) {
    if (durationMs === undefined) continue;
    const name = `${probe} at ${server ?? 'the org'}`;
    durations.set(name, [...(durations.get(name) ?? []), durationMs]);
  }
}
await flows.stop();
await rm(directory, { recursive: true });

const sorted = [...durations].map(([name, values]) => ({ name, values: values.toSorted((a, b) => a - b) }));
const median = (values: readonly number[]) => values[Math.floor(values.length / 2)] ?? Number.NaN;
const rows = sorted.map(({ name, values }) => [
  name,
  ...[values[0], median(values), values.at(-1)].map((value) => (value ?? Number.NaN).toFixed(1)),
]);
const lines = table([['reported duration, ms', 'min', 'median', 'max'], ...rows], [1, 2, 3]);
process.stdout.write(`${counted} runs, /token held back by ${delayMs} ms\n\n${lines.join('\n')}\n`);
const off = sorted.filter(
  ({ name, values }) => name.startsWith('token ') && Math.abs(median(values) - delayMs) > toleranceMs,
);
process.exitCode = off.length > 0 ? 1 : 0;
