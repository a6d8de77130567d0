import { Headers } from './headers.ts';

type FetchResponse = globalThis.Response;

interface ResponseInit {
  readonly status?: number;
  readonly headers?: ConstructorParameters<typeof Headers>[0];
}

/**
 * A response whose body has been read, as in the Fetch standard.
 * https://fetch.spec.whatwg.org/#response-class
 */
export class Response implements Pick<FetchResponse, 'arrayBuffer' | 'bodyUsed' | 'json' | 'ok' | 'status' | 'text'> {
  readonly status: number;
  readonly headers: Headers;
  readonly #content: Uint8Array<ArrayBuffer> | null;
  #isUsed = false;

  constructor(body: string | Uint8Array<ArrayBuffer> | null = null, { status = 200, headers = [] }: ResponseInit = {}) {
    this.status = status;
    this.headers = new Headers(headers);
    this.#content = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  }

  get [Symbol.toStringTag](): string {
    return 'Response';
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get bodyUsed(): boolean {
    return this.#isUsed;
  }

  /** Not a stream: what was received can only be given up. */
  get body(): { cancel(): Promise<void> } | null {
    return this.#content && { cancel: async () => void this.#take() };
  }

  clone(): Response {
    if (this.#isUsed) throw new TypeError('the body has been read');
    return new Response(this.#content, this);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#take().slice().buffer;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(this.#take());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  /** Throws if it was read before. A response without a body can be read again. */
  #take(): Uint8Array<ArrayBuffer> {
    if (this.#isUsed) throw new TypeError('the body has been read');
    this.#isUsed = this.#content !== null;
    return this.#content ?? new Uint8Array();
  }
}
