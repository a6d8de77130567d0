import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { medianTook, type Took } from './errors-of-run.ts';
import type { Omission } from './measure.ts';
import { measureBlackboxExporter } from './measure-blackbox-exporter.ts';
import { type Bench, type FiveSteps, fiveStepsAt, peerFlowsAt, undisturbed } from './open-bench.ts';
import { fullCoreMemoryMb, openProcessorShare } from './processor-share.ts';

export interface PeerReading extends Took {
  readonly name: string;
  readonly version: string;
  /** Which of the five steps it leaves out, and what else it does or does not do. */
  readonly checksLess: string;
}

/** Another tool that makes the five steps, as its users would write them. */
interface Peer {
  readonly name: string;
  /** The programs that must be in PATH. One of several names for the same program is enough. */
  readonly programs: readonly (readonly string[])[];
  readonly checksLess: string;
  /** Its script, and the command that runs it. `program` is the path of the first program. */
  readonly script?: (steps: FiveSteps) => string;
  readonly command?: (program: string, file: string, bench: Bench) => readonly string[];
  /** For a tool that is no command. */
  readonly measure?: (program: string, bench: Bench) => Promise<Took>;
}

/** How often each peer makes the five steps. */
const runs = 5;

const endpointsOf = ({ issuer }: FiveSteps) => ({
  discovery: `${issuer}/.well-known/openid-configuration`,
  keys: `${issuer}/v1/keys`,
  token: `${issuer}/v1/token`,
  introspect: `${issuer}/v1/introspect`,
});

/** One `curl` for each step, and `jq` for the input of the next one. */
const curlScript = ({ issuer, client, secret, scope }: FiveSteps) => `set -euo pipefail
get() { curl --silent --show-error --fail --cacert "$NODE_EXTRA_CA_CERTS" "$@"; }
discovery=$(get "${issuer}/.well-known/openid-configuration")
[ "$(jq -r .issuer <<<"$discovery")" = "${issuer}" ]
get "$(jq -r .jwks_uri <<<"$discovery")" | jq -e '.keys | length > 0' >/dev/null
token=$(get --user "${client}:${secret}" --data grant_type=client_credentials --data-urlencode "scope=${scope}" \\
  "$(jq -r .token_endpoint <<<"$discovery")" | jq -er .access_token)
[ "$(cut -d. -f2 <<<"$token" | tr '_-' '/+' | jq -Rr '. + "=" * ((4 - length % 4) % 4) | @base64d | fromjson | .iss')" = "${issuer}" ]
get --user "${client}:${secret}" --data "token=$token" "$(jq -r .introspection_endpoint <<<"$discovery")" | jq -e .active >/dev/null
`;

/** A collection of Postman's. */
function newmanScript(steps: FiveSteps): string {
  const { issuer, client, secret, scope } = steps;
  const { discovery, keys, token, introspect } = endpointsOf(steps);
  const basic = Object.entries({ username: client, password: secret }).map(([key, value]) => ({ key, value }));
  const post = (values: Readonly<Record<string, string>>) => ({
    method: 'POST',
    auth: { type: 'basic', basic },
    body: { mode: 'urlencoded', urlencoded: Object.entries(values).map(([key, value]) => ({ key, value })) },
  });
  const step = (name: string, url: string, test: string, request: object = { method: 'GET' }) => {
    const exec = [`pm.test('${name}', () => { const body = pm.response.json(); ${test} });`];
    return { name, request: { url, ...request }, event: [{ listen: 'test', script: { exec } }] };
  };
  const readToken = [
    `pm.variables.set('token', body.access_token);`,
    `const claims = JSON.parse(require('atob')(body.access_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));`,
    `pm.expect(claims.iss).to.eql('${issuer}');`,
  ].join(' ');
  return JSON.stringify({
    info: { name: 'steps', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    item: [
      step('discovery', discovery, `pm.expect(body.issuer).to.eql('${issuer}');`),
      step('keys', keys, 'pm.expect(body.keys).to.have.lengthOf.at.least(1);'),
      step('token', token, readToken, post({ grant_type: 'client_credentials', scope })),
      step('introspect', introspect, 'pm.expect(body.active).to.eql(true);', post({ token: '{{token}}' })),
    ],
  });
}

/** A workflow is YAML, and JSON is YAML. */
function stepciScript(steps: FiveSteps): string {
  const { issuer, client: username, secret: password, scope } = steps;
  const { discovery, keys, token, introspect } = endpointsOf(steps);
  const get = (url: string, at: string, value: unknown) => ({
    url,
    method: 'GET',
    check: { status: 200, jsonpath: { [at]: value } },
  });
  const post = (url: string, form: object, at: string, value: unknown) => ({
    ...get(url, at, value),
    method: 'POST',
    form,
    auth: { basic: { username, password } },
  });
  const captures = { token: { jsonpath: '$.access_token' } };
  const form = { grant_type: 'client_credentials', scope };
  const all = [
    { name: 'discovery', http: get(discovery, '$.issuer', issuer) },
    { name: 'keys', http: get(keys, '$.keys[0].use', 'sig') },
    { name: 'token', http: { ...post(token, form, '$.token_type', 'Bearer'), captures } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a workflow refers to a captured value in this way
    { name: 'introspect', http: post(introspect, { token: '${{captures.token}}' }, '$.active', true) },
  ];
  return JSON.stringify({ version: '1.1', name: 'steps', tests: { steps: { steps: all } } });
}

const peers: readonly Peer[] = [
  {
    name: 'blackbox_exporter',
    programs: [['blackbox_exporter', 'prometheus-blackbox-exporter']],
    checksLess: 'three requests only: no introspection, no token read; no cause, and alarms in Prometheus',
    measure: (program, bench) => measureBlackboxExporter(program, bench, fiveStepsAt(bench.domain)),
  },
  {
    name: 'curl and jq',
    programs: [['curl'], ['jq'], ['bash']],
    checksLess: 'decodes the token and does not verify it; no cause, no alarm',
    script: curlScript,
    command: (_, file) => ['bash', file],
  },
  {
    name: 'newman',
    programs: [['newman']],
    checksLess: 'decodes the token and does not verify it; no cause, no alarm',
    script: newmanScript,
    command: (program, file, { caFile }) => [program, 'run', file, '--ssl-extra-ca-certs', caFile],
  },
  {
    name: 'stepci',
    programs: [['stepci']],
    checksLess: 'does not read the token; no cause, no alarm',
    script: stepciScript,
    command: (program, file) => [program, 'run', file],
  },
];

/** The five steps by `flows`, by a bare script, and by the installed peers, in a full core. */
export async function measurePeers(bench: Bench, { ms, processorMs }: Took) {
  const { progress, signal } = bench.options;
  const bare = { name: 'a bare script', version: process.versions.node, ms, processorMs };
  const readings: PeerReading[] = [
    ...(await measureFlows(bench)),
    { ...bare, checksLess: 'throws where an answer is unexpected; no cause, no alarm' },
  ];
  const skipped: Omission[] = [];
  for (const peer of peers) {
    const { name, checksLess } = peer;
    const programs = peer.programs.map((names) => names.map(findInPath).find((file) => file !== undefined));
    const [program = ''] = programs;
    if (programs.includes(undefined)) {
      const missing = peer.programs[programs.indexOf(undefined)]?.join(' or ');
      skipped.push({ what: name, why: `there is no ${missing} in PATH` });
      continue;
    }
    progress(name);
    try {
      const took = await (peer.measure ?? measureCommand(peer))(program, bench);
      readings.push({ name, version: await versionOf(program), ...took, checksLess });
    } catch (error) {
      signal.throwIfAborted();
      skipped.push({ what: name, why: error instanceof Error ? error.message : 'it failed' });
    }
  }
  return { readings, skipped };
}

/** `flows` with one server and a client secret, as the peers have it: in a warm process, and each time in a new one. */
async function measureFlows(bench: Bench): Promise<readonly PeerReading[]> {
  const event = peerFlowsAt(bench.domain);
  using share = openProcessorShare(fullCoreMemoryMb);
  await using measured = await bench.startFlows(share);
  const { exchanges } = await measured.invoke(event);
  const warm = [];
  for (let run = 0; run < bench.options.runs; run += 1) {
    bench.options.progress(`flows with one server, run ${run + 1} of ${bench.options.runs}`);
    const attempt = async () => {
      await bench.rest();
      return measured.invoke(event);
    };
    warm.push(await undisturbed(attempt));
  }
  const cold = [];
  for (let run = 0; run < runs; run += 1) {
    const start = async () => {
      await using fresh = await bench.startFlows(share);
      const first = await fresh.invoke(event);
      const { loaded } = fresh;
      return { ...first, ms: loaded.ms + first.ms, processorMs: loaded.processorMs + first.processorMs };
    };
    cold.push(await undisturbed(start));
  }
  const checksLess = `makes ${exchanges.length} requests; diagnoses them, publishes metrics, keeps the state`;
  const coldChecksLess = 'the same in a new process, without the start of Node.js';
  return [
    { name: 'flows, warm', version: '', ...medianTook(warm), checksLess },
    { name: 'flows, cold', version: '', ...medianTook(cold), checksLess: coldChecksLess },
  ];
}

function findInPath(name: string): string | undefined {
  const files = (process.env.PATH ?? '').split(path.delimiter).map((directory) => path.join(directory, name));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Otherwise stepci reports each run to its makers. */
const withoutAnalytics = { STEPCI_DISABLE_ANALYTICS: '1' };

async function versionOf(file: string): Promise<string> {
  const env = { ...process.env, ...withoutAnalytics };
  const nothing = { stdout: '', stderr: '' };
  const { stdout, stderr } = await promisify(execFile)(file, ['--version'], { env }).catch(() => nothing);
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout} ${stderr}`)?.[0] ?? '';
}

/**
 * Times a peer's command with all its child processes, as bash's `time` counts them. Throws with the end of the output
 * if the command fails: a tool that does not make the steps has no figures.
 */
const measureCommand =
  ({ name, script, command }: Peer) =>
  async (program: string, bench: Bench): Promise<Took> => {
    const { directory, core, caFile, domain } = bench;
    const { signal } = bench.options;
    const file = path.join(directory, `${name}.json`);
    await writeFile(file, script?.(fiveStepsAt(domain)) ?? '');
    const time = ['bash', '-c', 'TIMEFORMAT="time %3R %3U %3S"; time "$@" 2>&1', 'bash'];
    const pinned = core === undefined ? time : ['taskset', '-c', `${core}`, ...time];
    const [first = 'bash', ...args] = [...pinned, ...(command?.(program, file, bench) ?? [])];
    const env = { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C', NODE_EXTRA_CA_CERTS: caFile };
    const options = { cwd: directory, signal, env: { ...env, ...withoutAnalytics } };
    const taken: Took[] = [];
    for (let run = 0; run < runs; run += 1) {
      const { stderr } = await promisify(execFile)(first, args, options).catch(
        (error: Error & { readonly stdout?: string }) => {
          const output = `${error.stdout ?? ''}`.trim().split('\n').slice(-5).join('\n');
          throw new Error(`${name} failed: ${output || error.message}`);
        },
      );
      taken.push(readTime(stderr));
    }
    return medianTook(taken);
  };

/** Reads the output of bash's `time`: seconds by the clock, as a user and in the kernel. */
export function readTime(text: string): Took {
  const [, ...seconds] = /^time ([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(text) ?? [];
  const [real = Number.NaN, user = Number.NaN, system = Number.NaN] = seconds.map(Number);
  return { ms: real * 1000, processorMs: (user + system) * 1000 };
}
