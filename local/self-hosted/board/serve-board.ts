import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { type Journal, noJournal } from '../journal.ts';
import type { BoardPage } from './page.ts';
import { renderDocument, renderMain } from './render-page.ts';
import { boardStyles } from './styles.ts';

export interface BoardOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Reads what a page shows: that of one org, or that of all. */
  readonly read: (org?: string) => Promise<BoardPage>;
  /** What `/health` answers. Without it there is none. */
  readonly health?: () => { readonly status: 'ok' | 'unhealthy' };
  /** Called when somebody opens a page. */
  readonly onView?: () => void;
}

export interface ServedBoard extends AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Says that there is something new. Whoever looks gets it; resolves when it is sent. */
  changed(): Promise<void>;
}

/**
 * The browser loads nothing but this server's own stylesheet and script, sends nothing anywhere, and runs no script in the
 * markup. https://www.w3.org/TR/CSP3/
 */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Each viewer holds a connection. */
const mostViewers = 50;

/** A page changes about once a minute. */
const mostSkipped = 10;

const script = readFileSync(new URL('live.js', import.meta.url), 'utf8');

interface Viewer {
  readonly org: string | undefined;
  readonly response: ServerResponse;
  shown: string;
  /** How many pages it has not got in a row, because it did not read those before. */
  skipped: number;
}

/**
 * Serves the board: pages, their stylesheet and script, and their changes as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Trap: a page of somebody else's can have a name of theirs point to this machine, and read what is served here as its own.
 * So a request whose Host is a name is refused, unless it is `localhost` or the name given as `host`.
 */
export async function serveBoard({ host, port, read, health, onView }: BoardOptions): Promise<ServedBoard> {
  const viewers = new Set<Viewer>();
  let isChanged = false;
  let sending: Promise<void> | undefined;

  async function send(viewer: Viewer, pages: Map<string | undefined, Promise<string>>): Promise<void> {
    const page = pages.get(viewer.org) ?? read(viewer.org).then((each) => renderMain(each).toString());
    pages.set(viewer.org, page);
    const markup = await page;
    if (markup === viewer.shown || viewer.response.destroyed) return;
    // A slow viewer gets the latest page once it has read the one before. One that never reads loses its place.
    if (viewer.response.writableNeedDrain) {
      viewer.skipped += 1;
      if (viewer.skipped > mostSkipped) viewer.response.destroy();
      return;
    }
    Object.assign(viewer, { shown: markup, skipped: 0 });
    viewer.response.write(`event: page\ndata: ${JSON.stringify(markup)}\n\n`);
  }

  /** A change during another one is sent after it, with all others until then. */
  async function sendAll(): Promise<void> {
    while (isChanged) {
      isChanged = false;
      const pages = new Map<string | undefined, Promise<string>>();
      await Promise.all([...viewers].map((viewer) => send(viewer, pages).catch(() => viewer.response.destroy())));
    }
    sending = undefined;
  }

  function changed(): Promise<void> {
    isChanged = true;
    sending ??= sendAll();
    return sending;
  }

  async function addViewer(org: string | undefined, response: ServerResponse, isHead: boolean): Promise<void> {
    if (viewers.size >= mostViewers) {
      answer(response, 503, 'text/plain', 'Too many pages are open.\n');
      return;
    }
    response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
    if (isHead) {
      response.end();
      return;
    }
    const viewer: Viewer = { org, response, shown: '', skipped: 0 };
    response.on('close', () => viewers.delete(viewer));
    response.on('drain', changed);
    viewers.add(viewer);
    await changed();
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      answer(response, 405, 'text/plain', 'Nothing can be changed here.\n');
      return;
    }
    // It says nothing of Okta, and a container is asked by a name.
    if (path === '/health' && health) {
      const found = health();
      answer(response, found.status === 'ok' ? 200 : 503, 'application/json', `${JSON.stringify(found)}\n`);
      return;
    }
    if (!isOwnHost(request.headers.host, host)) {
      answer(response, 403, 'text/plain', 'Use the address of this machine, or localhost.\n');
      return;
    }
    if (path === '/board.css') return answer(response, 200, 'text/css', boardStyles);
    if (path === '/live.js') return answer(response, 200, 'text/javascript', script);
    const [, isEvents, name] = /^(\/events)?\/(?:orgs\/([^/]+))?$/.exec(path) ?? [];
    const org = name === undefined ? undefined : decode(name);
    if (path !== '/' && isEvents === undefined && org === undefined) return notFound(response);
    const page = await read(org);
    if (org !== undefined && !page.detail) return notFound(response);
    const isHead = request.method === 'HEAD';
    if (!isHead) onView?.();
    if (isEvents !== undefined) return await addViewer(org, response, isHead);
    answer(response, 200, 'text/html', renderDocument(page, `/events${path}`));
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      // The message of an error may quote anything.
      const name = error instanceof Error ? error.name : 'error';
      if (response.headersSent) response.destroy();
      else answer(response, 500, 'text/plain', `The board cannot be read: ${name}.\n`);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    changed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...securityHeaders, 'content-type': `${type}; charset=utf-8` });
  response.end(body);
}

function notFound(response: ServerResponse): void {
  answer(response, 404, 'text/plain', 'There is no such page.\n');
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** Whether a Host header is an address, `localhost` or the name that the server was given (RFC 9110, 7.2). */
export function isOwnHost(header: string | undefined, own: string): boolean {
  const name = URL.parse(`http://${header ?? ''}`)?.hostname ?? '';
  return isIP(name.replace(/^\[|\]$/g, '')) > 0 || name === 'localhost' || name === own.toLowerCase();
}

/** Reading the page takes time, and many runs end together. */
const delayMs = 500;

/** Tells a board, once there is one, that it has changed. */
export function boardJournal(board: () => ServedBoard | undefined, onRun: Journal['onRun'] = () => {}): Journal {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    if (timer) return;
    // Later, so that what changed has been kept, and once for many.
    timer = setTimeout(() => {
      timer = undefined;
      board()?.changed();
    }, delayMs).unref();
  };
  return {
    ...noJournal,
    onRun(run) {
      onRun(run);
      changed();
    },
    onMessage: changed,
    onEvaluated: changed,
  };
}
