import { z } from 'zod';
import type { Problem } from './config-error.ts';
import { lineToWrite, shapeOf, unwrap } from './line-to-write.ts';
import { configSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** The problems of each field by itself, and the value with the malformed fields set to `undefined`. */
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

/** Replaces zod's messages with ones for the person who wrote the file. */
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
  string: 'a string',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a whole number',
  array: 'an array [ … ]',
  object: 'an object { … }',
};

function problemsOf(issue: Issue, value: unknown): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, issue.path) }));
  }
  const found = valueAt(value, issue.path);
  if (typeof found === 'string' && found.includes('${Token[')) {
    return [
      { path: issue.path, message: 'is a CDK token, whose value only the deployment knows: write the value itself' },
    ];
  }
  const isMissing = issue.path.length > 0 && found === undefined;
  const message = isMissing ? 'is missing' : issue.message;
  // The checks in fields.ts say how to fix a value. For a wrong type or size, the field's description does.
  const schema = schemaAt(issue.path);
  const remedy = withOwnRemedy.has(issue.code) ? undefined : schema?.description;
  const isOfWrongType = issue.code === 'invalid_type' && !isMissing;
  const line = isOfWrongType ? lineToWrite(schema, issue.path.at(-1), found) : undefined;
  const example = line === undefined ? '' : `. Write ${line}`;
  return [{ path: issue.path, message: `${remedy ? `${message}: ${remedy}` : message}${example}` }];
}

const withOwnRemedy: ReadonlySet<Issue['code']> = new Set(['custom', 'invalid_format', 'invalid_value']);

/** The keys of 0.1.0 that have another name now. */
const renamedKeys: Readonly<Record<string, string>> = {
  everyMinutes: 'intervalMinutes',
  giveUpAfterMs: 'timeoutMs',
  contracts: 'negativeTests',
  starts: 'schedule',
  minutes: 'durationMinutes',
};

/** The keys of 0.1.0 that were removed, with the reason. A map, because `constructor` may be a key too. */
const removedKeys: ReadonlyMap<string, string> = new Map([
  ['feed', "was removed, because Okta's feed has had no entry since April 2025: delete it"],
]);

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const removed = removedKeys.get(key);
  if (removed) return removed;
  if (/secret|password|private|token/i.test(key)) {
    return 'is not a valid key. Secrets do not belong in this file: store them in AWS Secrets Manager, and give the name as "secret"';
  }
  const validKeys = Object.keys(shapeOf(schemaAt(path)) ?? {});
  const suggestion = validKeys.find((name) => name === renamedKeys[key]) ?? similarKey(key, validKeys);
  return suggestion
    ? `is not a valid key: did you mean "${suggestion}"?`
    : `is not a valid key. Valid keys: ${validKeys.join(', ')}`;
}

/** Returns the name that was probably meant. Undefined if none is similar. */
export function similarKey(key: string, validKeys: readonly string[]): string | undefined {
  const [best] = validKeys
    .map((name) => ({ name, distance: distance(key.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, key.length / 3) ? best.name : undefined;
}

function blank(value: unknown, path: readonly PropertyKey[]): void {
  const key = path.at(-1);
  const parent = valueAt(value, path.slice(0, -1));
  // Not removed: the cross-field rules must tell a malformed field from an omitted one, and indices must stay.
  if (key !== undefined && typeof parent === 'object' && parent !== null) Reflect.set(parent, key, undefined);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  );
}

/** The schema of the field at a path. */
function schemaAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((at, key) => {
    const inner = unwrap(at);
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    return shapeOf(inner)?.[String(key)];
  }, configSchema);
}

/** The Levenshtein distance of two words. */
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
