import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ours from '../../../../functions/web/globals.ts';

type HeaderList = Pick<Headers, 'append' | 'delete' | 'entries' | 'get' | 'getSetCookie' | 'has' | 'set'>;

/** What a call returns, or the name of the error that it throws. */
function resultOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return (error as Error).name;
  }
}

const name = fc.oneof(
  fc.constantFrom('Set-Cookie', 'set-cookie', 'Link', 'link', 'X-Rate-Limit-Limit', 'b', '', 'a b', 'ä', 'a:b'),
  fc.string({ maxLength: 8 }),
);
const value = fc.oneof(
  fc.constantFrom('', ' a ', '\ta\r\n', 'a\nb', 'a\0b', 'a\x01b', 'ä', 'é\xff', '€', 'a, b'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

describe("the bundles' Headers do what Node.js's do", () => {
  it('after any changes', () => {
    const change = fc.tuple(fc.constantFrom('append', 'set', 'delete'), name, value);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), name, (changes, asked) => {
        const [theirs, own]: [HeaderList, HeaderList] = [new Headers(), new ours.Headers()];
        for (const [operation, field, content] of changes) {
          const change = (headers: HeaderList) =>
            operation === 'delete' ? headers.delete(field) : headers[operation as 'append' | 'set'](field, content);
          expect(resultOf(() => change(own))).toEqual(resultOf(() => change(theirs)));
        }
        expect([...own.entries()]).toEqual([...theirs.entries()]);
        expect(own.getSetCookie()).toEqual(theirs.getSetCookie());
        expect(resultOf(() => own.get(asked))).toEqual(resultOf(() => theirs.get(asked)));
        expect(resultOf(() => own.has(asked))).toEqual(resultOf(() => theirs.has(asked)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['an object', { Accept: 'a', 'X-B': 'b' }],
    [
      'pairs',
      [
        ['Accept', 'a'],
        ['accept', 'b'],
      ] as [string, string][],
    ],
    ['nothing', undefined],
  ])('made from %s, and from others', (_, init) => {
    const [theirs, own] = [new Headers(init), new ours.Headers(init)];
    expect([...own]).toEqual([...theirs]);
    expect([...new ours.Headers(own)]).toEqual([...new Headers(theirs)]);
    const visited = (headers: Pick<Headers, 'forEach'>) => {
      const fields: string[] = [];
      headers.forEach((content, field) => {
        fields.push(`${field}: ${content}`);
      });
      return fields;
    };
    expect(visited(own)).toEqual(visited(theirs));
  });

  it('and an error shows nothing of the value', () => {
    expect(() => new ours.Headers({ authorization: 'SSWS canary\n-of-a-token' })).toThrow(/^(?!.*canary)/);
  });
});

describe("the bundles' Response does what Node.js's does", () => {
  const readers = ['text', 'json', 'arrayBuffer'] as const;
  /** All that can be asked of a response: before it is read, of a clone, and after it was read once and twice. */
  async function shown(response: Response | ours.Response, reader: (typeof readers)[number]) {
    const read = async (each: Response | ours.Response) => {
      const content: unknown = await each[reader]().catch((error: unknown) => (error as Error).name);
      return content instanceof ArrayBuffer ? [...new Uint8Array(content)] : content;
    };
    const { ok, status, bodyUsed } = response;
    const copy = response.clone();
    return {
      ...{ ok, status, bodyUsed, headers: [...response.headers], isEmpty: response.body === null },
      ...{
        copy: await read(copy),
        first: await read(response),
        usedAfter: response.bodyUsed,
        second: await read(response),
      },
      cloneAfter: resultOf(() => [...response.clone().headers]),
      tag: Object.prototype.toString.call(response),
    };
  }

  it('for any body, however it is read', async () => {
    const body = fc.oneof(
      fc.constant(null),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom('\uFEFF{"a":1}', '', '{"a":').map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.integer({ min: 200, max: 599 }),
        fc.constantFrom(...readers),
        async (content, status, reader) => {
          const bytes = [204, 205, 304].includes(status) ? null : (content as Uint8Array<ArrayBuffer> | null);
          const init = { status, headers: { 'X-Okta-Request-Id': 'a', link: 'b' } };
          expect(await shown(new ours.Response(bytes, init), reader)).toEqual(
            await shown(new Response(bytes, init), reader),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('when what was received is given up', async () => {
    for (const response of [new Response('content'), new ours.Response('content')]) {
      await response.body?.cancel();
      await expect(response.text()).rejects.toThrow(TypeError);
    }
  });
});
