/** A condition on an item of a collection. */
export type Condition = (item: object) => boolean;

/** Thrown for an expression that is not one. The message says where. */
export class FilterError extends Error {}

/** The path of the field that an attribute of an expression stands for. It may depend on the operator. */
type FieldOf = (attribute: string, operator: string) => string;

const token = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;

type Token = { readonly text: string; readonly isString: boolean };

/** How values compare. Texts compare without regard to case, as Okta's do, and times as texts, because all are in UTC. */
const operators: Readonly<Record<string, (value: unknown, wanted: string) => boolean>> = {
  eq: (value, wanted) => textOf(value) === wanted,
  ne: (value, wanted) => textOf(value) !== wanted,
  sw: (value, wanted) => textOf(value).startsWith(wanted),
  ew: (value, wanted) => textOf(value).endsWith(wanted),
  co: (value, wanted) => textOf(value).includes(wanted),
  gt: (value, wanted) => textOf(value) > wanted,
  ge: (value, wanted) => textOf(value) >= wanted,
  lt: (value, wanted) => textOf(value) < wanted,
  le: (value, wanted) => textOf(value) <= wanted,
};

/**
 * Parses an expression of the parameters `filter` and `search`: `status eq "ACTIVE" and profile.login sw "mo"`.
 *
 * `fieldOf` may rename or refuse attributes. Throws `FilterError`. The grammar is SCIM's (RFC 7644, 3.4.2.2) without value paths.
 * https://developer.okta.com/docs/api/#filter
 */
export function parseFilter(expression: string, fieldOf: FieldOf = (attribute) => attribute): Condition {
  const tokens = tokenize(expression);
  let position = 0;
  const next = () => tokens[position++] ?? fail(expression, 'it ends too early');
  const skipped = (word: string) => {
    const found = tokens[position];
    if (found?.isString || found?.text.toLowerCase() !== word) return false;
    position += 1;
    return true;
  };

  function parseOr(): Condition {
    const all = [parseAnd()];
    while (skipped('or')) all.push(parseAnd());
    return (item) => all.some((condition) => condition(item));
  }
  function parseAnd(): Condition {
    const all = [parseTerm()];
    while (skipped('and')) all.push(parseTerm());
    return (item) => all.every((condition) => condition(item));
  }
  function parseTerm(): Condition {
    if (skipped('not')) {
      const negated = parseTerm();
      return (item) => !negated(item);
    }
    if (skipped('(')) {
      const inner = parseOr();
      return skipped(')') ? inner : fail(expression, 'a parenthesis is not closed');
    }
    const { text: attribute } = next();
    const operator = next().text.toLowerCase();
    const path = fieldOf(attribute, operator).split('.');
    if (operator === 'pr') return (item) => valuesAt(item, path).length > 0;
    const compare = operators[operator] ?? fail(expression, `there is no operator "${operator}"`);
    const wanted = next().text.toLowerCase();
    return (item) => valuesAt(item, path).some((value) => compare(value, wanted));
  }

  const condition = parseOr();
  return position === tokens.length ? condition : fail(expression, 'there is text after its end');
}

function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  const text = expression.trim();
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text) ?? fail(expression, 'a quotation mark is not closed');
    const [, parenthesis, string, word] = match;
    tokens.push({ text: parenthesis ?? string?.replace(/\\(.)/g, '$1') ?? word ?? '', isString: string !== undefined });
  }
  return tokens;
}

/** The values at a path such as `profile.login`. A list on the path contributes each of its members. */
function valuesAt(value: unknown, path: readonly string[], depth = 0): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((member) => valuesAt(member, path, depth));
  const name = path[depth];
  if (name === undefined) return [value];
  return typeof value === 'object' ? valuesAt((value as Record<string, unknown>)[name], path, depth + 1) : [];
}

function textOf(value: unknown): string {
  return String(value).toLowerCase();
}

function fail(expression: string, why: string): never {
  throw new FilterError(`The expression ${expression} cannot be read: ${why}.`);
}
