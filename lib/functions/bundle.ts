import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { type Group, groups } from '../../functions/model/probe.ts';

/** What is deployed as a function, by the name of its file in `functions/`. */
export const entries = [...groups, 'notify'] as const satisfies readonly Entry[];

export type Entry = Group | 'notify';

/** A function as it is deployed: one file of code, alone in its directory. */
export interface Bundle {
  readonly directory: string;
  readonly file: string;
  readonly metafile: Metafile;
}

const root = path.resolve(import.meta.dirname, '../..');

/**
 * What dependencies load only where we never are: a third of the code, and of the time that a cold start takes.
 *
 * undici: a parser that must be asked for, one for engines without SIMD, and bodies that are forms with files. The AWS
 * SDK: credentials from a workstation's files, or from an instance's metadata, where Lambda has them in its environment.
 */
export const neverRun = [
  '../milo/*',
  '../llhttp/llhttp-wasm.js',
  '../web/fetch/body.js',
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
] as const;

/**
 * Bundles `functions/<entry>.ts` into `dist/<entry>/index.mjs`. Synth, the rehearsal and the tests all take the code
 * from here: what is tested is what is deployed.
 *
 * Trap: dependencies in CommonJS call `require`, which ES modules lack: the banner defines it.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function bundle(entry: Entry): Bundle {
  const directory = path.join(root, 'dist', entry);
  const file = path.join(directory, 'index.mjs');
  const { metafile, outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: [path.join('functions', `${entry}.ts`)],
    outfile: file,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    metafile: true,
    logLevel: 'warning',
    external: [...neverRun],
    banner: {
      js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);",
    },
  });
  for (const { contents } of outputFiles) replace(file, contents);
  return { directory, file, metafile };
}

/** In one step and only where it differs: synth may run in one process while a test reads in another. */
function replace(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  const directory = path.dirname(file);
  mkdirSync(directory, { recursive: true });
  const draft = `${directory}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
