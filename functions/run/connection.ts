import type { LookupAddress } from 'node:dns';
import { lookup, resolveCname } from 'node:dns/promises';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectOverTls, type SecureContext, TLSSocket } from 'node:tls';
import type { PeerCertificate, Phases } from '../model/exchange.ts';
import { strictTls } from '../model/tls.ts';
import { watchSocket } from './socket-times.ts';
import { isIssuedByTrusted } from './trust.ts';

/** The timing and the certificate of a new connection. */
export interface ConnectionInfo {
  readonly phases: Pick<Phases, 'dnsMs' | 'tcpMs' | 'tlsMs'>;
  readonly certificate?: PeerCertificate;
  /** The connection resumed a TLS session, in which the server shows no certificate. */
  readonly resumed?: true;
}

const infos = new WeakMap<object, ConnectionInfo>();

/**
 * Returns how a socket was opened or, given the error that ended it, how far it got. Returns it only once, because only the
 * exchange that waited for the connection spent that time.
 */
export function takeConnectionInfo(socketOrError: object): ConnectionInfo | undefined {
  const info = infos.get(socketOrError);
  infos.delete(socketOrError);
  return info;
}

export interface ConnectorOptions {
  /** How long opening a connection may take, with TLS. */
  readonly timeoutMs: number;
  readonly secureContext: SecureContext;
  /** The authority that it trusts beside the usual ones, in PEM format. */
  readonly ca?: string | undefined;
}

/** Receives the open socket or the error, as undici's `connect` does. */
export type ConnectCallback = (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void;

/** Opens a connection. With a session, it resumes that, if the server agrees. */
export type Connect = (origin: URL, callback: ConnectCallback, session?: Buffer) => Socket;

/**
 * Opens connections, times DNS, TCP and TLS, and reads the server's certificate, even if the connection fails. Looks each
 * host up once.
 */
export function timedConnector({ timeoutMs, secureContext, ca }: ConnectorOptions): Connect {
  const lookUp = sharedLookup();
  return ({ protocol, hostname, port }, callback, session) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const isLookedUp = lookUp.isKnown(host);
    const startedAt = performance.now();
    const target = { host, port: Number(port), lookup: lookUp.lookup };
    const socket =
      protocol === 'https:'
        ? connectOverTls({
            ...target,
            ...strictTls,
            port: target.port || 443,
            secureContext,
            ALPNProtocols: ['http/1.1'],
            // An IP address is no server name (RFC 6066, section 3).
            ...(isIP(host) === 0 && { servername: host }),
            ...(session && { session }),
          })
        : connectPlain({ ...target, port: target.port || 80 });
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
    watchSocket(socket);
    let resolvedAt: number | undefined;
    let connectedAt: number | undefined;
    socket.prependOnceListener('lookup', () => {
      resolvedAt = performance.now();
    });
    socket.prependOnceListener('connect', () => {
      connectedAt = performance.now();
    });
    // Node.js emits this before it verifies the certificate. After a rejection the socket no longer returns it.
    let certificate: PeerCertificate | undefined;
    let securedAt: number | undefined;
    let isUntrusted = false;
    socket.prependOnceListener('secure', () => {
      securedAt = performance.now();
      // Parsing it takes as long as half a handshake, and a resumed session has the one that was verified before.
      if (!(socket instanceof TLSSocket) || socket.isSessionReused()) return;
      certificate = readCertificate(socket);
      isUntrusted = isOutOfDate(socket) && !isIssuedByTrusted(socket, ca);
    });
    const store = (key: object, isSecure: boolean) => {
      // An IP address needs no lookup, so there is no DNS phase.
      const dialedAt = resolvedAt ?? startedAt;
      const phases = {
        ...(resolvedAt !== undefined && !isLookedUp && { dnsMs: resolvedAt - startedAt }),
        ...(connectedAt !== undefined && { tcpMs: connectedAt - dialedAt }),
        ...(connectedAt !== undefined && securedAt !== undefined && isSecure && { tlsMs: securedAt - connectedAt }),
      };
      const resumed = isSecure && socket instanceof TLSSocket && socket.isSessionReused();
      infos.set(key, { phases, ...(certificate && { certificate }), ...(resumed && { resumed }) });
    };
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
    const onError = (error: Error) => {
      clearTimeout(timer);
      // Trust comes before dates: those of a stranger's certificate mean nothing.
      if (isUntrusted) Object.assign(error, { code: 'CERT_UNTRUSTED' });
      store(error, false);
      callback(error, null);
    };
    socket.once('error', onError);
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      // An error after this point is not a failure to connect, and the pending request already has its info.
      socket.off('error', onError).on('error', () => {});
      store(socket, protocol === 'https:');
      callback(null, socket);
    });
    socket.once('close', () => clearTimeout(timer));
    return socket;
  };
}

/** After this time without a byte, the operating system asks whether the other side is still there. */
const keepAliveMs = 60_000;

/** Looks each host up once. Does not keep a failure. */
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

function isOutOfDate(socket: TLSSocket): boolean {
  const { valid_from, valid_to } = socket.getPeerCertificate();
  return Date.parse(valid_from) > Date.now() || Date.parse(valid_to) < Date.now();
}

function readCertificate(socket: TLSSocket): PeerCertificate | undefined {
  const { subject, issuer, valid_to } = socket.getPeerCertificate();
  const validTo = new Date(valid_to);
  if (Number.isNaN(validTo.getTime())) return undefined;
  const name = (entity: { CN?: string | string[]; O?: string | string[] } | undefined) =>
    String(entity?.CN ?? entity?.O ?? 'unnamed');
  return { subject: name(subject), issuer: name(issuer), validTo: validTo.toISOString() };
}

/** Resolves a host's CNAME. Returns undefined if it has none or DNS fails. */
export async function canonicalName(host: string): Promise<string | undefined> {
  try {
    return (await resolveCname(host))[0];
  } catch {
    return undefined;
  }
}
