import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { evaluateExpression } from '../../../../../local/emulators/cloudwatch/metric-math.ts';
import type { Series } from '../../../../../local/emulators/cloudwatch/metric-store.ts';
import { parseExpression } from '../../../../../local/emulators/cloudwatch/parse-expression.ts';
import { UnsupportedError } from '../../../../../local/emulators/cloudwatch/unsupported-error.ts';

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

/** `- 1 2` as the documentation draws a series. */
const drawn = (points: string): Series => points.split(' ').map((point) => (point === '-' ? undefined : Number(point)));

type Case = readonly [expression: string, metrics: Readonly<Record<string, string>>, result: string];

describe.each<[string, readonly Case[]]>([
  [
    'the examples of the documentation',
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
    'missing points',
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
    'operators and functions',
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
  test.each(cases)('%s of %j is %s', (expression, metrics, result) => {
    const series = Object.fromEntries(Object.entries(metrics).map(([id, points]) => [id, drawn(points)]));
    expect(evaluate(expression, series)).toEqual(drawn(result));
  });
});

describe('an expression that is not evaluated', () => {
  it.each([
    ['SEARCH("x")', 'the function SEARCH is not one of MIN, MAX, SUM, AVG, METRICS, FILL, IF'],
    ['RATE(m1)', 'the function RATE is not one of'],
    ['min([m1, m2])', 'unexpected ( in the expression'],
    ['MIN(m1)', 'MIN is evaluated over one array of series'],
    ['MIN(m1, m2)', 'MIN is evaluated over one array of series'],
    ['MIN([])', 'MIN is evaluated over one array of series'],
    ['MIN([m1, 5])', 'a number stands where a series should'],
    ['FILL(m1, LINEAR)', 'FILL by LINEAR is not evaluated'],
    ['FILL(m1)', 'FILL takes a series and what to fill it with'],
    ['FILL(1, 2)', 'FILL takes a series, and was given a number'],
    ['[m1, m2]', 'an alarm watches one series, and the expression gives an array of series'],
    ['1 + 2', 'an alarm watches one series, and the expression gives a number'],
    ['m1 / (1 - 1) + 1 / 0', 'a number is divided by zero'],
    ['[m1] + [m2]', '+ between an array of series and an array of series is not evaluated'],
    ['[m1] > 1', '> between an array of series and a number is not evaluated'],
    ['IF([m1], 1, 2)', 'IF takes a condition and one or two values'],
    ['IF(1, 2, 3)', 'IF takes series as its values where the condition is a number'],
    ['m9', 'no metric or expression has the id m9'],
    ['m1 > 1 AND m1 < 5 OR m2', 'AND and OR are mixed without parentheses'],
    ['1 < m1 < 5', 'comparisons are chained'],
    ['m1 m2', 'unexpected m2'],
    ['m1 +', 'unexpected end'],
    ['(m1', 'expected ) and found the end'],
    ['[m1 m2]', 'expected , and found m2'],
    ['m1 ^ 2', 'unexpected ^'],
    ['REPEAT', 'REPEAT stands where a value should'],
    ['"m1"', 'a text stands where a value should'],
    ['', 'unexpected end'],
  ])('%s says: %s', (expression, message) => {
    const attempt = () => evaluate(expression, { m1: [1], m2: [2] });
    expect(attempt).toThrow(UnsupportedError);
    expect(attempt).toThrow(message);
  });

  it('never fails in another way, whatever the text', () => {
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

test('MIN of filled series is the least of what is there, whatever is missing', () => {
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
