import type { Series } from './metric-store.ts';
import type { Expression, Operator } from './parse-expression.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** What an expression may be worth on the way to its result, which for an alarm must be one series. */
type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly points: Series }
  | { readonly kind: 'array'; readonly all: readonly Series[] };

/** What an expression can see. All series have as many points, of the same periods. */
export interface Scope {
  series(id: string): Series;
  /** The series that are metrics and not expressions, by id. */
  readonly metrics: Readonly<Record<string, Series>>;
}

type Point = number | undefined;

const truth = (holds: boolean): number => (holds ? 1 : 0);

/** A division by zero has no value: CloudWatch drops the point. */
const operations: Readonly<Record<Operator, (left: number, right: number) => Point>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0 ? undefined : left / right),
  '==': (left, right) => truth(left === right),
  '!=': (left, right) => truth(left !== right),
  '<=': (left, right) => truth(left <= right),
  '>=': (left, right) => truth(left >= right),
  '<': (left, right) => truth(left < right),
  '>': (left, right) => truth(left > right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
};

const arithmetic: readonly Operator[] = ['+', '-', '*', '/'];

/** Over the series of an array, one period at a time. Only AVG counts a missing point, as 0. */
const aggregations: Readonly<Record<string, (present: readonly number[], of: number) => number>> = {
  MIN: (present) => Math.min(...present),
  MAX: (present) => Math.max(...present),
  SUM: (present) => sum(present),
  AVG: (present, of) => sum(present) / of,
};

/**
 * Computes an expression of metric math, one point for each period.
 *
 * How a missing point is treated, by operation:
 * - `a + b` and all operators between two series: 0, where the other series has a point; missing where neither has.
 * - a series and a number: missing stays missing.
 * - MIN, MAX, SUM of an array: left out; missing where no series has a point.
 * - AVG of an array: 0, where another series has a point.
 * - FILL(m, 1), FILL(m, m2): the filler; FILL(m, REPEAT): the point before, where there is one.
 * - IF(condition, a, b): no point without a condition; a missing `a` gives 0, and a missing `b` no point.
 *
 * Trap: MIN(m1) and its like over one series depend on how many points CloudWatch happens to retrieve, which it does
 * not document and warns of for alarms. They are refused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluateExpression(expression: Expression, scope: Scope): Series {
  const value = evaluate(expression, scope);
  if (value.kind !== 'series')
    throw new UnsupportedError(`an alarm watches one series, and the expression gives ${called(value)}`);
  return value.points;
}

function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'id':
      return { kind: 'series', points: scope.series(expression.id) };
    case 'array':
      return { kind: 'array', all: expression.items.flatMap((item) => seriesIn(evaluate(item, scope))) };
    case 'negation':
      return operate('-', { kind: 'scalar', value: 0 }, evaluate(expression.operand, scope));
    case 'operation':
      return operate(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope));
    case 'call':
      return call(expression.name, expression.args, scope);
    case 'keyword':
    case 'text':
      throw new UnsupportedError(
        `${expression.kind === 'text' ? 'a text' : expression.word} stands where a value should`,
      );
    default:
      return expression satisfies never;
  }
}

function call(name: string, args: readonly Expression[], scope: Scope): Value {
  const aggregate = aggregations[name];
  if (aggregate)
    return aggregated(
      name,
      aggregate,
      args.map((arg) => evaluate(arg, scope)),
    );
  if (name === 'METRICS') return metrics(args, scope);
  if (name === 'FILL') return fill(args, scope);
  if (name === 'IF') return choose(args.map((arg) => evaluate(arg, scope)));
  throw new UnsupportedError(
    `the function ${name} is not one of ${[...Object.keys(aggregations), 'METRICS', 'FILL', 'IF'].join(', ')}`,
  );
}

function aggregated(
  name: string,
  aggregate: (present: readonly number[], of: number) => number,
  args: readonly Value[],
): Value {
  const [array] = args;
  if (args.length !== 1 || array?.kind !== 'array' || array.all.length === 0) {
    throw new UnsupportedError(`${name} is evaluated over one array of series, such as [m1, m2], only`);
  }
  return byPeriod(array.all, (points) => {
    const present = points.filter((point) => point !== undefined);
    return present.length > 0 ? aggregate(present, points.length) : undefined;
  });
}

function metrics(args: readonly Expression[], scope: Scope): Value {
  const [filter] = args;
  if (args.length > 1 || (filter && filter.kind !== 'text'))
    throw new UnsupportedError('METRICS takes one text, or nothing');
  const matches = Object.entries(scope.metrics).filter(([id]) => !filter || id.includes(filter.text));
  return { kind: 'array', all: matches.map(([, series]) => series) };
}

function fill(args: readonly Expression[], scope: Scope): Value {
  const [subject, filler] = args;
  if (args.length !== 2 || !subject || !filler)
    throw new UnsupportedError('FILL takes a series and what to fill it with');
  const value = evaluate(subject, scope);
  if (value.kind === 'scalar') throw new UnsupportedError('FILL takes a series, and was given a number');
  const filled = fillOf(filler, scope);
  return value.kind === 'series'
    ? { kind: 'series', points: filled(value.points) }
    : { kind: 'array', all: value.all.map(filled) };
}

function fillOf(filler: Expression, scope: Scope): (points: Series) => Series {
  if (filler.kind === 'keyword') {
    if (filler.word !== 'REPEAT') throw new UnsupportedError(`FILL by ${filler.word} is not evaluated`);
    return (points) => {
      let last: Point;
      return points.map((point) => {
        last = point ?? last;
        return last;
      });
    };
  }
  const value = evaluate(filler, scope);
  if (value.kind === 'array') throw new UnsupportedError('FILL takes one filler, and was given an array');
  return (points) => points.map((point, index) => point ?? at(value, index));
}

function choose(args: readonly Value[]): Value {
  const [condition, then, otherwise] = args;
  if (args.length < 2 || args.length > 3 || !condition || !then || args.some(({ kind }) => kind === 'array')) {
    throw new UnsupportedError('IF takes a condition and one or two values, none of them an array');
  }
  if (condition.kind === 'scalar') {
    if (then.kind !== 'series' || otherwise?.kind === 'scalar') {
      throw new UnsupportedError('IF takes series as its values where the condition is a number');
    }
    const nothing = { kind: 'series', points: then.points.map(() => undefined) } as const;
    return condition.value !== 0 ? then : (otherwise ?? nothing);
  }
  return byPeriod(seriesIn(condition), ([holds], index) => {
    if (holds === undefined) return undefined;
    return holds !== 0 ? (at(then, index) ?? 0) : otherwise && at(otherwise, index);
  });
}

function operate(operator: Operator, left: Value, right: Value): Value {
  const apply = operations[operator];
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    const value = apply(left.value, right.value);
    if (value === undefined) throw new UnsupportedError('a number is divided by zero');
    return { kind: 'scalar', value };
  }
  if (left.kind === 'array' || right.kind === 'array') {
    if (left.kind === right.kind || !arithmetic.includes(operator)) {
      throw new UnsupportedError(`${operator} between ${called(left)} and ${called(right)} is not evaluated`);
    }
    const all = left.kind === 'array' ? left.all : seriesIn(right);
    const one = (points: Series): Value =>
      left.kind === 'array'
        ? operate(operator, { kind: 'series', points }, right)
        : operate(operator, left, { kind: 'series', points });
    return { kind: 'array', all: all.flatMap((points) => seriesIn(one(points))) };
  }
  const alone = left.kind === 'scalar' || right.kind === 'scalar';
  const length = left.kind === 'series' ? left.points.length : seriesIn(right)[0]?.length;
  return {
    kind: 'series',
    points: Array.from({ length: length ?? 0 }, (_, index) => {
      const [a, b] = [at(left, index), at(right, index)];
      if (alone ? a === undefined || b === undefined : a === undefined && b === undefined) return undefined;
      return apply(a ?? 0, b ?? 0);
    }),
  };
}

function byPeriod(all: readonly Series[], combine: (points: Series, index: number) => Point): Value {
  const points = (all[0] ?? []).map((_, index) =>
    combine(
      all.map((series) => series[index]),
      index,
    ),
  );
  return { kind: 'series', points };
}

function at(value: Value, index: number): Point {
  return value.kind === 'scalar' ? value.value : value.kind === 'series' ? value.points[index] : undefined;
}

function seriesIn(value: Value): readonly Series[] {
  if (value.kind === 'scalar') throw new UnsupportedError('a number stands where a series should');
  return value.kind === 'series' ? [value.points] : value.all;
}

function called(value: Value): string {
  return { scalar: 'a number', series: 'a series', array: 'an array of series' }[value.kind];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
