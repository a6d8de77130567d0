import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { jsonSchema } from '../../lib/config/schema.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { entries } from '../../lib/functions/entries.ts';
import { incidentJsonSchema, incidentSchemaFile } from '../../lib/incident-schema.ts';
import { defineCommand } from './command.ts';
import { reportJsonSchema, reportSchemaFile } from './report/report-document.ts';
import { withFolderRules } from './reporters/docs/folders.ts';
import { generatedSections } from './reporters/docs/generated-sections.ts';
import { fillMarkers } from './reporters/docs/markdown.ts';
import { samples } from './reporters/docs/samples.ts';

/**
 * Writes the generated parts of the docs, the JSON Schemas of the configuration, messages and reports, and the linter's rules
 * for imports. Tests fail if they are stale.
 */
export const docs = defineCommand({
  name: 'docs',
  options: {},
  async run(_, { stdout }) {
    const write = async (file: string, text: string) => {
      await writeFile(file, text);
      stdout.write(`wrote ${file}\n`);
    };
    await write('lib/config/schema.json', jsonSchema());
    await write(incidentSchemaFile, incidentJsonSchema());
    await write(reportSchemaFile, reportJsonSchema());
    await write('biome.json', withFolderRules(await readFile('biome.json', 'utf8')));
    // The samples come last: they take longest, and a busy machine can fail them.
    for (const [file, sections] of [...Object.entries(generatedSections), ...Object.entries(samples)])
      await write(file, await fillMarkers(await readFile(file, 'utf8'), sections));
    return 0;
  },
});

/**
 * Builds the npm package without its types: the library as one file that imports its dependencies, and a bundle for each
 * function as it is deployed. `npm pack` calls this and then tsc.
 */
export const prepack = defineCommand({
  name: 'prepack',
  options: {},
  run() {
    const target = 'dist/package';
    rmSync(target, { recursive: true, force: true });
    buildSync({
      entryPoints: ['lib/index.ts'],
      outfile: path.join(target, 'index.js'),
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node22',
      logLevel: 'warning',
    });
    for (const entry of entries) {
      const directory = path.join(target, 'bundles', entry);
      mkdirSync(directory, { recursive: true });
      copyFileSync(bundle(entry).file, path.join(directory, 'index.mjs'));
    }
    return 0;
  },
});
