import { scan } from './scan.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** The operators of metric math, lowest precedence first. Operators in a row have equal precedence, left to right. */
const levels = [
  ['OR', 'AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
] as const;

export type Operator = (typeof levels)[number][number];

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'id'; readonly id: string }
  /** A keyword argument of FILL: `REPEAT`. */
  | { readonly kind: 'keyword'; readonly word: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'negation'; readonly operand: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

const token = /\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z]\w*)|"([^"]*)"|(==|!=|<=|>=|&&|\|\||[-+*/<>()[\],]))/y;

const spellings: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

interface Token {
  readonly kind: 'number' | 'word' | 'string' | 'sign' | 'end';
  readonly text: string;
}

/**
 * Parses an expression of metric math.
 *
 * Trap: CloudWatch does not document whether AND has precedence over OR, so an expression that mixes them without
 * parentheses is unsupported.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function parseExpression(source: string): Expression {
  const tokens = tokensOf(source);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '' };
  const next = (): Token => {
    const current = peek();
    position += 1;
    return current;
  };
  const isSign = (text: string): boolean => peek().kind === 'sign' && peek().text === text;
  const fail = (problem: string): never => {
    throw new UnsupportedError(`${problem} in the expression ${source}`);
  };
  const expect = (text: string): void => {
    if (!isSign(text)) fail(`expected ${text} but found ${peek().text || 'the end'}`);
    next();
  };

  function operation(level: number): Expression {
    const operators = levels[level];
    if (!operators) return unary();
    let left = operation(level + 1);
    let before: Operator | undefined;
    for (;;) {
      const operator = operators.find((each) => peek().kind !== 'string' && peek().text === each);
      if (!operator) return left;
      if (level === 0 && before && before !== operator) fail('AND and OR are mixed without parentheses');
      if (level === 1 && before) fail('comparisons are chained');
      next();
      left = { kind: 'operation', operator, left, right: operation(level + 1) };
      before = operator;
    }
  }

  function unary(): Expression {
    if (!isSign('-')) return primary();
    next();
    return { kind: 'negation', operand: unary() };
  }

  function primary(): Expression {
    const current = next();
    if (current.kind === 'number') return { kind: 'number', value: Number(current.text) };
    if (current.kind === 'string') return { kind: 'text', text: current.text };
    if (current.kind === 'word') {
      // CloudWatch requires ids to start with a lowercase letter, and functions to be uppercase.
      if (/^[a-z]/.test(current.text)) return { kind: 'id', id: current.text };
      if (!isSign('(')) return { kind: 'keyword', word: current.text };
      next();
      return { kind: 'call', name: current.text, args: list(')') };
    }
    if (current.text === '[') return { kind: 'array', items: list(']') };
    if (current.text !== '(') fail(`unexpected ${current.text || 'end'}`);
    const inner = operation(0);
    expect(')');
    return inner;
  }

  function list(close: string): readonly Expression[] {
    const items: Expression[] = [];
    while (!isSign(close)) {
      if (items.length > 0) expect(',');
      items.push(operation(0));
    }
    next();
    return items;
  }

  const whole = operation(0);
  if (peek().kind !== 'end') fail(`unexpected ${peek().text}`);
  return whole;
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const reject = (rest: string): never => {
    throw new UnsupportedError(`unexpected ${rest.charAt(0)} in the expression ${source}`);
  };
  for (const [, number, word, string, sign] of scan(source, token, reject)) {
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (sign !== undefined) {
      const text = spellings[sign] ?? sign;
      tokens.push(text === sign ? { kind: 'sign', text } : { kind: 'word', text });
    }
  }
  return tokens;
}
