import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';
import type { Entry } from './entries.ts';

/** The deployed code of a function: one file in its own directory. */
export interface Bundle {
  readonly directory: string;
  readonly file: string;
  readonly metafile: Metafile;
}

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Modules that dependencies never load in Lambda. They would be a part of the code and of the cold start.
 *
 * undici: a parser for engines without SIMD, and FormData bodies. supports-color: for terminals.
 */
export const neverLoaded = [
  '../llhttp/llhttp-wasm.js',
  '../web/fetch/body.js',
  '../web/fetch/formdata',
  '../web/webidl',
  'supports-color',
] as const;

/**
 * Bundles `functions/<entry>.ts` into `dist/<entry>/index.mjs`. Synth, the simulator and the tests all use these bundles,
 * so the tests run the code that is deployed.
 *
 * Trap: CommonJS dependencies call `require`, which ES modules do not have. The banner defines it.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function bundle(entry: Entry): Bundle {
  const known = bundles.get(entry) ?? build(entry);
  bundles.set(entry, known);
  return known;
}

/** Each entry is built once per process. */
const bundles = new Map<Entry, Bundle>();

function build(entry: Entry): Bundle {
  const directory = path.join(root, 'dist', entry);
  const file = path.join(directory, 'index.mjs');
  const { metafile, outputFiles } = buildSync(buildOptions(entry, file));
  for (const { contents } of outputFiles) writeIfChanged(file, contents);
  return { directory, file, metafile };
}

function buildOptions(entry: Entry, file: string) {
  return {
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
    external: [...neverLoaded],
    // Leaves out undici's experimental parser.
    define: { esbuildDetection: 'true' },
    alias: {
      'node:http2': './functions/run/no-http2.ts',
      '@aws-sdk/credential-provider-node': './functions/aws/credentials.ts',
    },
    banner: {
      js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);",
    },
  } as const satisfies BuildOptions;
}

/** Replaces the file atomically, and only if it changed: another process may be reading it. */
function writeIfChanged(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  const directory = path.dirname(file);
  mkdirSync(directory, { recursive: true });
  const temporaryFile = `${directory}.${process.pid}`;
  writeFileSync(temporaryFile, contents);
  renameSync(temporaryFile, file);
}
