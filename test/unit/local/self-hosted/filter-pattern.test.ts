import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from '../../../../local/self-hosted/aws-emulator/logs.ts';

const matches = (pattern: string, document: unknown) =>
  parseFilterPattern(pattern)(typeof document === 'string' ? document : JSON.stringify(document));

describe('a filter pattern', () => {
  it.each<[string, object, boolean]>([
    ['{ $.org = "acme" }', { org: 'acme' }, true],
    ['{ $.org = "acme" }', { org: 'acme2' }, false],
    ['{ $.org = "acme" }', {}, false],
    ['{$.org="acme"}', { org: 'acme' }, true],
    ['{ $.record.status = "timeout" }', { record: { status: 'timeout' } }, true],
    ['{ $.record.status = "timeout" }', { record: 'timeout' }, false],
    ['{ $.a = "1" && $.b = "2" }', { a: '1', b: '2' }, true],
    ['{ $.a = "1" && $.b = "2" }', { a: '1', b: '3' }, false],
    ['{ $.a = "1" || $.b = "2" || $.c = "3" }', { c: '3' }, true],
    ['{ ($.a = "1") && ($.b = "2" || $.b = "3") }', { a: '1', b: '3' }, true],
    ['{ ($.a = "1") && ($.b = "2" || $.b = "3") }', { a: '2', b: '3' }, false],
    ['{ (($.a = "1")) }', { a: '1' }, true],
    ['{ $.a = "say \\"no\\"" }', { a: 'say "no"' }, true],
  ])('the filter pattern %s on %j returns %s', (pattern, document, expected) => {
    expect(matches(pattern, document)).toBe(expected);
  });

  it('never matches a line that is not a JSON object', () => {
    for (const line of ['', 'org acme', '{"org":"acme"', 'null', '"acme"', '7']) {
      expect(matches('{ $.org = "acme" }', line)).toBe(false);
    }
  });

  it.each([
    ['', 'is empty'],
    ['ERROR', 'is a search term'],
    ['{ }', 'has no condition'],
    ['{ $.a = "1"', 'has no closing brace'],
    ['{ $.a = "1" } x', 'continues after the closing brace'],
    ['{ ($.a = "1" }', 'has an unclosed parenthesis'],
    ['{ $.a = "1" && }', 'ends with an operator'],
    ['{ $.a = "1" && $.b = "2" || $.c = "3" }', 'mixes two operators'],
    ['{ $.a != "1" }', 'has another comparison operator'],
    ['{ $.a = 1 }', 'compares with a number'],
    ['{ $.a = "x*" }', 'has a wildcard'],
    ['{ $.a[0] = "1" }', 'has an array index'],
    ['{ a = "1" }', 'has no selector'],
    ['{ $.a IS NULL }', 'has a keyword operator'],
  ])('rejects the filter pattern "%s", which %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow('InvalidParameterException');
  });
});
