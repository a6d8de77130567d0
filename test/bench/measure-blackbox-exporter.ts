import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Took } from './errors-of-run.ts';
import type { Bench, FiveSteps } from './open-bench.ts';

/** It is a daemon, so the figure is the mean of many rounds in one process. */
const rounds = 50;

/** Starts blackbox_exporter and has it probe discovery, the keys and a token. */
export async function measureBlackboxExporter(program: string, bench: Bench, steps: FiveSteps): Promise<Took> {
  const { directory, core } = bench;
  const { signal } = bench.options;
  const file = path.join(directory, 'blackbox.yml');
  await writeFile(file, JSON.stringify({ modules: modulesOf(bench, steps) }));
  const port = await freePort();
  const command = [program, `--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`];
  const [first = program, ...args] = core === undefined ? command : ['taskset', '-c', `${core}`, ...command];
  const daemon = spawn(first, args, { stdio: 'ignore' });
  const exited = once(daemon, 'exit');
  const failed = exited.then(([code]) => Promise.reject(new Error(`blackbox_exporter failed: it ended with ${code}`)));
  failed.catch(() => {});
  try {
    await Promise.race([listening(port, signal), failed]);
    const round = () => probeAll(`http://127.0.0.1:${port}`, steps, signal);
    await round();
    const from = { at: performance.now(), processorMs: processorMsOf(daemon.pid) };
    for (let index = 0; index < rounds; index += 1) await round();
    return {
      ms: (performance.now() - from.at) / rounds,
      processorMs: (processorMsOf(daemon.pid) - from.processorMs) / rounds,
    };
  } finally {
    if (daemon.kill()) await exited;
  }
}

/** The configuration is YAML, and JSON is YAML. */
function modulesOf({ caFile }: Bench, { client: username, secret: password, scope }: FiveSteps) {
  const http = { preferred_ip_protocol: 'ip4', fail_if_not_ssl: true, tls_config: { ca_file: caFile } };
  const token = {
    ...http,
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    basic_auth: { username, password },
    fail_if_body_not_matches_regexp: ['"access_token"'],
  };
  return { get: { prober: 'http', http }, token: { prober: 'http', http: token } };
}

async function probeAll(url: string, { issuer }: FiveSteps, signal: AbortSignal): Promise<void> {
  const probes = [
    { module: 'get', target: `${issuer}/.well-known/openid-configuration` },
    { module: 'get', target: `${issuer}/v1/keys` },
    { module: 'token', target: `${issuer}/v1/token` },
  ];
  for (const probe of probes) {
    const response = await fetch(`${url}/probe?${new URLSearchParams(probe)}`, { signal });
    if (!/^probe_success 1$/m.test(await response.text()))
      throw new Error(`blackbox_exporter failed: its probe of ${probe.target}`);
  }
}

/** Returns the processor time of all threads of a process. Linux only. */
function processorMsOf(pid = 0): number {
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
  const isReady = await fetch(`http://127.0.0.1:${port}/-/healthy`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (isReady) return;
  await wait(50, undefined, { signal });
  await listening(port, signal);
}
