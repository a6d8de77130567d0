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
  /** 0 selects a free port. */
  readonly port: number;
  /** Reads the page of one org, or of all orgs. */
  readonly read: (org?: string) => Promise<BoardPage>;
  /** Returns the body of `/health`. Without it, the path does not exist. */
  readonly health?: () => { readonly status: 'ok' | 'unhealthy' };
  /** Called when a page is opened. */
  readonly onView?: () => void;
}

export interface ServedBoard extends AsyncDisposable {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Sends the changed pages to all viewers. Resolves when they are sent. */
  changed(): Promise<void>;
}

/**
 * Lets the browser load only this server's own stylesheet and script, send nothing anywhere, and run no inline script.
 * https://www.w3.org/TR/CSP3/
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
const maxViewers = 50;

/** A page changes about once a minute. */
const maxSkipped = 10;

const files = new Map([
  ['/board.css', { type: 'text/css', body: boardStyles }],
  ['/live.js', { type: 'text/javascript', body: readFileSync(new URL('live.js', import.meta.url), 'utf8') }],
]);

interface Viewer {
  readonly org: string | undefined;
  readonly response: ServerResponse;
  shown: string;
  /** How many pages in a row were skipped because the client had not read the ones before. */
  skipped: number;
}

/**
 * Serves the board: pages, their stylesheet and script, and their changes as server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * Trap (DNS rebinding): a foreign site can point a name of its own at this machine, and then read these pages as its
 * own origin. So requests whose Host is a name are refused, except for `localhost` and the name given as `host`.
 */
export async function serveBoard(options: BoardOptions): Promise<ServedBoard> {
  const { host, port } = options;
  const board = new BoardServer(options);
  const server = createServer((request, response) => {
    board.respond(request, response).catch((error: unknown) => {
      // Only the error's name: its message may quote anything.
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
    changed: () => board.changed(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The pages of a board, and the viewers who get their changes. */
class BoardServer {
  readonly #options: BoardOptions;
  readonly #viewers = new Set<Viewer>();
  #isChanged = false;
  #sending: Promise<void> | undefined;

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  changed(): Promise<void> {
    this.#isChanged = true;
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return answer(response, 405, 'text/plain', 'Nothing can be changed here.\n');
    }
    const { health, host } = this.#options;
    // Before the check of Host: it tells nothing about Okta, and container runtimes ask for it by a name.
    if (path === '/health' && health) {
      const found = health();
      const status = found.status === 'ok' ? 200 : 503;
      return answer(response, status, 'application/json', `${JSON.stringify(found)}\n`);
    }
    if (!isOwnHost(request.headers.host, host)) {
      return answer(response, 403, 'text/plain', 'Use the address of this machine, or localhost.\n');
    }
    const file = files.get(path);
    if (file) return answer(response, 200, file.type, file.body);
    return this.#respondWithPage(path, response, request.method === 'HEAD');
  }

  async #respondWithPage(path: string, response: ServerResponse, isHead: boolean): Promise<void> {
    const [, isEvents, name] = /^(\/events)?\/(?:orgs\/([^/]+))?$/.exec(path) ?? [];
    const org = name === undefined ? undefined : decode(name);
    if (path !== '/' && isEvents === undefined && org === undefined) return notFound(response);
    const page = await this.#options.read(org);
    if (org !== undefined && !page.detail) return notFound(response);
    if (!isHead) this.#options.onView?.();
    if (isEvents !== undefined) return this.#addViewer(org, response, isHead);
    answer(response, 200, 'text/html', renderDocument(page, `/events${path}`));
  }

  async #addViewer(org: string | undefined, response: ServerResponse, isHead: boolean): Promise<void> {
    if (this.#viewers.size >= maxViewers) return answer(response, 503, 'text/plain', 'Too many pages are open.\n');
    response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
    if (isHead) {
      response.end();
      return;
    }
    const viewer: Viewer = { org, response, shown: '', skipped: 0 };
    response.on('close', () => this.#viewers.delete(viewer));
    response.on('drain', () => this.changed());
    this.#viewers.add(viewer);
    await this.changed();
  }

  /** Sends the pages, and again as long as something changed meanwhile. */
  async #sendAll(): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false;
      const pages = new Map<string | undefined, Promise<string>>();
      await Promise.all(
        [...this.#viewers].map((viewer) => this.#send(viewer, pages).catch(() => viewer.response.destroy())),
      );
    }
    this.#sending = undefined;
  }

  async #send(viewer: Viewer, pages: Map<string | undefined, Promise<string>>): Promise<void> {
    const rendered =
      pages.get(viewer.org) ?? this.#options.read(viewer.org).then((page) => renderMain(page).toString());
    pages.set(viewer.org, rendered);
    const markup = await rendered;
    if (markup === viewer.shown || viewer.response.destroyed) return;
    // Slow clients: skip updates until the socket drains, then send the latest page. Disconnect those that never read.
    if (viewer.response.writableNeedDrain) {
      viewer.skipped += 1;
      if (viewer.skipped > maxSkipped) viewer.response.destroy();
      return;
    }
    Object.assign(viewer, { shown: markup, skipped: 0 });
    viewer.response.write(`event: page\ndata: ${JSON.stringify(markup)}\n\n`);
  }
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

/** Reading a page takes time, and many runs end together. */
const delayMs = 500;

/** Returns a journal that tells a board, once it exists, about changes. */
export function boardJournal(board: () => ServedBoard | undefined, onRun: Journal['onRun'] = () => {}): Journal {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    if (timer) return;
    // Delayed, so that the change is stored first and many changes are sent as one.
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
