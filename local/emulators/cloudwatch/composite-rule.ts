import type { AlarmState } from './alarm-definition.ts';
import { scan } from './scan.ts';
import { UnsupportedError } from './unsupported-error.ts';

export type Rule =
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly rule: Rule }
  | { readonly kind: 'and' | 'or'; readonly rules: readonly Rule[] };

/** A test of a state is one token, because a name that is not quoted may hold blanks and slashes. */
const token =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^"()]+?))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/y;

type Token =
  | { readonly kind: 'test'; readonly rule: Rule }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'end' };

/**
 * Reads the rule of a composite alarm.
 *
 * Trap: CloudWatch does not document whether AND binds tighter than OR, so a rule that mixes them without parentheses
 * is refused instead of read in one of two ways. An alarm's ARN stands for its name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function parseRule(source: string): Rule {
  const tokens = tokensOf(source);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end' };
  const takes = (text: string): boolean => {
    const current = peek();
    if (current.kind !== 'word' || current.text !== text) return false;
    position += 1;
    return true;
  };

  function combined(): Rule {
    const first = single();
    const word = takes('AND') ? 'AND' : takes('OR') ? 'OR' : undefined;
    if (!word) return first;
    const rules = [first, single()];
    while (takes(word)) rules.push(single());
    if (takes('AND') || takes('OR'))
      throw new UnsupportedError(`AND and OR are mixed without parentheses in the rule ${source}`);
    return { kind: word === 'AND' ? 'and' : 'or', rules };
  }

  function single(): Rule {
    if (takes('NOT')) return { kind: 'not', rule: single() };
    if (takes('TRUE')) return { kind: 'constant', value: true };
    if (takes('FALSE')) return { kind: 'constant', value: false };
    if (takes('(')) {
      const inner = combined();
      if (!takes(')')) throw new UnsupportedError(`a parenthesis is not closed in the rule ${source}`);
      return inner;
    }
    const current = peek();
    if (current.kind !== 'test') throw new UnsupportedError(`a condition is missing in the rule ${source}`);
    position += 1;
    return current.rule;
  }

  const whole = combined();
  if (peek().kind !== 'end') throw new UnsupportedError(`two conditions stand side by side in the rule ${source}`);
  return whole;
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const refuse = (unread: string): never => {
    throw new UnsupportedError(`cannot read ${unread} in the rule ${source}`);
  };
  for (const [, state, quoted, bare, word, parenthesis] of scan(source, token, refuse)) {
    const name = quoted ?? bare;
    if (state && name)
      tokens.push({ kind: 'test', rule: { kind: 'state', state: state as AlarmState, alarm: alarmNameOf(name) } });
    else tokens.push({ kind: 'word', text: word ?? parenthesis ?? '' });
  }
  return tokens;
}

/** The name of an alarm that is referred to by its name or its ARN. */
export function alarmNameOf(reference: string): string {
  return reference.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, '');
}

/** The names of the alarms that a rule asks about. */
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

/** Whether a rule holds. A composite alarm is in ALARM while it does, and otherwise OK. */
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
