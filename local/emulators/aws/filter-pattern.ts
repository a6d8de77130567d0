import { scan } from '../cloudwatch/index.ts';
import { AwsException, parseJson } from './protocols.ts';

/** Whether a log line matches. */
export type LineMatcher = (line: string) => boolean;

type Condition = (document: unknown) => boolean;

/**
 * Parses the supported subset of CloudWatch Logs filter patterns: JSON members that equal a string, joined by `&&` and
 * `||`, with parentheses if both occur: `{ ($.type = "outcome" || $.type = "monitor-error") && $.org = "acme" }`.
 *
 * Trap: every other pattern is rejected, even a pattern that AWS accepts, so that a mistake fails here first. A line
 * that is not JSON never matches.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): LineMatcher {
  const token = /\s*(&&|\|\||[{}()=]|\$(?:\.[A-Za-z_]\w*)+|"(?:[^"\\*]|\\.)*")/y;
  const tokens = [...scan(pattern, token, () => reject(pattern))].map((match) => match[1] ?? '');
  let at = 0;
  const next = () => tokens[at++] ?? '';
  const expect = (expected: string) => {
    if (next() !== expected) reject(pattern);
  };

  function parseTerm(): Condition {
    const first = next();
    if (first === '(') {
      const inner = parseTerms();
      expect(')');
      return inner;
    }
    if (!first.startsWith('$')) reject(pattern);
    expect('=');
    const text = next();
    if (!text.startsWith('"')) reject(pattern);
    const [path, value] = [first.split('.').slice(1), text.slice(1, -1).replaceAll(/\\(.)/g, '$1')];
    return (document) => memberAt(document, path) === value;
  }

  /** Only one operator per level, so that the result does not depend on precedence. */
  function parseTerms(): Condition {
    const terms = [parseTerm()];
    const operator = tokens[at];
    while (tokens[at] === '&&' || tokens[at] === '||') {
      if (next() !== operator) reject(pattern);
      terms.push(parseTerm());
    }
    return (document) =>
      operator === '||' ? terms.some((term) => term(document)) : terms.every((term) => term(document));
  }

  expect('{');
  const condition = parseTerms();
  expect('}');
  if (at !== tokens.length) reject(pattern);
  return (line) => {
    const document = parseJson(line);
    return document !== undefined && condition(document);
  };
}

function reject(pattern: string): never {
  throw new AwsException('InvalidParameterException', `Invalid filter pattern: ${pattern}`);
}

function memberAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    document,
  );
}
