import {
  type Exchange,
  type OktaError,
  type PeerCertificate,
  type Phases,
  type RateLimit,
  requestAuthentications,
  type SenderMarks,
  type TransportFailure,
} from './exchange.ts';
import { faultDomains } from './fault-domain.ts';
import { type Comparison, type Finding, severities, suspects, type TokenFacts } from './finding.ts';
import type { Drill, EvidenceLine, LogLine, RunStamp } from './log-line.ts';
import { asRecord, defined, list, number, oneOf, parseJson, strings, text } from './read.ts';

/** Reads one line of a probe function's log; undefined unless messages use lines of this type. */
export function readLine(message: unknown): EvidenceLine | undefined {
  return readDocument(parseJson(message));
}

/** The same for a line that was parsed. */
export function readDocument(document: unknown): EvidenceLine | undefined {
  const line = asRecord(document);
  const org = text(line.org, 60);
  switch (line.type) {
    case 'outcome':
      return org === undefined ? undefined : readOutcome(line, org);
    case 'finding': {
      const finding = readFinding(line.finding);
      return org === undefined || !finding ? undefined : { type: 'finding', ...readStamp(line), org, finding };
    }
    case 'drill': {
      const finding = readFinding(line.finding);
      if (org === undefined || !finding) return undefined;
      return { type: 'drill', ...readStamp(line), org, finding, ...readDrillFacts(line) };
    }
    case 'monitor-error':
      return {
        ...{ type: 'monitor-error', ...readStamp(line), org: org ?? '' },
        ...{ name: text(line.name, 80) ?? 'unknown error', frames: strings(line.frames) },
      };
    default:
      return undefined;
  }
}

/** Who drills, and whom to tell. */
export function readDrillFacts({ by, page }: Readonly<Record<string, unknown>>): Pick<Drill, 'by' | 'page'> {
  return { by: text(by, 80) ?? 'somebody', ...(page === true && { page }) };
}

function readStamp({ at, due, executionId }: Readonly<Record<string, unknown>>): RunStamp {
  return defined({ at: text(at, 30) ?? '', due: text(due, 30), executionId: text(executionId, 128) });
}

function readOutcome(line: Readonly<Record<string, unknown>>, org: string): LogLine | undefined {
  const probe = text(line.probe, 60);
  if (probe === undefined) return undefined;
  const base = defined({
    ...{ type: 'outcome' as const, ...readStamp(line), org, probe },
    server: text(line.server, 60),
    exchanges: list(line.exchanges, readExchange),
    retriedAfter: text(line.retriedAfter, 60),
    durationMs: number(line.durationMs),
  });
  const finding = readFinding(line.finding);
  switch (line.status) {
    case 'passed': {
      const [notes, warnings] = [strings(line.notes), list(line.warnings, readFinding)];
      return { ...base, status: 'passed', readings: {}, notes, warnings };
    }
    case 'failed':
      return finding && { ...base, status: 'failed', readings: {}, finding };
    case 'skipped':
      return { ...base, status: 'skipped', because: text(line.because) ?? 'unknown' };
    default:
      return undefined;
  }
}

/** A finding; undefined unless it says who must act and how soon. */
function readFinding(value: unknown): Finding | undefined {
  const {
    code,
    domain,
    severity,
    brief,
    summary,
    about,
    detail,
    causes,
    remedy,
    doc,
    comparisons,
    once,
    suspect,
    reach,
    token,
  } = asRecord(value);
  const [known, who, urgent] = [text(code, 60), oneOf(faultDomains, domain), oneOf(severities, severity)];
  if (known === undefined || !who || !urgent) return undefined;
  return defined({
    ...{ code: known, domain: who, severity: urgent },
    ...{ brief: text(brief, 40) ?? known, summary: text(summary) ?? known },
    ...{ about: text(about, 90), detail: text(detail, 600) },
    ...{ causes: strings(causes), remedy: strings(remedy), doc: text(doc) },
    ...{ comparisons: comparisons === undefined ? undefined : list(comparisons, readComparison) },
    ...{ suspect: oneOf(suspects, suspect), reach: text(reach, 400) },
    once: once === undefined ? undefined : list(once, (key) => text(key), mostKeys),
    token: token === undefined ? undefined : readToken(token),
  });
}

/** The most findings of one outcome. A probe may report many at once. */
const mostKeys = 1_000;

function readComparison(value: unknown): Comparison | undefined {
  const read = asRecord(value);
  const [name, expected, found] = [read.name, read.expected, read.found].map((each) => text(each));
  if (name === undefined || expected === undefined || found === undefined) return undefined;
  return { name, expected, found };
}

function readToken(value: unknown): TokenFacts {
  const { alg, kid, issuer, audience, scopes, issuedAt, expiresAt, claimNames } = asRecord(value);
  return defined({
    ...{ alg: text(alg, 20), kid: text(kid, 100), issuer: text(issuer), audience: text(audience) },
    ...{ issuedAt: text(issuedAt, 30), expiresAt: text(expiresAt, 30) },
    ...{ scopes: strings(scopes), claimNames: strings(claimNames) },
  });
}

function readExchange(value: unknown): Exchange | undefined {
  const { method, url, at, authentication, proof, ofResource, phases, status, ...answer } = asRecord(value);
  const { requestId, rateLimit, error, certificate, sender, failure, lateMs, resumed, cached, location } = answer;
  const [verb, where, when] = [text(method, 10), text(url), text(at, 30)];
  if (verb === undefined || where === undefined || when === undefined) return undefined;
  return defined({
    ...{ method: verb, url: where, at: when, phases: readPhases(phases) },
    ...{ authentication: oneOf(requestAuthentications, authentication), proof: proof === true || undefined },
    ...{ ofResource: ofResource === true || undefined, resumed: resumed === true || undefined, lateMs: number(lateMs) },
    ...{ status: number(status), requestId: text(requestId, 80) },
    ...{ cached: text(cached, 40), location: text(location) },
    ...{ rateLimit: readRateLimit(rateLimit), error: readError(error) },
    ...{ certificate: readCertificate(certificate), failure: readFailure(failure), sender: readSender(sender) },
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
  const { shape, error, errorCode, reason, description, errorId, causes } = asRecord(value);
  return defined({
    ...{ shape: oneOf(shapes, shape) ?? 'other', error: text(error, 80), errorCode: text(errorCode, 40) },
    ...{ reason: text(reason, 80), description: text(description), errorId: text(errorId, 80) },
    causes: strings(causes),
  });
}

const shapes: readonly OktaError['shape'][] = ['oauth', 'envelope', 'challenge', 'callback', 'html', 'other'];

function readCertificate(value: unknown): PeerCertificate | undefined {
  const read = asRecord(value);
  const [subject, issuer, validTo] = [read.subject, read.issuer, read.validTo].map((each) => text(each));
  if (subject === undefined || issuer === undefined || validTo === undefined) return undefined;
  return { subject, issuer, validTo };
}

function readSender(value: unknown): SenderMarks | undefined {
  if (value === undefined) return undefined;
  const { server, via, mediaType, redirect, challenges, protocol, okta, hints, passed, intermediary } = asRecord(value);
  return defined({
    ...{ server: text(server, 60), via: text(via, 60), mediaType: text(mediaType, 60), redirect: text(redirect) },
    ...{ challenges: strings(challenges), okta: strings(okta), passed: strings(passed) },
    ...{ intermediary: strings(intermediary), protocol: protocol === true || undefined, hints: strings(hints) },
  });
}

function readFailure(value: unknown): TransportFailure | undefined {
  const { code, message } = asRecord(value);
  const known = text(code, 80);
  return known === undefined ? undefined : { code: known, message: text(message) ?? '' };
}
