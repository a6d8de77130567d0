/** Writes what in docs/ follows from the definitions: `npm run docs`. A test holds that it was run. */
import { readFile, writeFile } from 'node:fs/promises';
import { fillMarkers } from '../reporters/docs/fill-markers.ts';
import { generatedSections } from '../reporters/docs/generated-sections.ts';

for (const [file, sections] of Object.entries(generatedSections)) {
  await writeFile(file, fillMarkers(await readFile(file, 'utf8'), sections));
  process.stdout.write(`wrote ${file}\n`);
}
