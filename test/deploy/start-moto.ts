import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** moto's server: an AWS API on loopback. `pip install 'moto[server,all]'` */
export interface Moto extends AsyncDisposable {
  /** What AWS's own tools and SDKs need to take it for AWS. */
  readonly env: Readonly<Record<string, string>> & { readonly AWS_ENDPOINT_URL: string };
  /** The resource types that its CloudFormation knows nothing of and passes over. */
  readonly passedOver: ReadonlySet<string>;
  /** The names of what there is of a kind. */
  list(kind: keyof typeof listings): Promise<readonly string[]>;
  /** An object of S3. */
  download(bucket: string, key: string): Promise<Buffer>;
  /** The template of a stack, by the stack's name or id. */
  templateOf(stack: string): Promise<string>;
}

export const isMotoInstalled = spawnSync('moto_server', ['--help']).status === 0;

/** Requests of three protocols, each with where its answer holds names. */
const listings = {
  functions: { service: 'lambda', path: '/2015-03-31/functions', name: /"FunctionName": "([^"]+)"/g },
  logGroups: { service: 'logs', target: 'Logs_20140328.DescribeLogGroups', name: /"logGroupName": "([^"]+)"/g },
  topics: { service: 'sns', action: 'ListTopics', version: '2010-03-31', name: /:([^:<]+)<\/TopicArn>/g },
  roles: { service: 'iam', action: 'ListRoles', version: '2010-05-08', name: /<RoleName>([^<]+)</g },
  stacks: {
    service: 'cloudformation',
    action: 'DescribeStacks',
    version: '2010-05-15',
    name: /<StackId>([^<]+)<\/StackId>/g,
  },
  tables: { service: 'dynamodb', target: 'DynamoDB_20120810.ListTables', name: /"([\w.-]+)"(?=[,\]])/g },
  dashboards: {
    service: 'monitoring',
    action: 'ListDashboards',
    version: '2010-08-01',
    name: /<DashboardName>([^<]+)</g,
  },
} as const;

interface Request {
  readonly service: string;
  readonly path?: string;
  readonly target?: string;
  readonly action?: string;
  readonly version?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

const account = '123456789012';
const region = 'us-east-1';

/** Starts moto on a free port. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  // The name, not the address: the CDK puts the bucket's name before it.
  const endpoint = `http://localhost:${port}`;
  const server = spawn('moto_server', ['-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const passedOver = new Set<string>();
  const ready = Promise.withResolvers<void>();
  createInterface({ input: server.stderr }).on('line', (line) => {
    if (line.includes('Running on')) ready.resolve();
    const type = /No Moto CloudFormation support for (\S+)/.exec(line)?.[1];
    if (type) passedOver.add(type);
  });
  server.on('exit', (code) => ready.reject(new Error(`moto_server ended with ${code}`)));
  await ready.promise;
  return {
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      CDK_DEFAULT_ACCOUNT: account,
    },
    passedOver,
    list: async (kind) => {
      const { name } = listings[kind];
      return [...(await ask(endpoint, listings[kind])).matchAll(name)].flatMap(([, found]) => found ?? []);
    },
    async download(bucket, key) {
      const response = await fetch(`${endpoint}/${bucket}/${key}`, { headers: signedFor('s3') });
      if (!response.ok) throw new Error(`moto answered ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    async templateOf(stack) {
      const request = { service: 'cloudformation', action: 'GetTemplate', version: '2010-05-15' };
      const answer = await ask(endpoint, { ...request, parameters: { StackName: stack } });
      return /<TemplateBody>(.*)<\/TemplateBody>/s.exec(answer)?.[1] ?? '';
    },
    [Symbol.asyncDispose]: () => stop(server),
  };
}

async function ask(endpoint: string, { service, path = '/', target, action, version = '', parameters }: Request) {
  const body = target ? '{}' : action && new URLSearchParams({ Action: action, Version: version, ...parameters });
  const response = await fetch(`${endpoint}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...signedFor(service),
      ...(target && { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' }),
    },
    ...(body && { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`moto answered ${response.status}: ${text}`);
  return text;
}

/** moto tells services apart by the signature's scope, and does not verify the signature. */
const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.removeAllListeners('exit');
  server.kill();
  await once(server, 'exit');
}
