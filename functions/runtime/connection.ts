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
 * How a socket was opened, told once: only the exchange that waited for the connection spent that time.
 */
export function takeOpening(socket: object): Opening | undefined {
  const opening = openings.get(socket);
  openings.delete(socket);
  return opening;
}

/**
 * An undici connector that times DNS, TCP and TLS and reads the peer's certificate.
 *
 * Trap: its listeners go before undici's own, which send the request from within the same event.
 */
export function timedConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = build(options);
  return (target, callback) => {
    const socket = connect(target, callback);
    const startedAt = performance.now();
    let resolvedAt = startedAt;
    let connectedAt = startedAt;
    socket.prependOnceListener('lookup', () => {
      resolvedAt = performance.now();
    });
    socket.prependOnceListener('connect', () => {
      connectedAt = performance.now();
    });
    socket.prependOnceListener('secureConnect', () => {
      const phases = {
        dnsMs: resolvedAt - startedAt,
        tcpMs: connectedAt - resolvedAt,
        tlsMs: performance.now() - connectedAt,
      };
      const certificate = readCertificate(socket);
      openings.set(socket, { phases, ...(certificate && { certificate }) });
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
