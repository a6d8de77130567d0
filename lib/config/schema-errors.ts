import { z } from 'zod';
import type { Problem } from './config-error.ts';
import { configSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with each field by itself, and what is left of the value when those fields are taken out. */
export function schemaErrors(value: unknown): { problems: readonly Problem[]; wellFormed: unknown } {
  const issues = configSchema.safeParse(value, { error: explain }).error?.issues ?? [];
  const wellFormed = structuredClone(value);
  for (const { code, path } of issues) {
    if (code !== 'unrecognized_keys') blank(wellFormed, path);
  }
  return {
    problems: issues.flatMap((issue) => problemsOf(issue, value)),
    wellFormed: issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type') ? {} : wellFormed,
  };
}

/** zod's own words speak of types and inputs; these speak to the person who wrote the file. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${nouns[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty';
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a whole number',
  array: 'a list [ … ]',
  object: 'an object { … }',
};

function problemsOf(issue: Issue, value: unknown): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, issue.path) }));
  }
  const isMissing = issue.path.length > 0 && valueAt(value, issue.path) === undefined;
  const message = isMissing ? 'is missing' : issue.message;
  // A field's own checks say how to mend it; of a wrong type or size, the field's description does.
  const remedy = speaksForItself.has(issue.code) ? undefined : schemaAt(issue.path)?.description;
  return [{ path: issue.path, message: remedy ? `${message}: ${remedy}` : message }];
}

const speaksForItself: ReadonlySet<Issue['code']> = new Set(['custom', 'invalid_format', 'invalid_value']);

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  if (/secret|password|private|token/i.test(key)) {
    return 'is no known key. Secrets never stand in this file: put it into AWS Secrets Manager and name it as "secret"';
  }
  const known = Object.keys(shapeOf(schemaAt(path)) ?? {});
  const nearest = known.map((name) => ({ name, distance: distance(key.toLowerCase(), name.toLowerCase()) }));
  const best = nearest.toSorted((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, key.length / 3)
    ? `is no known key: did you mean "${best.name}"?`
    : `is no known key. Here may stand ${known.join(', ')}`;
}

function blank(value: unknown, path: readonly PropertyKey[]): void {
  const key = path.at(-1);
  const parent = valueAt(value, path.slice(0, -1));
  // Blanked, not removed: whoever reads on can tell a malformed field from one left out, and indices stay.
  if (key !== undefined && typeof parent === 'object' && parent !== null) Reflect.set(parent, key, undefined);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  );
}

/** The schema of what stands at a path: its description is the remedy. */
function schemaAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, key) => {
    const inner = unwrap(at);
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    return shapeOf(inner)?.[String(key)];
  }, configSchema);
}

function shapeOf(schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : undefined;
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.def.innerType as z.ZodType)
    : schema;
}

/** Levenshtein's distance: how many letters to add, drop or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, changed));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
