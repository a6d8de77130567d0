import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Series, UnsupportedError } from '../src/index.ts';
import { evaluateExpression } from '../src/metric-math.ts';
import { parseExpression } from '../src/parse-expression.ts';

function evaluate(expression: string, metrics: Readonly<Record<string, Series>>): Series {
  return evaluateExpression(parseExpression(expression), {
    metrics,
    series: (id) => {
      const series = metrics[id];
      if (!series) throw new UnsupportedError(`no metric or expression has the id ${id}`);
      return series;
    },
  });
}

/** A series in the notation of the documentation, for example `- 1 2`. */
const parsePoints = (points: string): Series =>
  points.split(' ').map((point) => (point === '-' ? undefined : Number(point)));

type Case = readonly [expression: string, metrics: Readonly<Record<string, string>>, result: string];

describe.each<[string, readonly Case[]]>([
  [
    'for the examples of the documentation',
    [
      ['m1 < m2', { m1: '30 20 0 0', m2: '20 - 20 -' }, '0 0 1 0'],
      ['m1 >= 30', { m1: '30 20 0 0' }, '1 0 0 0'],
      ['m1 > 15 AND m2 > 15', { m1: '30 20 0 0', m2: '20 - 20 -' }, '1 0 0 0'],
      ['IF(m1, m2, m3)', { m1: '1 1 0 0 -', m2: '30 - 0 0 30', m3: '0 0 20 - 20' }, '30 0 20 - -'],
      ['IF(m1, 5, m3)', { m1: '1 1 0 0 -', m3: '0 0 20 - 20' }, '5 5 20 - -'],
      ['IF(m1, m2, 5)', { m1: '1 1 0 0 -', m2: '30 - 0 0 30' }, '30 0 5 5 -'],
    ],
  ],
  [
    'for missing points',
    [
      ['m1 + m2', { m1: '1 - -', m2: '2 2 -' }, '3 2 -'],
      ['m1 - m2', { m1: '1 - -', m2: '2 2 -' }, '-1 -2 -'],
      ['m1 * 2', { m1: '1 -' }, '2 -'],
      ['-m1', { m1: '1 -' }, '-1 -'],
      ['MIN([m1, m2])', { m1: '1 - -', m2: '2 2 -' }, '1 2 -'],
      ['MAX([m1, m2])', { m1: '1 - -', m2: '2 -2 -' }, '2 -2 -'],
      ['SUM([m1, m2])', { m1: '1 - -', m2: '2 2 -' }, '3 2 -'],
      ['AVG([m1, m2])', { m1: '1 - -', m2: '2 2 -' }, '1.5 1 -'],
      ['FILL(m1, 1)', { m1: '- 0 -' }, '1 0 1'],
      ['FILL(m1, -1.5)', { m1: '- 0 -' }, '-1.5 0 -1.5'],
      ['FILL(m1, REPEAT)', { m1: '- 0 - 2 -' }, '- 0 0 2 2'],
      ['FILL(m1, m2)', { m1: '- 0 -', m2: '5 5 -' }, '5 0 -'],
      ['MIN([FILL(m1, 1), FILL(m2, 1)])', { m1: '- 0 -', m2: '1 1 -' }, '1 0 1'],
    ],
  ],
  [
    'for operators and functions',
    [
      ['m1 + m2 * 2', { m1: '1', m2: '3' }, '7'],
      ['(m1 + m2) * 2', { m1: '1', m2: '3' }, '8'],
      ['10 - m1 - m2', { m1: '1', m2: '3' }, '6'],
      ['100 * errors/requests', { errors: '1 0 1', requests: '4 4 0' }, '25 0 -'],
      ['SUM(METRICS()) / 10', { m1: '10', m2: '20' }, '3'],
      ['SUM(METRICS("err"))', { err_a: '1', err_b: '2', ok: '9' }, '3'],
      ['SUM([METRICS("a"), METRICS("b")])', { a: '1', b: '2', c: '9' }, '3'],
      ['SUM(100 / [m1, m2])', { m1: '50', m2: '25' }, '6'],
      ['MAX(FILL(METRICS(), 7))', { m1: '1 -', m2: '- 2' }, '7 7'],
      ['MAX(-[m1, m2])', { m1: '1', m2: '2' }, '-1'],
      ['IF(m1 > 1, m1)', { m1: '1 2' }, '- 2'],
      ['IF(m1 == 1 || m1 != 3, 10, 2)', { m1: '1 2 3' }, '10 10 2'],
      ['IF(m1 >= 2 && m1 <= 2, 1, 0)', { m1: '1 2 3' }, '0 1 0'],
      ['IF(1 > 2, m1, m2)', { m1: '1', m2: '2' }, '2'],
      ['IF(1 > 2, m1)', { m1: '1' }, '-'],
    ],
  ],
])('%s', (_, cases) => {
  test.each(cases)('the expression %s over %j returns %s', (expression, metrics, result) => {
    const series = Object.fromEntries(Object.entries(metrics).map(([id, points]) => [id, parsePoints(points)]));
    expect(evaluate(expression, series)).toEqual(parsePoints(result));
  });
});

describe('an unsupported expression', () => {
  it.each([
    ['SEARCH("x")', 'the function SEARCH is not one of MIN, MAX, SUM, AVG, METRICS, FILL, IF'],
    ['RATE(m1)', 'the function RATE is not one of'],
    ['min([m1, m2])', 'unexpected ( in the expression'],
    ['MIN(m1)', 'MIN needs one array of series'],
    ['MIN(m1, m2)', 'MIN needs one array of series'],
    ['MIN([])', 'MIN needs one array of series'],
    ['MIN([m1, 5])', 'a number is used instead of a series'],
    ['FILL(m1, LINEAR)', 'FILL with LINEAR is not supported'],
    ['FILL(m1)', 'FILL needs a series and a filler'],
    ['FILL(1, 2)', 'the first argument of FILL must be a series, not a number'],
    ['[m1, m2]', 'an alarm needs one series, but the expression returns an array of series'],
    ['1 + 2', 'an alarm needs one series, but the expression returns a number'],
    ['m1 / (1 - 1) + 1 / 0', 'a number is divided by zero'],
    ['[m1] + [m2]', '+ between an array of series and an array of series is not supported'],
    ['[m1] > 1', '> between an array of series and a number is not supported'],
    ['IF([m1], 1, 2)', 'IF needs a condition and one or two values'],
    ['IF(1, 2, 3)', 'the values of IF must be series if the condition is a number'],
    ['m9', 'no metric or expression has the id m9'],
    ['m1 > 1 AND m1 < 5 OR m2', 'AND and OR are mixed without parentheses'],
    ['1 < m1 < 5', 'comparisons are chained'],
    ['m1 m2', 'unexpected m2'],
    ['m1 +', 'unexpected end'],
    ['(m1', 'expected ) but found the end'],
    ['[m1 m2]', 'expected , but found m2'],
    ['m1 ^ 2', 'unexpected ^'],
    ['REPEAT', 'REPEAT cannot be used as a value'],
    ['"m1"', 'a string cannot be used as a value'],
    ['', 'unexpected end'],
  ])('rejects the expression "%s": %s', (expression, message) => {
    const attempt = () => evaluate(expression, { m1: [1], m2: [2] });
    expect(attempt).toThrow(UnsupportedError);
    expect(attempt).toThrow(message);
  });

  it('throws only UnsupportedError, whatever the expression', () => {
    const words = fc.constantFrom(
      'm1',
      'FILL',
      'MIN',
      'IF',
      'METRICS',
      '(',
      ')',
      '[',
      ']',
      ',',
      '-',
      '/',
      '>',
      'AND',
      '"',
      '1',
      ' ',
      'é',
    );
    fc.assert(
      fc.property(
        fc.array(words).map((parts) => parts.join('')),
        (expression) => {
          try {
            expect(evaluate(expression, { m1: [1, undefined] })).toHaveLength(2);
          } catch (error) {
            expect(error).toBeInstanceOf(UnsupportedError);
          }
        },
      ),
    );
  });
});

test('MIN of filled series is the minimum of the existing points', () => {
  const series = fc.array(fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(
    fc.property(series, series, (m1, m2) => {
      const result = evaluate('MIN([FILL(m1, 1), FILL(m2, 1)])', { m1, m2 });
      expect(result).toEqual(m1.map((point, index) => (point === 0 || m2[index] === 0 ? 0 : 1)));
    }),
  );
});
