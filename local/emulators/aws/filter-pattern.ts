import { scan } from '../cloudwatch/scan.ts';
import { RefusedByAws } from './aws-error.ts';

/** Whether a log line matches. */
export type Match = (line: string) => boolean;

type Condition = (document: unknown) => boolean;

/**
 * Reads a filter pattern of CloudWatch Logs as far as ours go: members of JSON that equal a text, joined by `&&` and
 * `||` with parentheses where both occur: `{ ($.type = "outcome" || $.type = "monitor-error") && $.org = "acme" }`.
 *
 * Trap: any other pattern is refused, also one that AWS would take, so that a wrong one fails here and not there first.
 * A line that is no JSON never matches.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): Match {
  const token = /\s*(&&|\|\||[{}()=]|\$(?:\.[A-Za-z_]\w*)+|"(?:[^"\\*]|\\.)*")/y;
  const tokens = [...scan(pattern, token, () => refuse(pattern))].map((match) => match[1] ?? '');
  let at = 0;
  const next = () => tokens[at++] ?? '';
  const expect = (wanted: string) => {
    if (next() !== wanted) refuse(pattern);
  };

  function parseTerm(): Condition {
    const first = next();
    if (first === '(') {
      const inner = parseTerms();
      expect(')');
      return inner;
    }
    if (!first.startsWith('$')) refuse(pattern);
    expect('=');
    const text = next();
    if (!text.startsWith('"')) refuse(pattern);
    const [path, value] = [first.split('.').slice(1), text.slice(1, -1).replaceAll(/\\(.)/g, '$1')];
    return (document) => memberAt(document, path) === value;
  }

  /** One operator a level: which of two binds closer is nothing to rely on. */
  function parseTerms(): Condition {
    const terms = [parseTerm()];
    const operator = tokens[at];
    while (tokens[at] === '&&' || tokens[at] === '||') {
      if (next() !== operator) refuse(pattern);
      terms.push(parseTerm());
    }
    return (document) =>
      operator === '||' ? terms.some((term) => term(document)) : terms.every((term) => term(document));
  }

  expect('{');
  const condition = parseTerms();
  expect('}');
  if (at !== tokens.length) refuse(pattern);
  return (line) => {
    const document = parseJson(line);
    return document !== undefined && condition(document);
  };
}

function refuse(pattern: string): never {
  throw new RefusedByAws('InvalidParameterException', `Invalid filter pattern: ${pattern}`);
}

function memberAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    document,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
