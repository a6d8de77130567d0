import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../../functions/model/errors.ts';

/** The error of a host whose addresses failed with these codes, as Node.js makes it. */
function addressesFailed(codes: readonly string[]): Error {
  const parts = codes.map((code) => Object.assign(new Error(code), { code }));
  return Object.assign(new AggregateError(parts), { code: codes[0] });
}

describe('a host of which no address can be reached', () => {
  it.each([
    [['EADDRNOTAVAIL', 'ETIMEDOUT'], 'ETIMEDOUT'],
    [['EAFNOSUPPORT', 'ETIMEDOUT'], 'ETIMEDOUT'],
    [['ETIMEDOUT', 'EADDRNOTAVAIL'], 'ETIMEDOUT'],
    [['EPERM', 'EAFNOSUPPORT', 'ECONNREFUSED'], 'ECONNREFUSED'],
    [['ENETUNREACH', 'ECONNREFUSED'], 'ECONNREFUSED'],
    [['ECONNRESET', 'ETIMEDOUT'], 'ECONNRESET'],
    [['EADDRNOTAVAIL', 'ENETUNREACH'], 'ENETUNREACH'],
    [['EADDRNOTAVAIL', 'EADDRNOTAVAIL'], 'EADDRNOTAVAIL'],
    [['EMFILE'], 'EMFILE'],
  ])('failed as the address did that says the most: %j', (codes, code) => {
    expect(TransportError.from(addressesFailed(codes), 'GET').code).toBe(code);
    const wrapped = Object.assign(new TypeError('fetch failed'), { cause: addressesFailed(codes) });
    expect(TransportError.from(wrapped, 'GET').code).toBe(code);
  });
});
