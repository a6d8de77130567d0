import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Redacted } from '../../../../functions/runtime/redacted.ts';
import { parseSecret } from '../../../../functions/runtime/secrets.ts';

describe('a redacted value', () => {
  const secret = new Redacted({ clientSecret: 'canary' });

  it.each([
    ['a template string', `${secret}`],
    ['JSON', JSON.stringify({ secret })],
    ['debugger output', inspect({ secret }, { depth: 9, showHidden: true })],
    ['formatted console output', format('%s %o %O %j', secret, secret, secret, secret)],
    ['an object that it is spread into', JSON.stringify({ ...secret })],
    ['an error message', String(new Error(String(secret)))],
  ])('does not reveal a redacted value in %s', (_, printed) => {
    expect(printed).not.toContain('canary');
  });

  it('returns a redacted value from reveal()', () => {
    expect(secret.reveal()).toEqual({ clientSecret: 'canary' });
  });
});

describe('a secret that is not a JSON object', () => {
  it.each(['canary', '"canary"', '["canary"]', 'null', ''])(
    'rejects a secret that is not a JSON object without quoting it: %s',
    (text) => {
      expect(() => parseSecret('acme/key', text)).toThrow(/^secret "acme\/key": its value is not (a )?JSON/);
      expect(() => parseSecret('acme/key', text)).not.toThrow(/canary/);
    },
  );
});
