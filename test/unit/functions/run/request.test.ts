import { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { openBuffer, sendRequest } from '../../../../functions/run/request.ts';

describe('a body that arrives in pieces', () => {
  it('takes at most twice its size in memory, however small they are', () => {
    const { append, bytes, capacity } = openBuffer(2 * 1024 * 1024);
    for (let piece = 0; piece < 50_000; piece += 1) append(Uint8Array.of(piece % 256));
    expect(bytes()).toEqual(Uint8Array.from({ length: 50_000 }, (_, index) => index % 256));
    expect(capacity()).toBeLessThanOrEqual(2 * 50_000);
  });

  it('is refused beyond the limit of bytes, up to which it is whole', () => {
    const { append, bytes, capacity } = openBuffer(10_000);
    expect(append(new Uint8Array(9_999).fill(1))).toBe(true);
    expect(append(Uint8Array.of(2, 3))).toBe(false);
    expect(append(Uint8Array.of(2))).toBe(true);
    expect([bytes().length, bytes().at(-1), capacity()]).toEqual([10_000, 2, 10_000]);
  });

  it('is refused beyond a number of pieces, also of empty ones', () => {
    const { append } = openBuffer(2 * 1024 * 1024);
    let pieces = 0;
    while (append(new Uint8Array(0))) pieces += 1;
    expect(pieces).toBe(100_000);
  });

  it('is copied piece by piece, so that no piece is kept', async () => {
    const piece = new Uint8Array(1);
    const dispatcher = new (class extends Dispatcher {
      override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
        const controller = { abort: () => {} } as unknown as Dispatcher.DispatchController;
        handler.onRequestStart?.(controller, null);
        handler.onResponseStart?.(controller, 200, {});
        for (const byte of [1, 2, 3]) handler.onResponseData?.(controller, Buffer.from(piece.fill(byte).buffer));
        handler.onResponseEnd?.(controller, {});
        return true;
      }
    })();
    const request = { origin: 'https://acme.okta.com', path: '/', method: 'GET' } as const;
    const limits = { signal: new AbortController().signal, headersMs: 10_000, bodyMs: 10_000, maxBytes: 10 };
    expect([...(await sendRequest({ dispatcher, socket: undefined }, request, limits).body)]).toEqual([1, 2, 3]);
  });
});
