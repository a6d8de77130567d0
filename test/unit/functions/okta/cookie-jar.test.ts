import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCookieJar } from '../../../../functions/okta/cookie-jar.ts';

/** Visits pages that set cookies, and returns the cookies that the last visit sent. */
async function visit(
  jar: ReturnType<typeof openCookieJar>,
  ...pages: readonly (readonly [path: string, ...setCookie: readonly string[]])[]
): Promise<string | undefined> {
  let sent: string | undefined;
  for (const [path, ...lines] of pages) {
    await jar.through(async (_, init) => {
      sent = init?.headers?.cookie;
      return new Response(null, { headers: lines.map((line) => ['set-cookie', line]) });
    })(`https://acme.okta.com${path}`);
  }
  return sent;
}

const open = () => openCookieJar(() => Date.UTC(2026, 0, 1));

describe('a cookie jar', () => {
  it('sends what was set, as long as nothing ends it', async () => {
    expect(await visit(open(), ['/a', 'DT=one; Path=/; Secure; HttpOnly', 'idx=two; Path=/'], ['/b'])).toBe(
      'DT=one; idx=two',
    );
    expect(await visit(open(), ['/a', 'idx=two; Path=/'], ['/a', 'idx=; Path=/; Max-Age=0'], ['/b'])).toBe(undefined);
    const past = 'idx=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    expect(await visit(open(), ['/a', 'idx=two; Path=/'], ['/a', past], ['/b'])).toBe(undefined);
    const future = 'idx=two; Path=/; Expires=Fri, 01 Jan 2027 00:00:00 GMT';
    expect(await visit(open(), ['/a', future], ['/b'])).toBe('idx=two');
    // Max-Age counts before Expires.
    expect(await visit(open(), ['/a', `${past}; Max-Age=60`], ['/b'])).toBe('idx=');
  });

  it('sends a cookie to its path only, and the one with the longest path first', async () => {
    const set = ['/idp/idx/identify', 'a=1; Path=/', 'a=2; Path=/idp', 'b=3'] as const;
    expect(await visit(open(), set, ['/idp/idx/challenge'])).toBe('b=3; a=2; a=1');
    expect(await visit(open(), set, ['/idp'])).toBe('a=2; a=1');
    expect(await visit(open(), set, ['/idpx'])).toBe('a=1');
  });

  it('forgets nothing of a copy', async () => {
    const jar = open();
    await visit(jar, ['/', 'idx=two; Path=/']);
    const copy = jar.copy();
    await visit(jar, ['/', 'idx=; Path=/; Max-Age=0']);
    expect([jar.has('idx'), copy.has('idx')]).toEqual([false, true]);
  });

  it('cannot be printed', async () => {
    const jar = open();
    await visit(jar, ['/', 'idx=canary-cookie; Path=/']);
    for (const text of [JSON.stringify(jar), inspect(jar, { depth: 9, showHidden: true }), String(jar)])
      expect(text).not.toContain('canary');
  });

  it('takes any line of any server without failing, and sends nothing that a header may not have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 60 })), async (lines) => {
        const usable = lines.filter((line) => /^[\x20-\x7e]*$/.test(line));
        const sent = await visit(open(), ['/a', ...usable], ['/a']);
        expect(sent ?? '').toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
