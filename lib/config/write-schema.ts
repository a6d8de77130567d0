import { writeFileSync } from 'node:fs';
import { jsonSchema } from './json-schema.ts';

/** Writes the JSON Schema that editors complete and check a configuration by. A test holds it to what it is made from. */
writeFileSync(new URL('schema.json', import.meta.url), jsonSchema());
