import type { TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';
import build from 'undici/lib/core/connect.js';
import type { PeerCertificate, Phases } from '../model/exchange.ts';

/** How a connection came about. */
export interface Opening {
  readonly phases: Pick<Phases, 'dnsMs' | 'tcpMs' | 'tlsMs'>;
  readonly certificate?: PeerCertificate;
}

const openings = new WeakMap<object, Opening>();

/**
 * How a socket was opened, or how far it came: by the socket, or by the error that it ended with. Told once: only the
 * exchange that waited for the connection spent that time.
 */
export function takeOpening(socketOrError: object): Opening | undefined {
  const opening = openings.get(socketOrError);
  openings.delete(socketOrError);
  return opening;
}

/**
 * An undici connector that times DNS, TCP and TLS and reads the peer's certificate, of a connection that fails too.
 *
 * Trap: its listeners go before undici's own, which send the request from within the same event.
 */
export function timedConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = build(options);
  return (target, callback) => {
    const socket = connect(target, callback);
    const startedAt = performance.now();
    let resolvedAt: number | undefined;
    let connectedAt: number | undefined;
    socket.prependOnceListener('lookup', () => {
      resolvedAt = performance.now();
    });
    socket.prependOnceListener('connect', () => {
      connectedAt = performance.now();
    });
    // Node emits this before it judges the certificate: once it is refused, the socket can no longer be asked for it.
    let certificate: PeerCertificate | undefined;
    socket.prependOnceListener('secure', () => {
      certificate = readCertificate(socket);
    });
    const tell = (key: object, securedAt?: number) => {
      // An address needs no lookup: then there is no such phase.
      const dialledAt = resolvedAt ?? startedAt;
      const phases = {
        ...(resolvedAt !== undefined && { dnsMs: resolvedAt - startedAt }),
        ...(connectedAt !== undefined && { tcpMs: connectedAt - dialledAt }),
        ...(connectedAt !== undefined && securedAt !== undefined && { tlsMs: securedAt - connectedAt }),
      };
      openings.set(key, { phases, ...(certificate && { certificate }) });
    };
    const onError = (error: Error) => tell(error);
    socket.prependOnceListener('error', onError);
    socket.prependOnceListener('secureConnect', () => {
      // An error from here on is no failure to connect: the request that is under way has been told already.
      socket.off('error', onError);
      tell(socket, performance.now());
    });
    return socket;
  };
}

function readCertificate(socket: TLSSocket): PeerCertificate | undefined {
  const { subject, issuer, valid_to } = socket.getPeerCertificate();
  const validTo = new Date(valid_to);
  if (Number.isNaN(validTo.getTime())) return undefined;
  const name = (of: { CN?: string | string[]; O?: string | string[] } | undefined) =>
    String(of?.CN ?? of?.O ?? 'unnamed');
  return { subject: name(subject), issuer: name(issuer), validTo: validTo.toISOString() };
}
