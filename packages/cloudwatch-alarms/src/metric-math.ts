import { type Series, sum } from './metric-store.ts';
import type { Expression, Operator } from './parse-expression.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** The value of an expression or a part of it. An alarm needs a single series as the result. */
type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly points: Series }
  | { readonly kind: 'array'; readonly all: readonly Series[] };

/** The ids that an expression can refer to. All series cover the same periods. */
export interface Scope {
  series(id: string): Series;
  /** The series of metrics, without those of expressions, by id. */
  readonly metrics: Readonly<Record<string, Series>>;
}

type Point = number | undefined;

type Aggregation = (present: readonly number[], total: number) => number;

const truth = (holds: boolean): number => (holds ? 1 : 0);

/** CloudWatch drops a point that is divided by zero. */
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

/** The functions over an array of series, for the points of one period. Only AVG counts a missing point, as 0. */
const aggregations: Readonly<Record<string, Aggregation>> = {
  MIN: (present) => Math.min(...present),
  MAX: (present) => Math.max(...present),
  SUM: (present) => sum(present),
  AVG: (present, total) => sum(present) / total,
};

/**
 * Evaluates a metric math expression to one point per period.
 *
 * How operations treat a missing point:
 * - Operators between two series: as 0 if the other series has a point. If neither has one, the result is missing.
 * - Operators between a series and a number: the result is missing.
 * - MIN, MAX and SUM of an array: ignored. If no series has a point, the result is missing.
 * - AVG of an array: as 0 if another series has a point.
 * - FILL(m, 1) and FILL(m, m2): replaced by the second argument. FILL(m, REPEAT): replaced by the previous point.
 * - IF(condition, a, b): without a condition the result is missing; a missing `a` is 0; a missing `b` stays missing.
 *
 * Trap: MIN(m1) and similar functions over one series depend on how many points CloudWatch retrieves. AWS does not
 * document the number, and warns about it for alarms. They are unsupported.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluateExpression(expression: Expression, scope: Scope): Series {
  const value = evaluate(expression, scope);
  if (value.kind !== 'series') {
    throw new UnsupportedError(`an alarm needs one series, but the expression returns ${kindOf(value)}`);
  }
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
        `${expression.kind === 'text' ? 'a string' : expression.word} cannot be used as a value`,
      );
    default:
      return expression satisfies never;
  }
}

function call(name: string, args: readonly Expression[], scope: Scope): Value {
  if (name === 'METRICS') return metrics(args, scope);
  if (name === 'FILL') return fill(args, scope);
  const aggregation = aggregations[name];
  if (name !== 'IF' && !aggregation) {
    const supported = [...Object.keys(aggregations), 'METRICS', 'FILL', 'IF'].join(', ');
    throw new UnsupportedError(`the function ${name} is not one of ${supported}`);
  }
  const values = args.map((arg) => evaluate(arg, scope));
  return aggregation ? aggregate(name, aggregation, values) : choose(values);
}

function aggregate(name: string, aggregation: Aggregation, args: readonly Value[]): Value {
  const [array] = args;
  if (args.length !== 1 || array?.kind !== 'array' || array.all.length === 0) {
    throw new UnsupportedError(`${name} needs one array of series, such as [m1, m2]`);
  }
  return byPeriod(array.all, (points) => {
    const present = points.filter((point) => point !== undefined);
    return present.length > 0 ? aggregation(present, points.length) : undefined;
  });
}

function metrics(args: readonly Expression[], scope: Scope): Value {
  const [filter] = args;
  if (args.length > 1 || (filter && filter.kind !== 'text'))
    throw new UnsupportedError('METRICS needs one string or no argument');
  const matches = Object.entries(scope.metrics).filter(([id]) => !filter || id.includes(filter.text));
  return { kind: 'array', all: matches.map(([, series]) => series) };
}

function fill(args: readonly Expression[], scope: Scope): Value {
  const [subject, filler] = args;
  if (args.length !== 2 || !subject || !filler) throw new UnsupportedError('FILL needs a series and a filler');
  const value = evaluate(subject, scope);
  if (value.kind === 'scalar') throw new UnsupportedError('the first argument of FILL must be a series, not a number');
  const filled = fillOf(filler, scope);
  return value.kind === 'series'
    ? { kind: 'series', points: filled(value.points) }
    : { kind: 'array', all: value.all.map(filled) };
}

function fillOf(filler: Expression, scope: Scope): (points: Series) => Series {
  if (filler.kind === 'keyword') {
    if (filler.word !== 'REPEAT') throw new UnsupportedError(`FILL with ${filler.word} is not supported`);
    return (points) => {
      let last: Point;
      return points.map((point) => {
        last = point ?? last;
        return last;
      });
    };
  }
  const value = evaluate(filler, scope);
  if (value.kind === 'array') throw new UnsupportedError('the filler of FILL must not be an array');
  return (points) => points.map((point, index) => point ?? at(value, index));
}

function choose(args: readonly Value[]): Value {
  const [condition, then, otherwise] = args;
  if (args.length < 2 || args.length > 3 || !condition || !then || args.some(({ kind }) => kind === 'array')) {
    throw new UnsupportedError('IF needs a condition and one or two values, and no arrays');
  }
  if (condition.kind === 'scalar') {
    if (then.kind !== 'series' || otherwise?.kind === 'scalar') {
      throw new UnsupportedError('the values of IF must be series if the condition is a number');
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
      throw new UnsupportedError(`${operator} between ${kindOf(left)} and ${kindOf(right)} is not supported`);
    }
    const all = left.kind === 'array' ? left.all : seriesIn(right);
    const one = (points: Series): Value =>
      left.kind === 'array'
        ? operate(operator, { kind: 'series', points }, right)
        : operate(operator, left, { kind: 'series', points });
    return { kind: 'array', all: all.flatMap((points) => seriesIn(one(points))) };
  }
  const hasScalar = left.kind === 'scalar' || right.kind === 'scalar';
  const length = left.kind === 'series' ? left.points.length : seriesIn(right)[0]?.length;
  return {
    kind: 'series',
    points: Array.from({ length: length ?? 0 }, (_, index) => {
      const [a, b] = [at(left, index), at(right, index)];
      if (hasScalar ? a === undefined || b === undefined : a === undefined && b === undefined) return undefined;
      return apply(a ?? 0, b ?? 0);
    }),
  };
}

function byPeriod(all: readonly Series[], combine: (points: Series, index: number) => Point): Value {
  const points = (all[0] ?? []).map((_, index) => {
    const atIndex = all.map((series) => series[index]);
    return combine(atIndex, index);
  });
  return { kind: 'series', points };
}

function at(value: Value, index: number): Point {
  return value.kind === 'scalar' ? value.value : value.kind === 'series' ? value.points[index] : undefined;
}

function seriesIn(value: Value): readonly Series[] {
  if (value.kind === 'scalar') throw new UnsupportedError('a number is used instead of a series');
  return value.kind === 'series' ? [value.points] : value.all;
}

function kindOf(value: Value): string {
  return { scalar: 'a number', series: 'a series', array: 'an array of series' }[value.kind];
}
