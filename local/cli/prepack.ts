/**
 * Builds what the npm package contains, except the types, which tsc adds: `npm pack` runs both. The library is one file
 * that imports its dependencies, and each function is a bundle as it is deployed.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { bundle } from '../../lib/functions/bundle.ts';
import { entries } from '../../lib/functions/entries.ts';

const target = 'dist/package';

rmSync(target, { recursive: true, force: true });
buildSync({
  entryPoints: ['lib/index.ts'],
  outfile: path.join(target, 'index.js'),
  ...{ bundle: true, packages: 'external', format: 'esm', platform: 'node', target: 'node22', logLevel: 'warning' },
});
for (const entry of entries) {
  const directory = path.join(target, 'bundles', entry);
  mkdirSync(directory, { recursive: true });
  copyFileSync(bundle(entry).file, path.join(directory, 'index.mjs'));
}
