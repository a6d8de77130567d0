import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoardPage } from '../../../../local/board/page.ts';
import { isOwnHost, type ServedBoard, serveBoard } from '../../../../local/board/serve-board.ts';
import { samplePage } from '../../../support/sample-page.ts';

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

  it('says by its name alone which error hides the board', async () => {
    const before = page;
    page = { at: 0, orgs: [] };
    const answer = await get('/');
    page = before;
    expect([answer.status, await answer.text()]).toEqual([500, 'The board cannot be read: RangeError.\n']);
  });
});
