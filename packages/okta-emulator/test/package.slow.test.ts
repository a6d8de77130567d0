import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const packageFolder = path.resolve(import.meta.dirname, '..');

/** npm passes its own settings to scripts. The folder needs only those that say where packages come from. */
const passedOn = /^npm_config_(registry|cache|userconfig|globalconfig)$/i;
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || passedOn.test(name))),
  PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
};

describe('the package, installed in an empty folder', () => {
  let folder: string;
  let tarball: { readonly filename: string; readonly files: readonly { readonly path: string }[] };

  async function inFolder(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(command, args, { cwd, env, maxBuffer: 2 ** 24 }).catch((error) => {
      throw new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}\n${error.stderr}`);
    });
    return stdout;
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'okta-emulator-package-'));
    const packed = await inFolder(packageFolder, 'npm', 'pack', '--silent', '--json', '--pack-destination', folder);
    [tarball] = JSON.parse(packed.slice(packed.indexOf('[')));
    const { dependencies, devDependencies } = JSON.parse(
      await readFile(path.join(packageFolder, 'package.json'), 'utf8'),
    );
    const manifest = {
      private: true,
      type: 'module',
      dependencies: { 'okta-emulator': `file:${tarball.filename}` },
      // The tests import some of the dependencies as well.
      devDependencies: { ...dependencies, ...devDependencies },
    };
    await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
    await inFolder(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts');
  }, 600_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has its code as JavaScript with types, and neither sources nor tests', () => {
    const files = tarball.files.map((file) => file.path);
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/cli.js']),
    );
    expect(files.filter((file) => /^(src|test)\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('starts with one command, answers, and ends with Ctrl-C', async () => {
    const command = path.join(folder, 'node_modules/.bin/okta-emulator');
    const child = spawn(command, ['--port', '0', '--json', '--folder', path.join(folder, 'org')], { env, cwd: folder });
    const description = JSON.parse(await firstDocument(child));
    const issuer: string = Object.values<{ issuer: string }>(description.servers)[0]?.issuer ?? description.origin;
    const ca = await readFile(description.files.ca, 'utf8');
    const { Agent, fetch } = await import('undici');
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, {
      dispatcher: new Agent({ connect: { ca } }),
    });
    expect(await answer.json()).toMatchObject({ issuer });
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('passes its types to a program', async () => {
    await writeFile(
      path.join(folder, 'program.ts'),
      `import { startOktaEmulator } from 'okta-emulator';\nconst okta = await startOktaEmulator();\nconst origin: string = okta.origin;\nconsole.log(origin);\nawait okta.close();\n`,
    );
    // The types of koa, which oidc-provider needs, do not compile with every version of their own dependencies.
    const tsc = path.join(folder, 'node_modules/.bin/tsc');
    await inFolder(
      folder,
      tsc,
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      'program.ts',
    );
    expect(await inFolder(folder, process.execPath, 'program.ts')).toMatch(/^https:\/\/localhost:\d+\n$/);
  });

  it('passes the tests of foreign clients', async () => {
    await mkdir(path.join(folder, 'src'));
    await writeFile(path.join(folder, 'src/index.ts'), "export * from 'okta-emulator';\n");
    const isForeign = (file: string) => !/\.test\.ts$/.test(file) || path.basename(file).startsWith('foreign-');
    await cp(path.join(packageFolder, 'test'), path.join(folder, 'test'), { recursive: true, filter: isForeign });
    const vitest = path.join(folder, 'node_modules/.bin/vitest');
    await inFolder(
      folder,
      vitest,
      'run',
      '--reporter',
      'json',
      '--outputFile',
      'report.json',
      '--testTimeout',
      '180000',
    );
    const report = await readFile(path.join(folder, 'report.json'), 'utf8');
    const { numPassedTests, numFailedTests } = JSON.parse(report);
    expect({ numFailedTests, some: numPassedTests > 20 }).toEqual({ numFailedTests: 0, some: true });
  });
});

/** Reads what the child prints until it is a whole JSON document. */
async function firstDocument(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of child.stdout ?? []) {
    printed += chunk;
    if (printed.endsWith('}\n')) return printed;
  }
  throw new Error(`the command ended: ${printed} ${child.stderr ? await text(child.stderr) : ''}`);
}
