import { peerFlowsAt } from './events.ts';
import { type Floor, fiveStepsAt } from './measure-floor.ts';
import { type Bench, exchangesOf, undisturbed } from './open-bench.ts';
import { blackboxExporter } from './peers/blackbox-exporter.ts';
import { curlAndJq } from './peers/curl-and-jq.ts';
import { findPrograms, versionOf } from './peers/find-programs.ts';
import { newman } from './peers/newman.ts';
import type { Peer } from './peers/peer.ts';
import { stepci } from './peers/stepci.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import type { Omission, PeerReading } from './report.ts';
import { medianTook } from './statistics.ts';

const peers: readonly Peer[] = [blackboxExporter, curlAndJq, newman, stepci];

/** How often each peer makes the five steps. */
const runs = 5;

export interface PeerReadings {
  readonly peers: readonly PeerReading[];
  readonly skipped: readonly Omission[];
}

/** The five steps by `flows`, by a bare script, and by whatever peers are installed, in a full core. */
export async function measurePeers(bench: Bench, floor: Floor): Promise<PeerReadings> {
  const readings: PeerReading[] = [
    ...(await measureFlows(bench)),
    {
      name: 'a bare script',
      version: process.versions.node,
      ...tookOf(floor),
      checksLess: 'throws where an answer is unexpected; no cause, no alarm',
    },
  ];
  const skipped: Omission[] = [];
  for (const peer of peers) {
    const programs = findPrograms(peer);
    if ('missing' in programs) {
      skipped.push({ what: peer.name, why: `there is no ${programs.missing} in PATH` });
      continue;
    }
    bench.options.progress(peer.name);
    const [domain = ''] = bench.reference.domains;
    const { caFile, directory, core } = bench;
    const { signal } = bench.options;
    try {
      const took = await peer.measure(
        { ...{ caFile, directory, core, signal, runs }, steps: fiveStepsAt(domain) },
        programs,
      );
      const version = await versionOf(programs[0] ?? '', peer.versionArguments);
      readings.push({ name: peer.name, version, ...took, checksLess: peer.checksLess });
    } catch (error) {
      signal.throwIfAborted();
      skipped.push({ what: peer.name, why: error instanceof Error ? error.message : 'it failed' });
    }
  }
  return { peers: readings, skipped };
}

const tookOf = ({ ms, processorMs }: Floor) => ({ ms, processorMs });

/** With one server and a client secret, as the peers have it: in a warm process, and each time in a new one. */
async function measureFlows(bench: Bench): Promise<readonly PeerReading[]> {
  const [domain = ''] = bench.reference.domains;
  const event = peerFlowsAt(domain);
  await using share = bench.openShare(fullCoreMemoryMb);
  await using measured = await bench.startFunction('flows', { share });
  let requests = exchangesOf(await measured.invoke(event)).length;
  const warm = [];
  for (let run = 0; run < bench.options.runs; run += 1) {
    bench.options.progress(`flows with one server, run ${run + 1} of ${bench.options.runs}`);
    const invocation = await undisturbed(async () => {
      await bench.rest();
      return measured.invoke(event);
    });
    requests = exchangesOf(invocation).length;
    warm.push(invocation);
  }
  const cold = [];
  for (let run = 0; run < runs; run += 1) {
    const start = await undisturbed(async () => {
      await using fresh = await bench.startFunction('flows', { share });
      const first = await fresh.invoke(event);
      const { loaded } = fresh;
      return { ...first, ms: loaded.ms + first.ms, processorMs: loaded.processorMs + first.processorMs };
    });
    cold.push(start);
  }
  const more = `makes ${requests} requests; diagnoses them, publishes metrics, keeps the state`;
  const version = '';
  return [
    { name: 'flows, warm', version, ...medianTook(warm), checksLess: more },
    {
      name: 'flows, cold',
      version,
      ...medianTook(cold),
      checksLess: 'the same in a new process, without the start of Node.js',
    },
  ];
}
