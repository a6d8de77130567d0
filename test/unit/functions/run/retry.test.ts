import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../../functions/model/errors.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import { deadlineIn } from '../../../../functions/run/deadline.ts';
import { retryOnce } from '../../../../functions/run/retry.ts';

const exchange: Exchange = { method: 'POST', url: 'https://acme.okta.com/oauth2/v1/token', at: '', phases: {} };

describe('a request whose answer breaks off', () => {
  it.each([
    [undefined, 2],
    [200, 2],
    [400, 1],
    [401, 1],
    [429, 1],
    [499, 1],
    [500, 2],
  ])('with status %j is sent %i times', async (status, times) => {
    let attempts = 0;
    await retryOnce(
      async () => {
        attempts += 1;
        const error = TransportError.from({ code: 'ECONNRESET' }, 'POST');
        return { error, exchanges: [{ ...exchange, ...(status && { status }) }] };
      },
      0,
      deadlineIn(60_000),
    );
    expect(attempts).toBe(times);
  });
});
