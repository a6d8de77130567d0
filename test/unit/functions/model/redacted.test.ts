import { deepStrictEqual } from 'node:assert';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { parseSecret } from '../../../../functions/aws/secrets.ts';
import { Redacted } from '../../../../functions/model/redacted.ts';

/** Every way in which a value is shown to people or copied, by accident. */
const shownIn: readonly (readonly [string, (secret: Redacted<unknown>) => unknown])[] = [
  ['a template string', (secret) => `${secret}`],
  ['a text that it is added to', (secret) => `text: ${[secret]}`],
  ['JSON', (secret) => JSON.stringify({ secret })],
  ['debugger output', (secret) => inspect(secret)],
  [
    'debugger output, with what is hidden',
    (secret) => inspect({ secret }, { depth: 9, showHidden: true, getters: true }),
  ],
  ['debugger output that is not customized', (secret) => inspect(secret, { customInspect: false, showHidden: true })],
  ['debugger output of many', (secret) => inspect(new Map([[secret, new Set([secret])]]), { depth: 9 })],
  ['formatted console output', (secret) => format('%s %o %O %j %d %i', secret, secret, secret, secret, secret, secret)],
  ['console output without a format', (secret) => format(secret, { secret }, [secret])],
  ['an object that it is spread into', (secret) => JSON.stringify({ ...secret })],
  ['its members', (secret) => JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret)])],
  ['a copy', (secret) => inspect(structuredClone(secret), { showHidden: true })],
  ['its bytes', (secret) => serialize(secret).toString('latin1')],
  ['an error message', (secret) => String(new Error(String(secret)))],
  ['the cause of an error', (secret) => inspect(new Error('failed', { cause: secret }), { depth: 9 })],
  ['a member of an error', (secret) => inspect(Object.assign(new Error('failed'), { secret }), { depth: 9 })],
  ['a message of a failed assertion', (secret) => messageOf(() => deepStrictEqual({ secret }, { secret: 1 }))],
];

function messageOf(fail: () => void): string {
  try {
    fail();
  } catch (error) {
    return inspect(error, { depth: 9 });
  }
  throw new Error('it did not fail');
}

describe('a redacted value', () => {
  const secret = new Redacted({ clientSecret: 'canary' });

  it.each(shownIn)('is not in %s, whether it is a text or an object', (_, show) => {
    for (const value of ['canary', { clientSecret: 'canary' }, ['canary'], new Map([['canary', 'canary']])])
      expect(String(show(new Redacted(value)))).not.toContain('canary');
  });

  it('says that it is redacted where a value would be shown', () => {
    for (const each of [secret, new Redacted('canary')]) {
      const texts = [
        `${each}`,
        inspect(each),
        JSON.parse(JSON.stringify(each)),
        format('%s', each),
        format('%O', each),
      ];
      expect(texts).toEqual(Array(5).fill('[redacted]'));
    }
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
