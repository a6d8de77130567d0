import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../lib/functions/bundle.ts';
import { type Entry, entries } from '../../lib/functions/entries.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

const run = promisify(execFile);
const why = isMotoInstalled ? '' : " (skipped: moto_server is not installed, pip install 'moto[server,all]')";

/** The npm settings that the app's own `npm install` inherits: where packages come from, and nothing of this project. */
const passedOn = /^npm_config_(registry|cache|userconfig|globalconfig)$/i;

/** The package that others install, in an app that has nothing else of ours, deployed by the real command line. */
describe.skipIf(!isMotoInstalled)(`a CDK app of others${why}`, () => {
  const running = new AsyncDisposableStack();
  let moto: Moto;
  let app: string;
  let env: NodeJS.ProcessEnv;
  let packed: readonly string[];

  beforeAll(async () => {
    app = await mkdtemp(path.join(tmpdir(), 'foreign-app-'));
    moto = running.use(await startMoto());
    const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || passedOn.test(name));
    const PATH = [path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
    const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };
    env = { ...Object.fromEntries(own), ...moto.env, ...quiet, PATH };
    await cp('test/deploy/foreign-app', app, { recursive: true });
    const [tarball] = JSON.parse(await inFolder('.', 'npm', 'pack', '--silent', '--json', '--pack-destination', app));
    packed = tarball.files.map((file: { path: string }) => file.path);
    const { devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
    const ours = (...names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
    const manifest = {
      ...JSON.parse(await readFile(path.join(app, 'package.json'), 'utf8')),
      dependencies: { ...ours('aws-cdk-lib', 'constructs'), 'okta-synthetics': `file:${tarball.filename}` },
      devDependencies: ours('typescript', '@types/node'),
    };
    await writeFile(path.join(app, 'package.json'), JSON.stringify(manifest));
    await inFolder(app, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts');
    // Where npm has no cache, it fetches the CDK.
  }, 600_000);

  afterAll(() => running.disposeAsync());

  async function inFolder(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(command, args, { cwd, env, maxBuffer: 2 ** 24 }).catch((error) => {
      throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`);
    });
    return stdout;
  }

  const cdk = (...args: readonly string[]) =>
    inFolder(app, process.execPath, path.resolve('node_modules/aws-cdk/bin/cdk'), ...args, '--no-notices');

  test('installs the package with its dependencies, and without our sources, tests and tools', async () => {
    await inFolder(app, 'npm', 'ls', '--all');
    expect(packed).toEqual(
      expect.arrayContaining([
        ...['README.md', 'LICENSE', 'docs/configuration.md', 'docs/runbook.md', 'lib/config/schema.json'],
        ...entries.map((entry) => `dist/package/bundles/${entry}/index.mjs`),
      ]),
    );
    expect(packed.filter((file) => /^(test|local|functions|node_modules)\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    for (const tool of ['esbuild', 'cdk-nag', 'vitest']) {
      expect(existsSync(path.join(app, 'node_modules', tool))).toBe(false);
    }
  });

  test('can be imported by Node.js 22, which lacks some of what Node.js 24 has', async () => {
    const newer = ['RegExp.escape', 'Promise.try', 'Error.isError', 'Math.f16round', 'globalThis.URLPattern'];
    const script = `${newer.map((name) => `delete ${name};`).join(' ')} await import('okta-synthetics');`;
    await inFolder(app, process.execPath, '--input-type=module', '--eval', script);
  });

  test('is accepted by the strictest types, which refuse what the configuration does not know', async () => {
    await inFolder(app, path.join(app, 'node_modules/.bin/tsc'), '-p', '.');
    expect(await readFile(path.join(app, 'build/app.js'), 'utf8')).toContain('require("okta-synthetics")');
  });

  test('synthesizes the functions as the package contains them', async () => {
    await cdk('synth', '--quiet', '--strict');
    const { Resources } = JSON.parse(await readFile(path.join(app, 'cdk.out/SignIn.template.json'), 'utf8'));
    const functions = Object.values<{ Type: string; Properties: { FunctionName: string; Code: { S3Key: string } } }>(
      Resources,
    ).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const { Properties } of functions) {
      const entry = Properties.FunctionName.replace(/^sign-in-/, '').replace(/^notify-.*/, 'notify') as Entry;
      const asset = path.join(app, 'cdk.out', `asset.${Properties.Code.S3Key.replace('.zip', '')}`, 'index.mjs');
      expect(await readFile(asset, 'utf8')).toBe(await readFile(bundle(entry).file, 'utf8'));
    }
  });

  const names = async (kind: Parameters<Moto['list']>[0]) =>
    (await moto.list(kind)).filter((name) => /sign-?in|on-call/i.test(name)).toSorted();

  test('deploys the monitor together with its own resources', async () => {
    await cdk('bootstrap', `aws://${moto.env.CDK_DEFAULT_ACCOUNT}/${moto.env.AWS_REGION}`);
    await cdk('deploy', '--require-approval', 'never');
    expect(await names('functions')).toEqual(
      ['flows', 'notify-page', 'notify-ticket', 'status', 'sweep', 'widget'].map((name) => `sign-in-${name}`),
    );
    const ofGlobex = ['page-alarms', 'pages', 'pages-cloudwatch', 'pages-json'].flatMap((name) => [
      `sign-in_globex_${name}`,
      `sign-in_globex_${name.replace('page', 'ticket')}`,
    ]);
    // Pages about the other orgs go to the topic of the app.
    expect(await names('topics')).toEqual(
      ['on-call', 'sign-in-page-alarms', 'sign-in-ticket-alarms', 'sign-in-tickets', ...ofGlobex].toSorted(),
    );
    expect(await names('tables')).toEqual(['sign-in-state']);
    expect(await names('stacks')).toHaveLength(3);
  });

  test('is undone by cdk destroy, which leaves nothing', async () => {
    await cdk('destroy', '--force');
    for (const kind of ['functions', 'topics', 'tables', 'roles', 'logGroups', 'dashboards', 'stacks'] as const) {
      expect(await names(kind)).toEqual([]);
    }
  });
});
