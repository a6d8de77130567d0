import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetsIn, type PageAsset, whyNotLoaded } from '../../../../functions/okta/page-assets.ts';

const base = 'https://acme.okta.com/oauth2/v1/authorize';
const urlsIn = (html: string) => assetsIn(html, base).map(({ url }) => url.href);

describe('the scripts and styles of a page', () => {
  it('are those that a browser loads, in their order, with absolute URLs', () => {
    const html = `<link rel="preload stylesheet" href="/a.css"><link rel="icon" href="/b.ico">
      <script>inline()</script><SCRIPT SRC="//cdn.example.com/c.js?v=1" integrity="sha256-x"></SCRIPT><img src="/d.png">`;
    expect(assetsIn(html, base).map(({ kind, url, integrity }) => [kind, url.href, integrity])).toEqual([
      ['style', 'https://acme.okta.com/a.css', undefined],
      ['script', 'https://cdn.example.com/c.js?v=1', 'sha256-x'],
    ]);
  });

  it.each([
    'http://cdn.example.com/a.js',
    'data:text/javascript,1',
    'javascript:1',
    'https://user:pw@example.com/a.js',
    '',
    'https://[',
  ])('are none for the address "%s"', (src) => {
    expect(urlsIn(`<script src="${src}"></script>`)).toEqual([]);
  });

  it('are at most twenty, however many a page names', () => {
    expect(urlsIn('<script src="/a.js"></script>'.repeat(1_000))).toHaveLength(20);
  });

  it('are read from any text without an error', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('<script src="', '<link rel=stylesheet href=', '">', '/>', '<', '\0'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        for (const url of urlsIn(parts.join(''))) expect(url).toMatch(/^https:\/\//);
      }),
    );
  });
});

describe('an asset', () => {
  const bytes = new TextEncoder().encode('window.loaded = true');
  const hash = (name: string, content: Uint8Array = bytes) =>
    `${name}-${createHash(name).update(content).digest('base64')}`;
  const wrong = (name: string) => hash(name, new Uint8Array([1]));
  const why = (integrity: string | undefined, change: { status?: number; mediaType?: string | null } = {}) => {
    const asset: PageAsset = { kind: 'script', url: new URL(base), ...(integrity !== undefined && { integrity }) };
    return whyNotLoaded(asset, { status: 200, mediaType: 'text/javascript; charset=utf-8', bytes, ...change });
  };

  it.each(['text/javascript', 'application/javascript', 'application/x-javascript;charset=UTF-8'])(
    'of the type %s loads',
    (mediaType) => {
      expect(why(undefined, { mediaType })).toBeUndefined();
    },
  );

  it.each(['text/html', 'application/json', 'text/css', null])(
    'of the type %s does not load as a script',
    (mediaType) => {
      expect(why(undefined, { mediaType })).toBe('its content type is not that of a script');
    },
  );

  it.each([404, 204, 302, 500])('with status %i does not load', (status) => {
    expect(why(undefined, { status })).toBe(`status ${status}`);
  });

  it.each([
    ['its hash', hash('sha256')],
    ['one of two hashes', `${wrong('sha384')} ${hash('sha384')}`],
    ['the strongest hash, and a weaker one that is wrong', `${wrong('sha256')} ${hash('sha512')}`],
    ['its hash with options', `${hash('sha256')}?ct=x`],
    ['no hash that browsers know', 'md5-abc'],
    ['an empty value', ''],
  ])('loads with %s', (_, integrity) => {
    expect(why(integrity)).toBeUndefined();
  });

  it.each([
    ['another hash', wrong('sha256')],
    ['a strongest hash that is wrong, and a weaker one that fits', `${hash('sha256')} ${wrong('sha512')}`],
  ])('does not load with %s', (_, integrity) => {
    expect(why(integrity)).toContain('another hash');
  });
});
