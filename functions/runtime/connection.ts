import type { LookupAddress } from 'node:dns';
import { lookup, resolveCname } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import build from 'undici/lib/core/connect.js';
import type { PeerCertificate, Phases } from '../model/exchange.ts';

/** The timing and the certificate of a new connection. */
export interface ConnectionInfo {
  readonly phases: Pick<Phases, 'dnsMs' | 'tcpMs' | 'tlsMs'>;
  readonly certificate?: PeerCertificate;
  /** It resumed a TLS session, in which the server shows no certificate. */
  readonly resumed?: true;
}

const infos = new WeakMap<object, ConnectionInfo>();

/**
 * How a socket was opened or, given the error that ended it, how far it got. Returned once only, because only the
 * exchange that waited for the connection spent that time.
 */
export function takeConnectionInfo(socketOrError: object): ConnectionInfo | undefined {
  const info = infos.get(socketOrError);
  infos.delete(socketOrError);
  return info;
}

/** Opens a connection. With a session, it resumes that, if the server agrees. */
export type Connect = (
  target: buildConnector.Options,
  callback: buildConnector.Callback,
  session?: Buffer,
) => TLSSocket;

/**
 * Opens connections that time DNS, TCP and TLS and read the server's certificate, even if the connection fails. A host is
 * looked up once.
 *
 * Trap: its listeners must run before undici's own, which send the request within the same event.
 */
export function timedConnector(options: buildConnector.BuildOptions): Connect {
  const lookUp = sharedLookup();
  const shared = { ...options, lookup: lookUp.lookup, maxCachedSessions: 0 };
  const connectAnew = build(shared);
  return (target, callback, session) => {
    const isLookedUp = lookUp.isKnown(target.hostname);
    const startedAt = performance.now();
    const connect = session ? build({ ...shared, session }) : connectAnew;
    const socket = connect(target, callback);
    skipContinue(socket);
    let resolvedAt: number | undefined;
    let connectedAt: number | undefined;
    socket.prependOnceListener('lookup', () => {
      resolvedAt = performance.now();
    });
    socket.prependOnceListener('connect', () => {
      connectedAt = performance.now();
    });
    // Node emits this before it verifies the certificate. After a rejection the socket no longer returns it.
    let certificate: PeerCertificate | undefined;
    let securedAt: number | undefined;
    socket.prependOnceListener('secure', () => {
      securedAt = performance.now();
      // Parsing it takes as long as half a handshake, and a resumed session has the one that was verified before.
      if (!socket.isSessionReused()) certificate = readCertificate(socket);
    });
    const store = (key: object, isSecure: boolean) => {
      // An IP address needs no lookup, so there is no DNS phase.
      const dialedAt = resolvedAt ?? startedAt;
      const phases = {
        ...(resolvedAt !== undefined && !isLookedUp && { dnsMs: resolvedAt - startedAt }),
        ...(connectedAt !== undefined && { tcpMs: connectedAt - dialedAt }),
        ...(connectedAt !== undefined && securedAt !== undefined && isSecure && { tlsMs: securedAt - connectedAt }),
      };
      const resumed = isSecure && socket.isSessionReused();
      infos.set(key, { phases, ...(certificate && { certificate }), ...(resumed && { resumed }) });
    };
    const onError = (error: Error) => store(error, false);
    socket.prependOnceListener('error', onError);
    socket.prependOnceListener('secureConnect', () => {
      // An error after this point is not a failure to connect, and the pending request already has its info.
      socket.off('error', onError);
      store(socket, true);
    });
    return socket;
  };
}

/** Looks each host up once. A failure is not kept. */
function sharedLookup(): { readonly lookup: LookupFunction; isKnown(host: string): boolean } {
  const lookups = new Map<string, Promise<LookupAddress[]>>();
  return {
    isKnown: (host) => lookups.has(host),
    lookup(host, { all, ...options }, callback) {
      const found = lookups.get(host) ?? lookup(host, { ...options, all: true });
      lookups.set(host, found);
      found.then(
        (addresses) => {
          const [first] = addresses;
          if (all) callback(null, addresses);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: NodeJS.ErrnoException) => {
          lookups.delete(host);
          callback(error, '');
        },
      );
    },
  };
}

/**
 * Removes `100 Continue` responses before undici reads them. A server may send one unasked and clients ignore it
 * (RFC 9110, 15.2.1), but undici closes the connection. One that has not arrived in full waits for the rest.
 */
function skipContinue(socket: TLSSocket): void {
  const read = socket.read.bind(socket);
  const start = Buffer.from('HTTP/1.1 100 ');
  let held: Buffer = Buffer.alloc(0);
  socket.read = (size?: number): Buffer | null => {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (chunk === null) return null;
      let received = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      let end = endOfHead(received);
      while (received.subarray(0, start.length).equals(start) && end > 0) {
        received = received.subarray(end);
        end = endOfHead(received);
      }
      // The status line of no other response begins so, and a body that does is not that short.
      const isPartial =
        received.length >= 9 && start.subarray(0, received.length).equals(received.subarray(0, start.length));
      if (received.length > 0 && (!isPartial || received.length > maxHeldBytes)) return received;
      held = received;
    }
  };
}

/** More than the head of a `100 Continue` needs. */
const maxHeldBytes = 8_192;

/** Where the body begins. 0 if the head has not arrived in full. */
function endOfHead(received: Buffer): number {
  const at = received.indexOf('\r\n\r\n');
  return at < 0 ? 0 : at + 4;
}

function readCertificate(socket: TLSSocket): PeerCertificate | undefined {
  const { subject, issuer, valid_to } = socket.getPeerCertificate();
  const validTo = new Date(valid_to);
  if (Number.isNaN(validTo.getTime())) return undefined;
  const name = (of: { CN?: string | string[]; O?: string | string[] } | undefined) =>
    String(of?.CN ?? of?.O ?? 'unnamed');
  return { subject: name(subject), issuer: name(issuer), validTo: validTo.toISOString() };
}

/** Whether a host's name resolves, by the same resolver that connections use. */
export async function resolves(host: string): Promise<boolean> {
  try {
    await lookup(host);
    return true;
  } catch {
    return false;
  }
}

/** Resolves a host's CNAME. Undefined if it has none or DNS fails. */
export async function canonicalName(host: string): Promise<string | undefined> {
  try {
    return (await resolveCname(host))[0];
  } catch {
    return undefined;
  }
}
