import type { Exchange, OktaError, PeerCertificate, Phases, RateLimit, TransportFailure } from '../model/exchange.ts';
import { asRecord, defined, number, oneOf, text } from './read.ts';

/** A request and its answer as a log line tells it, of the members that evidence has and no others. */
export function readExchange(value: unknown): Exchange | undefined {
  const { method, url, at, phases, status, requestId, rateLimit, error, certificate, failure } = asRecord(value);
  const [verb, where, when] = [text(method, 10), text(url), text(at, 30)];
  if (verb === undefined || where === undefined || when === undefined) return undefined;
  return defined({
    ...{ method: verb, url: where, at: when, phases: readPhases(phases) },
    ...{ status: number(status), requestId: text(requestId, 80) },
    ...{ rateLimit: readRateLimit(rateLimit), error: readError(error) },
    ...{ certificate: readCertificate(certificate), failure: readFailure(failure) },
  });
}

function readPhases(value: unknown): Phases {
  const { dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs } = asRecord(value);
  return defined({
    ...{ dnsMs: number(dnsMs), tcpMs: number(tcpMs), tlsMs: number(tlsMs) },
    ...{ firstByteMs: number(firstByteMs), bodyMs: number(bodyMs) },
  });
}

function readRateLimit(value: unknown): RateLimit | undefined {
  const read = asRecord(value);
  const [limit, remaining, secondsToReset] = [read.limit, read.remaining, read.secondsToReset].map(number);
  if (limit === undefined || remaining === undefined || secondsToReset === undefined) return undefined;
  return { limit, remaining, secondsToReset };
}

function readError(value: unknown): OktaError | undefined {
  if (value === undefined) return undefined;
  const { shape, error, errorCode, reason, description, errorId } = asRecord(value);
  return defined({
    ...{ shape: oneOf(shapes, shape) ?? 'other', error: text(error, 80), errorCode: text(errorCode, 40) },
    ...{ reason: text(reason, 80), description: text(description), errorId: text(errorId, 80) },
  });
}

const shapes: readonly OktaError['shape'][] = ['oauth', 'envelope', 'challenge', 'callback', 'html', 'other'];

function readCertificate(value: unknown): PeerCertificate | undefined {
  const read = asRecord(value);
  const [subject, issuer, validTo] = [read.subject, read.issuer, read.validTo].map((each) => text(each));
  if (subject === undefined || issuer === undefined || validTo === undefined) return undefined;
  return { subject, issuer, validTo };
}

function readFailure(value: unknown): TransportFailure | undefined {
  const { code, message } = asRecord(value);
  const known = text(code, 80);
  return known === undefined ? undefined : { code: known, message: text(message) ?? '' };
}
