import { IncomingMessage } from 'node:http';

/** One request, read to its end. */
export interface OktaRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** As it arrived: headers and socket. Its body is already spent. */
  readonly raw: IncomingMessage;
}

export async function readRequest(raw: IncomingMessage): Promise<OktaRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of raw) chunks.push(chunk);
  const url = raw.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: raw.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
    body: Buffer.concat(chunks).toString(),
    raw,
  };
}

/**
 * The same request for the authorization server that lives under `mount`, with its body readable again.
 *
 * oidc-provider finds where it is mounted by comparing `originalUrl` with `url`, as Express and Connect set them.
 */
export function mountedMessage(request: OktaRequest, mount: string, host: string): IncomingMessage {
  const message = new IncomingMessage(request.raw.socket);
  const originalUrl = request.raw.url ?? '/';
  const body = Buffer.from(request.body);
  Object.assign(message, {
    method: request.method,
    url: originalUrl.slice(mount.length),
    originalUrl,
    httpVersion: request.raw.httpVersion,
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    // Or it takes its own end for an aborted request, and destroys the socket that it shares.
    complete: true,
    headers: {
      ...request.raw.headers,
      host,
      ...(request.raw.headers['content-length'] !== undefined && { 'content-length': String(body.length) }),
    },
  });
  if (body.length > 0) message.push(body);
  message.push(null);
  return message;
}
