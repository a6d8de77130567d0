import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { alarmsIn, holds, parseRule, type Rule } from '../src/composite-rule.ts';
import { type AlarmState, alarmStates, UnsupportedError } from '../src/index.ts';

const states: Readonly<Record<string, AlarmState>> = {
  firing: 'ALARM',
  'okta/acme failing (2)': 'ALARM',
  fine: 'OK',
  unknown: 'INSUFFICIENT_DATA',
};
const stateOf = (name: string): AlarmState => states[name] ?? 'OK';

test.each<[string, boolean]>([
  ['ALARM(firing)', true],
  ['ALARM("firing")', true],
  ['ALARM( "okta/acme failing (2)" )', true],
  ['ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:firing)', true],
  ['ALARM(fine)', false],
  ['OK(fine)', true],
  ['INSUFFICIENT_DATA("unknown")', true],
  ['TRUE', true],
  ['FALSE', false],
  ['ALARM(firing) AND NOT ALARM(fine)', true],
  ['NOT ALARM(firing) OR ALARM(fine)', false],
  ['NOT (ALARM(firing) OR ALARM(fine))', false],
  ['(ALARM(firing) OR ALARM(fine)) AND OK(fine)', true],
  ['(ALARM(firing)\n OR ALARM(fine)) AND OK(firing)', false],
  ['ALARM(firing) OR (ALARM(fine) AND FALSE) OR FALSE', true],
  ['TRUE AND TRUE AND NOT NOT TRUE', true],
])('the rule %s is %s', (rule, expected) => {
  expect(holds(parseRule(rule), stateOf)).toBe(expected);
});

describe('an invalid rule', () => {
  it.each([
    ['ALARM(a) OR ALARM(b) AND OK(c)', 'AND and OR are mixed without parentheses'],
    ['ALARM(a) OK(b)', 'unexpected text follows a condition'],
    ['(ALARM(a)))', 'unexpected text follows a condition'],
    ['(ALARM(a)', 'a parenthesis is not closed'],
    ['ALARM(a) AND', 'a condition is missing'],
    ['', 'a condition is missing'],
    ['ALARM()', 'cannot read ALARM()'],
    ['AT_LEAST(2, ALARM, (a, b))', 'cannot read AT_LEAST'],
    ['alarm(a)', 'cannot read alarm(a)'],
    ['TRUEISH', 'cannot read TRUEISH'],
  ])('rejects the rule "%s": %s', (rule, message) => {
    expect(() => parseRule(rule)).toThrow(UnsupportedError);
    expect(() => parseRule(rule)).toThrow(message);
  });
});

const { rule: rules } = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      kind: fc.constant('state' as const),
      state: fc.constantFrom(...alarmStates),
      alarm: fc.constantFrom(...Object.keys(states)),
    }),
    fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant('not' as const), rule: tie('rule') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      rules: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

function format(rule: Rule): string {
  if (rule.kind === 'state') return `${rule.state}("${rule.alarm}")`;
  if (rule.kind === 'constant') return rule.value ? 'TRUE' : 'FALSE';
  if (rule.kind === 'not') return `NOT ${format(rule.rule)}`;
  return `(${rule.rules.map(format).join(` ${rule.kind.toUpperCase()} `)})`;
}

it('parses every formatted rule back to the same rule, with the same alarms', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      expect(parseRule(format(rule))).toEqual(rule);
      for (const name of alarmsIn(rule)) expect(Object.keys(states)).toContain(name);
    }),
  );
});
