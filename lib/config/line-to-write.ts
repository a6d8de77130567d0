import { z } from 'zod';

/**
 * Returns the line that was probably meant, where a field has a value of the wrong type: `"pages": [{ "email": "a@acme.com" }]`.
 * Undefined if no such line can be told.
 *
 * Trap: the value may be a secret that does not belong there. It is not repeated for a field that names a secret.
 */
export function lineToWrite(
  schema: z.ZodType | undefined,
  key: PropertyKey | undefined,
  found: unknown,
): string | undefined {
  const meant = schema && rewritten(schema, found);
  if (meant === undefined) return undefined;
  return typeof key === 'string' ? `${JSON.stringify(key)}: ${meant}` : meant;
}

/** Returns the schema without what makes it optional, and before it is transformed. */
export function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.def.innerType as z.ZodType);
  return schema instanceof z.ZodPipe ? unwrap(schema.def.in as z.ZodType) : schema;
}

/** The fields of an object's schema. */
export function shapeOf(schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : undefined;
}

/** Returns JSON that the schema accepts, as far as one value can make it. */
function rewritten(schema: z.ZodType, found: unknown): string | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return asArray(inner.element as z.ZodType, found);
  if (inner instanceof z.ZodObject) return asObject(inner, found);
  if (inner instanceof z.ZodBoolean) return accepted(inner, /^(true|yes)$/i.test(String(found)));
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : Number.NaN;
  return Number.isNaN(number) || !inner ? undefined : accepted(inner, number);
}

function accepted(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).success ? JSON.stringify(value) : undefined;
}

function asArray(element: z.ZodType, found: unknown): string | undefined {
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? undefined : '[{ … }]';
  const parts = typeof found === 'string' ? found.split(/[\s,]+/).filter(Boolean) : [found];
  const items = parts.map((part) => accepted(element, part) ?? rewritten(element, part));
  return items.length > 0 && items.every((item) => item !== undefined) ? `[${items.join(', ')}]` : undefined;
}

/** The first field that accepts the value gets it. Others that are required are left to the reader. */
function asObject(schema: z.ZodObject, found: unknown): string | undefined {
  const fields = Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>);
  if (typeof found === 'object' || (typeof found === 'boolean' && !found)) return undefined;
  const { email } = schema.shape as Readonly<Record<string, z.ZodType>>;
  // Otherwise an incomplete address would pass for the name of a secret.
  if (email && String(found).includes('@') && !email.safeParse(found).success) return '{ "email": … }';
  const isOfSecret = fields.some(([name]) => name === 'secret' || name === 'clientId') && !email;
  const [taken] =
    isOfSecret || found === true ? [] : (fields.find(([, field]) => field.safeParse(found).success) ?? []);
  const members = fields.flatMap(([name, field]) =>
    name === taken
      ? [`${JSON.stringify(name)}: ${JSON.stringify(found)}`]
      : field.safeParse(undefined).success
        ? []
        : [`${JSON.stringify(name)}: …`],
  );
  if (members.length > 0) return `{ ${members.join(', ')} }`;
  return found === true && schema.safeParse({}).success ? '{}' : undefined;
}
