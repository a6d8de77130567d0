import { readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { expect, test } from 'vitest';
import { jsonSchema } from '../../../../lib/config/json-schema.ts';
import { logRetentions } from '../../../../lib/config/schema.ts';

test('schema.json is what the schema says: `npm run schema` writes it', () => {
  expect(readFileSync('lib/config/schema.json', 'utf8')).toBe(jsonSchema());
});

test('every field of the schema says what it is', () => {
  const undescribed: string[] = [];
  const walk = (schema: Record<string, unknown>, path: string) => {
    for (const [key, child] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
      if (typeof child.description !== 'string') undescribed.push(`${path}.${key}`);
      walk(child, `${path}.${key}`);
    }
    if (schema.items) walk(schema.items as Record<string, unknown>, `${path}[]`);
  };
  walk(JSON.parse(jsonSchema()), '');
  expect(undescribed).toEqual([]);
});

test('logs may be kept as long as CloudWatch allows, no other times', () => {
  const allowed = Object.values(RetentionDays).filter((days) => typeof days === 'number');
  expect([...logRetentions]).toEqual(
    allowed.filter((days) => days !== RetentionDays.INFINITE).toSorted((a, b) => a - b),
  );
});
