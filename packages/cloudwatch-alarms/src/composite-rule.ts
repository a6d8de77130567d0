import type { AlarmState } from './alarm-definition.ts';
import { scan } from './scan.ts';
import { UnsupportedError } from './unsupported-error.ts';

export type Rule =
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly rule: Rule }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly Rule[] };

/** A function such as `ALARM(name)` is one token, because a name without quotes may contain spaces and slashes. */
const token =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^"()]+?))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/y;

type Token =
  | { readonly kind: 'condition'; readonly rule: Rule }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'end' };

/**
 * Parses the rule of a composite alarm. It may refer to an alarm by name or by ARN.
 *
 * Trap: CloudWatch does not document whether AND has precedence over OR, so a rule that mixes them without parentheses
 * is unsupported.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function parseRule(source: string): Rule {
  const tokens = tokensOf(source);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end' };
  const accept = (text: string): boolean => {
    const current = peek();
    if (current.kind !== 'word' || current.text !== text) return false;
    position += 1;
    return true;
  };

  const fail = (problem: string): never => {
    throw new UnsupportedError(`${problem} in the rule ${source}`);
  };

  function combined(): Rule {
    const first = single();
    const word = accept('AND') ? 'AND' : accept('OR') ? 'OR' : undefined;
    if (!word) return first;
    const rules = [first, single()];
    while (accept(word)) rules.push(single());
    if (accept('AND') || accept('OR')) fail('AND and OR are mixed without parentheses');
    return { kind: word === 'AND' ? 'and' : 'or', rules };
  }

  function single(): Rule {
    if (accept('NOT')) return { kind: 'not', rule: single() };
    if (accept('TRUE')) return { kind: 'constant', value: true };
    if (accept('FALSE')) return { kind: 'constant', value: false };
    if (accept('(')) {
      const inner = combined();
      if (!accept(')')) fail('a parenthesis is not closed');
      return inner;
    }
    const current = peek();
    if (current.kind !== 'condition') return fail('a condition is missing');
    position += 1;
    return current.rule;
  }

  const whole = combined();
  if (peek().kind !== 'end') fail('unexpected text follows a condition');
  return whole;
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const reject = (rest: string): never => {
    throw new UnsupportedError(`cannot read ${rest} in the rule ${source}`);
  };
  for (const [, state, quoted, bare, word, parenthesis] of scan(source, token, reject)) {
    const name = quoted ?? bare;
    if (state && name) {
      const rule = { kind: 'state', state: state as AlarmState, alarm: alarmNameOf(name) } as const;
      tokens.push({ kind: 'condition', rule });
    } else tokens.push({ kind: 'word', text: word ?? parenthesis ?? '' });
  }
  return tokens;
}

/** The name of an alarm, given its name or its ARN. */
export function alarmNameOf(reference: string): string {
  return reference.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, '');
}

/** The names of the alarms in a rule. */
export function alarmsIn(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'state':
      return [rule.alarm];
    case 'constant':
      return [];
    case 'not':
      return alarmsIn(rule.rule);
    case 'and':
    case 'or':
      return rule.rules.flatMap(alarmsIn);
    default:
      return rule satisfies never;
  }
}

/** Whether a rule is true. A composite alarm is in ALARM while its rule is true, and otherwise OK. */
export function holds(rule: Rule, stateOf: (alarm: string) => AlarmState): boolean {
  switch (rule.kind) {
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'constant':
      return rule.value;
    case 'not':
      return !holds(rule.rule, stateOf);
    case 'and':
      return rule.rules.every((each) => holds(each, stateOf));
    case 'or':
      return rule.rules.some((each) => holds(each, stateOf));
    default:
      return rule satisfies never;
  }
}
