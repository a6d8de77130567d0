import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import { expect, it } from 'vitest';
import { oneTimeCode, readBase32 } from '../../../../functions/journey/one-time-code.ts';

const rfcKey = Buffer.from('12345678901234567890');

it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code at second %d is the last six digits of the example in RFC 6238', (second, code) => {
  expect(oneTimeCode(rfcKey, second * 1000).code).toBe(code);
});

it('the code is that of another implementation, for any key and time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 40 }), fc.integer({ min: 0, max: 4e12 }), (bytes, at) => {
      const secret = new Secret({ buffer: new Uint8Array(bytes).buffer });
      const key = readBase32(secret.base32);
      expect(key && oneTimeCode(key, at).code).toBe(new TOTP({ secret }).generate({ timestamp: at }));
    }),
  );
});

it('a key may be written as people copy it', () => {
  const plain = readBase32('JBSWY3DPEHPK3PXP');
  for (const text of ['jbsw y3dp ehpk 3pxp', 'JBSW-Y3DP-EHPK-3PXP', 'JBSWY3DPEHPK3PXP======'])
    expect(readBase32(text)).toEqual(plain);
});

it('a text that is no key is refused: a code, a URL, a short one', () => {
  for (const text of ['', '123456', 'otpauth://totp/acme?secret=JBSWY3DPEHPK3PXP', 'JBSWY3DP', '0189'.repeat(5)])
    expect(readBase32(text)).toBeUndefined();
});
