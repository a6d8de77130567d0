import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Redacted } from '../../../../functions/runtime/redacted.ts';
import { parseSecret } from '../../../../functions/runtime/secrets.ts';

describe('a redacted value', () => {
  const secret = new Redacted({ clientSecret: 'canary' });

  it.each([
    ['in a template string', `${secret}`],
    ['as JSON', JSON.stringify({ secret })],
    ['in the debugger', inspect({ secret }, { depth: 9, showHidden: true })],
    ['formatted for a console', format('%s %o %O %j', secret, secret, secret, secret)],
    ['spread into another object', JSON.stringify({ ...secret })],
    ['in an error', String(new Error(String(secret)))],
  ])('is withheld %s', (_, printed) => {
    expect(printed).not.toContain('canary');
  });

  it('is had by asking for it', () => {
    expect(secret.reveal()).toEqual({ clientSecret: 'canary' });
  });
});

describe('a secret that is not a JSON object', () => {
  it.each(['canary', '"canary"', '["canary"]', 'null', ''])('is refused without being quoted: %s', (text) => {
    expect(() => parseSecret('acme/key', text)).toThrow(/^secret "acme\/key": its value is not (a )?JSON/);
    expect(() => parseSecret('acme/key', text)).not.toThrow(/canary/);
  });
});
