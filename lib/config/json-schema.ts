import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The configuration's JSON Schema, as the text of lib/config/schema.json. Draft 7 is what editors know best. */
export function jsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'Configuration of okta-synthetics', ...schema }, null, 2)}\n`;
}
