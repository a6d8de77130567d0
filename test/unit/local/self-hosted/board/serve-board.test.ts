import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoardPage } from '../../../../../local/self-hosted/board/page.ts';
import { isOwnHost, type ServedBoard, serveBoard } from '../../../../../local/self-hosted/board/serve-board.ts';
import { samplePage } from '../../../../support/sample-page.ts';

let page: BoardPage;
let board: ServedBoard;
let health: { readonly status: 'ok' | 'unhealthy' } = { status: 'ok' };

beforeAll(async () => {
  page = samplePage();
  board = await serveBoard({
    ...{ host: '127.0.0.1', port: 0, health: () => health },
    async read(org) {
      if (page.at === 0) throw new RangeError('a text of somebody else');
      return org === undefined || org === 'acme' ? page : { ...page, detail: undefined };
    },
  });
});
afterAll(() => board[Symbol.asyncDispose]());

const get = (path: string, init?: RequestInit) => fetch(new URL(path, board.url), init);

/** fetch does not let anybody choose the Host. */
async function statusFor(host: string, path = '/') {
  const sent = request(new URL(path, board.url), { headers: { host } }).end();
  const [answer] = await Promise.all([
    new Promise<import('node:http').IncomingMessage>((resolve) => sent.once('response', resolve)),
  ]);
  await text(answer);
  return answer.statusCode;
}

describe('the server of the board', () => {
  it('serves the pages, the stylesheet and the script', async () => {
    const types = await Promise.all(
      ['/', '/orgs/acme', '/board.css', '/live.js'].map(async (path) => {
        const answer = await get(path);
        await answer.text();
        return [answer.status, answer.headers.get('content-type')?.split(';')[0]];
      }),
    );
    expect(types).toEqual([
      [200, 'text/html'],
      [200, 'text/html'],
      [200, 'text/css'],
      [200, 'text/javascript'],
    ]);
  });

  it('lets a page load nothing but its own files, and be framed by nobody', async () => {
    const policy = (await get('/')).headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy?.join()).not.toMatch(/unsafe|\*|http/);
  });

  it('answers nobody who calls this machine by another name, so that no page of others can read it', async () => {
    for (const path of ['/', '/events/', '/board.css'])
      expect([path, await statusFor('evil.example', path)]).toEqual([path, 403]);
    expect(await statusFor('localhost:1234')).toBe(200);
    expect(await statusFor('evil.example', '/health')).toBe(200);
  });

  it('knows addresses, localhost and its own name', () => {
    for (const host of ['127.0.0.1:80', '[::1]:80', '192.168.0.7', 'localhost', 'Monitor:8080'])
      expect([host, isOwnHost(host, 'monitor')]).toEqual([host, true]);
    for (const host of [undefined, '', 'evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'a b'])
      expect([host, isOwnHost(host, 'monitor')]).toEqual([host, false]);
  });

  it('changes nothing', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await get('/', { method });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
  });

  it('has no page of an org that it does not know, and no other file', async () => {
    for (const path of ['/orgs/nobody', '/orgs/%E0%A4%A', '/orgs/', '/live.ts', '/..%2fpackage.json', '/events'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('says whether runs are on time', async () => {
    expect((await get('/health')).status).toBe(200);
    health = { status: 'unhealthy' };
    const worse = await get('/health');
    expect([worse.status, await worse.json()]).toEqual([503, { status: 'unhealthy' }]);
  });

  it('sends the page at once, and again when it has changed', async () => {
    const { body } = await get('/events/');
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => {
      let received = '';
      while (!received.endsWith('\n\n'))
        received += (await reader?.read())?.value ?? expect.fail('the stream has ended');
      const [event, data = ''] = received.trimEnd().split('\ndata: ');
      return [event, JSON.parse(data)];
    };
    expect(await next()).toEqual(['event: page', expect.stringContaining('All well: 3 checks pass.')]);
    // Nothing has changed, so nothing is sent.
    await board.changed();
    page = samplePage({ isFailing: true });
    await board.changed();
    expect(await next()).toEqual(['event: page', expect.stringContaining('Okta must act')]);
    await reader?.cancel();
  });

  it('sends a stream of events with the headers of a page, and stores nothing', async () => {
    const { headers, body } = await get('/events/');
    await body?.cancel();
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe((await get('/')).headers.get('content-security-policy'));
  });

  it('has 50 places for viewers, of which one that goes leaves its own, and a HEAD takes none', async () => {
    const own = await serveBoard({ host: '127.0.0.1', port: 0, read: async () => page });
    await using _ = own;
    const open = (method = 'GET') => fetch(new URL('/events/', own.url), { method });
    for (let count = 0; count < 60; count += 1) {
      const { status, body } = await open('HEAD');
      expect([status, body]).toEqual([200, null]);
    }
    const viewers = [];
    for (let count = 0; count < 50; count += 1) viewers.push(await open());
    expect(viewers.map(({ status }) => status)).toEqual(viewers.map(() => 200));
    const refused = await open();
    // A stream would have no end to wait for.
    expect(refused.status).toBe(503);
    expect(await refused.text()).toBe('Too many pages are open.\n');
    await viewers[0]?.body?.cancel();
    // The server learns that a connection has closed by itself.
    let again = await open();
    while (again.status === 503) {
      await again.text();
      again = await open();
    }
    expect(again.status).toBe(200);
  });

  it('ends the stream of a viewer who never reads', async () => {
    const sample = samplePage();
    let shown = 0;
    const own = await serveBoard({
      ...{ host: '127.0.0.1', port: 0 },
      async read() {
        shown += 1;
        const entry = { kind: 'message', id: '1', at: shown, route: 'page', subject: 's', deliveries: [] } as const;
        const timeline = [{ ...entry, text: `${shown} ${'x'.repeat(1_000_000)}` }];
        return { ...sample, detail: sample.detail && { ...sample.detail, timeline } };
      },
    });
    await using _ = own;
    const sent = request(new URL('/events/orgs/acme', own.url)).end();
    const answer = await new Promise<import('node:http').IncomingMessage>((resolve) => sent.once('response', resolve));
    const ended = new Promise((resolve) => answer.once('error', resolve).once('close', resolve));
    answer.pause();
    for (let change = 0; change < 40; change += 1) await own.changed();
    answer.resume();
    await ended;
    expect(answer.complete).toBe(false);
  });

  it('says by its name alone which error hides the board', async () => {
    const before = page;
    page = { at: 0, orgs: [] };
    const answer = await get('/');
    page = before;
    expect([answer.status, await answer.text()]).toEqual([500, 'The board cannot be read: RangeError.\n']);
  });
});
