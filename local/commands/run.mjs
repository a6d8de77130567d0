/**
 * Runs a subcommand, or without a name only verifies that it could. Plain JavaScript: an older Node.js, which npm takes from
 * the system until `npm ci` has installed ours, reads no TypeScript and would fail with an error of its own.
 */
import { existsSync } from 'node:fs';

if (!process.features.typescript || !existsSync('node_modules')) {
  process.stderr.write(
    `Run npm ci first: it installs the packages, and the Node.js 24 that npm then takes. (This is Node.js ${process.versions.node}.)\n`,
  );
  process.exit(2);
}
if (process.argv.length > 2) await import('./main.ts');
