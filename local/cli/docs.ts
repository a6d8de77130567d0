/** Writes the generated parts of the docs, and the configuration's JSON Schema: `npm run docs`. Tests fail if they are stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { jsonSchema } from '../../lib/config/schema.ts';
import { fillMarkers } from '../reporters/docs/fill-markers.ts';
import { generatedSections } from '../reporters/docs/generated-sections.ts';

await write('lib/config/schema.json', jsonSchema());
for (const [file, sections] of Object.entries(generatedSections)) {
  await write(file, fillMarkers(await readFile(file, 'utf8'), sections));
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  process.stdout.write(`wrote ${file}\n`);
}
