import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Took } from '../statistics.ts';
import { addressesOf } from './five-steps.ts';
import type { Peer, PeerBench } from './peer.ts';

/** It runs all the time, so a run is what many probes took, divided. */
const runsForEach = 10;

export const blackboxExporter: Peer = {
  name: 'blackbox_exporter',
  programs: [['blackbox_exporter', 'prometheus-blackbox-exporter']],
  versionArguments: ['--version'],
  checksLess: 'three requests only: no introspection, no token read; no cause, and alarms in Prometheus',
  async measure(bench, [program = 'blackbox_exporter']) {
    const file = path.join(bench.directory, 'blackbox.yml');
    await writeFile(file, JSON.stringify({ modules: modulesOf(bench) }));
    const port = await freePort();
    const args = [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`];
    const pinned = bench.core === undefined ? [program] : ['taskset', '-c', `${bench.core}`, program];
    const [command = program, ...rest] = [...pinned, ...args];
    const daemon = spawn(command, rest, { stdio: 'ignore' });
    try {
      await Promise.race([listening(port, bench.signal), failure(daemon)]);
      return await probe(bench, `http://127.0.0.1:${port}`, daemon.pid ?? 0);
    } finally {
      await stop(daemon);
    }
  },
};

/** JSON is YAML. */
function modulesOf({ caFile, steps }: PeerBench) {
  const http = { preferred_ip_protocol: 'ip4', fail_if_not_ssl: true, tls_config: { ca_file: caFile } };
  const form = new URLSearchParams({ grant_type: 'client_credentials', scope: steps.scope });
  return {
    get: { prober: 'http', http },
    token: {
      prober: 'http',
      http: {
        ...{ ...http, method: 'POST', body: form.toString() },
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        basic_auth: { username: steps.client, password: steps.secret },
        fail_if_body_not_matches_regexp: ['"access_token"'],
      },
    },
  };
}

async function probe({ steps, runs, signal }: PeerBench, url: string, pid: number): Promise<Took> {
  const { discovery, keys, token } = addressesOf(steps);
  const probes = [
    { module: 'get', target: discovery },
    { module: 'get', target: keys },
    { module: 'token', target: token },
  ];
  const round = async () => {
    for (const each of probes) {
      const response = await fetch(`${url}/probe?${new URLSearchParams(each)}`, { signal });
      const text = await response.text();
      if (!/^probe_success 1$/m.test(text)) throw new Error(`blackbox_exporter failed: its probe of ${each.target}`);
    }
  };
  await round();
  const rounds = runs * runsForEach;
  const from = { at: performance.now(), processorMs: processorMsOf(pid) };
  for (let index = 0; index < rounds; index += 1) await round();
  return {
    ms: (performance.now() - from.at) / rounds,
    processorMs: (processorMsOf(pid) - from.processorMs) / rounds,
  };
}

/** What the threads of a process have used of a processor. Linux only. */
function processorMsOf(pid: number): number {
  const directory = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(directory).map((thread) =>
    Number(readFileSync(`${directory}/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listening(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const isReady = await fetch(`http://127.0.0.1:${port}/-/healthy`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await wait(50, undefined, { signal });
  }
}

async function failure(daemon: ChildProcess): Promise<never> {
  const [code] = await once(daemon, 'exit');
  throw new Error(`blackbox_exporter failed: it ended with ${code}`);
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined) return;
  const exited = once(daemon, 'exit');
  daemon.kill();
  await exited;
}
