/** Writes the generated parts of the docs, and the JSON Schemas of the configuration and of messages: `npm run docs`. Tests fail if they are stale. */
import { readFile, writeFile } from 'node:fs/promises';
import { jsonSchema } from '../../lib/config/schema.ts';
import { incidentJsonSchema, incidentSchemaFile } from '../../lib/incident-schema.ts';
import { reportJsonSchema, reportSchemaFile } from '../report/report-document.ts';
import { fillMarkers } from '../reporters/docs/fill-markers.ts';
import { generatedSections } from '../reporters/docs/generated-sections.ts';

await write('lib/config/schema.json', jsonSchema());
await write(incidentSchemaFile, incidentJsonSchema());
await write(reportSchemaFile, reportJsonSchema());
for (const [file, sections] of Object.entries(generatedSections)) {
  await write(file, fillMarkers(await readFile(file, 'utf8'), sections));
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  process.stdout.write(`wrote ${file}\n`);
}
