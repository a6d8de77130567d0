import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from '../../../../../local/emulators/aws/filter-pattern.ts';

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
  ])('%s asked of %j says %s', (pattern, document, expected) => {
    expect(matches(pattern, document)).toBe(expected);
  });

  it('never matches a line that is no JSON, or no object', () => {
    for (const line of ['', 'org acme', '{"org":"acme"', 'null', '"acme"', '7']) {
      expect(matches('{ $.org = "acme" }', line)).toBe(false);
    }
  });

  it.each([
    ['', 'nothing'],
    ['ERROR', 'words'],
    ['{ }', 'no condition'],
    ['{ $.a = "1"', 'no end'],
    ['{ $.a = "1" } x', 'more behind the end'],
    ['{ ($.a = "1" }', 'an open parenthesis'],
    ['{ $.a = "1" && }', 'half a conjunction'],
    ['{ $.a = "1" && $.b = "2" || $.c = "3" }', 'two operators at one level'],
    ['{ $.a != "1" }', 'another comparison'],
    ['{ $.a = 1 }', 'a number'],
    ['{ $.a = "x*" }', 'a wildcard'],
    ['{ $.a[0] = "1" }', 'an index'],
    ['{ a = "1" }', 'no selector'],
    ['{ $.a IS NULL }', 'an operator in words'],
  ])('of another kind is refused rather than misread: %s has %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow('InvalidParameterException');
  });
});
