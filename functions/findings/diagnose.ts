import { SecretUnreadable, TransportError } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org, Server } from '../model/org.ts';
import { locate } from '../okta/endpoints.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { isRateLimited } from '../okta/rate-limit.ts';
import { type Ascription, ascribe, isFromOkta } from '../okta/sender.ts';
import { authenticationOf, comparisonsOf } from './comparisons.ts';
import type { Fact } from './definition.ts';
import { type FindingCode, finding } from './finding.ts';
import { ProbeFailure, UnexpectedResponse } from './probe-failure.ts';
import { answerContext, clientAt, codeOfAnswer, codeOfTransport, type RequestingClient, redirectOf } from './rules.ts';
import { resourceFindings } from './tables/resource.ts';

/** The place of a failure, and the evidence of the rest of the run. */
export interface DiagnosisContext {
  readonly org: Org;
  readonly server: Server;
  /** Whose requests the probe makes. By default, the endpoint says so. */
  readonly client?: RequestingClient;
  /** Facts of the run as a whole. Those of the request are added. */
  readonly facts?: ReadonlySet<Fact>;
}

/** A failed request: its decisive exchange, and how to report a finding about it. */
interface FailedRequest {
  readonly answer: Exchange;
  /** The finding if the answer is not Okta's, or may not be. */
  readonly notOkta: FindingCode | undefined;
  readonly context: DiagnosisContext;
  readonly report: (code: FindingCode, detail?: string) => Finding;
}

/**
 * Returns the finding for an error that a probe threw, or undefined if the error is a bug in the monitor, which must
 * surface.
 *
 * The sender comes first: an answer is read as Okta means it only if Okta sent it.
 */
export function diagnose(
  thrown: unknown,
  exchanges: readonly Exchange[],
  context: DiagnosisContext,
): Finding | undefined {
  if (thrown instanceof SecretUnreadable) return finding('secret-unreadable', { detail: thrown.message });
  const answer = answerOf(thrown, exchanges);
  if (!answer) return thrown instanceof ProbeFailure ? withoutRequest(thrown, context) : undefined;
  const request = failedRequest(answer, context);
  if (thrown instanceof ProbeFailure) return diagnoseProbeFailure(thrown, request);
  if (thrown instanceof TransportError) return diagnoseTransport(thrown, request);
  if (isProtocolError(thrown)) return diagnoseAnswer(request, malformed[thrown.code]);
  return thrown instanceof UnexpectedResponse ? diagnoseAnswer(request) : undefined;
}

function contextOf(answer: Exchange, { org, server, client }: DiagnosisContext) {
  return answerContext(answer, org, server, client ?? clientAt(answer.url));
}

/** The exchange that the error is about, with the error that the probe read elsewhere, for example in a callback. */
function answerOf(thrown: unknown, exchanges: readonly Exchange[]): Exchange | undefined {
  if (thrown instanceof TransportError) return exchanges.at(-1);
  const answer = decisive(exchanges);
  return answer && thrown instanceof UnexpectedResponse && thrown.error ? { ...answer, error: thrown.error } : answer;
}

function failedRequest(answer: Exchange, context: DiagnosisContext): FailedRequest {
  const facts = new Set([...(context.facts ?? []), ...factsOfRequest(answer, context)]);
  const report = (code: FindingCode, detail?: string) =>
    finding(code, {
      ...(detail && { detail }),
      facts,
      comparisons: comparisonsOf(code, { ...context, exchange: answer }),
    });
  return { answer, notOkta: codeOfForeignAnswer(answer, facts), context, report };
}

function withoutRequest({ code, facts: { detail, token, comparisons = [] } }: ProbeFailure, context: DiagnosisContext) {
  return finding(code, {
    ...(detail && { detail }),
    ...(token && { token }),
    ...(context.facts && { facts: context.facts }),
    comparisons,
  });
}

/** What a probe finds where a cache in between repeats an answer that was right once. */
const ofOldAnswers: readonly FindingCode[] = [
  'signing-key-unpublished',
  'token-inactive',
  'introspection-mismatch',
  'token-bound-elsewhere',
  'revoked-token-active',
  'userinfo-mismatch',
];

/** Whether an answer says more than a probe's finding about it: a limit, a fault, or a refusal of something that was sent. */
function isReadFirst(answer: Exchange, code: FindingCode): boolean {
  const { status = 0, method } = answer;
  // The status page is not the org.
  if (code === 'status-unknown') return false;
  const isFault = status >= 500 && code !== 'read-only-mode';
  const isRefusal = status >= 300 && method === 'POST' && code === 'malformed-answer';
  return isFault || isRefusal || isRateLimited(answer);
}

/** The probe knows the cause. Its own comparisons replace those of the tables. */
function diagnoseProbeFailure(
  { code, facts: { detail, token, comparisons = [], severity } }: ProbeFailure,
  { answer, notOkta, context, report }: FailedRequest,
): Finding {
  const described = () => [describe(answer), detail].filter(Boolean).join(': ');
  if (!(code in resourceFindings)) {
    if (notOkta) return report(notOkta, described());
    if (isReadFirst(answer, code)) return report(codeOfAnswer(contextOf(answer, context)), described());
    if (answer.cached !== undefined && ofOldAnswers.includes(code)) return report('changed-on-the-way', described());
  }
  return {
    ...report(code, detail),
    ...(severity && { severity }),
    ...(token && { token }),
    ...(comparisons.length > 0 && { comparisons }),
  };
}

function diagnoseAnswer({ answer, notOkta, context, report }: FailedRequest, malformedCode?: FindingCode): Finding {
  if (notOkta) return report(notOkta, describe(answer));
  if (answer.error || (answer.status ?? 0) >= 300) {
    return report(codeOfAnswer(contextOf(answer, context)), describe(answer));
  }
  return report(malformedCode ?? 'malformed-answer', describe(answer));
}

/**
 * The exchange that decides: the last one, unless the org's metadata, which anybody may read, was refused before. That says
 * whether there is an org at all.
 */
function decisive(exchanges: readonly Exchange[]): Exchange | undefined {
  const last = exchanges.at(-1);
  const metadata = exchanges.find(({ url }) => locate(url)?.endpoint === 'organization');
  if (!last || (metadata?.status ?? 0) < 300) return last;
  return metadata && (isFromOkta(metadata) || !isFromOkta(last)) ? metadata : last;
}

/** A status and headers that arrived before the body broke off are evidence. */
function diagnoseTransport(
  { code, message }: TransportError,
  { answer, notOkta, context, report }: FailedRequest,
): Finding {
  const found = codeOfTransport(code, answer.url);
  const { status } = answer;
  if (status !== undefined && found !== 'out-of-time') {
    const detail = `${describe(answer)}, then ${code}`;
    if (notOkta && (status >= 300 || notOkta === 'intercepted')) return report(notOkta, detail);
    if (status >= 400) return report(codeOfAnswer(contextOf(answer, context)), detail);
  }
  // An answer that is not HTTP, or is incomplete, does not show its sender either.
  const isUnidentified = found === 'malformed-answer' && !isFromOkta(answer);
  return report(isUnidentified ? (notOkta ?? 'unidentified-answer') : found, message);
}

/** The finding for an answer that is not Okta's, or that may not be. Undefined if it is, and for other sites. */
function codeOfForeignAnswer(answer: Exchange, facts: ReadonlySet<Fact>): FindingCode | undefined {
  const located = locate(answer.url);
  if (!located || answer.status === undefined) return undefined;
  // The org has another address now, even if something in between says so.
  const isMoved = redirectOf(answer)?.includes('same path elsewhere') && !answer.sender?.intermediary;
  if (isMoved) return undefined;
  const { by } = ascribe(answer);
  return by !== 'okta' && isNoOrg(answer, facts) ? 'org-not-found' : codesOfSenders[by];
}

const codesOfSenders: Readonly<Record<Ascription['by'], FindingCode | undefined>> = {
  okta: undefined,
  intermediary: 'intercepted',
  unknown: 'unidentified-answer',
  nobody: undefined,
  resource: undefined,
};

/**
 * Whether an answer that is not Okta's comes from a host that knows none of its paths: a domain that is no Okta org.
 * Products that block say something else than 404.
 */
function isNoOrg({ status, sender, url }: Exchange, facts: ReadonlySet<Fact>): boolean {
  return (
    status === 404 &&
    locate(url)?.endpoint === 'organization' &&
    !facts.has('Okta answered elsewhere') &&
    sender !== undefined &&
    sender.intermediary === undefined &&
    // A CDN that reaches no org answers for itself.
    sender.passed === undefined
  );
}

function factsOfRequest(exchange: Exchange, { org, server, client }: DiagnosisContext): readonly Fact[] {
  const method = authenticationOf({ org, server, exchange, ...(client && { client }) });
  return [
    ...(method === undefined
      ? []
      : [method === 'private_key_jwt' ? ('uses a key' as const) : ('uses a secret' as const)]),
    ...(locate(exchange.url)?.endpoint === 'authorize' && !server.web?.par ? ['request not pushed' as const] : []),
    ...(isOktaHost(new URL(exchange.url).hostname) ? ['on an Okta domain' as const] : []),
  ];
}

/** oauth4webapi's codes for malformed responses that have a more specific finding. */
const malformed: Readonly<Record<string, FindingCode>> = {
  OAUTH_RESPONSE_IS_NOT_JSON: 'unexpected-page',
  // The only thing in a token response that the library does not support is the type of the token.
  OAUTH_UNSUPPORTED_OPERATION: 'unexpected-token-type',
};

/** Checks the code rather than the class, so that bundles without OAuth do not include the library. */
function isProtocolError(thrown: unknown): thrown is Error & { code: string } {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('OAUTH_')
  );
}

function describe({ status, url, error, location, cached }: Exchange): string {
  const errorText = [error?.errorCode ?? error?.error, error?.description ?? error?.wording, ...(error?.causes ?? [])]
    .filter((part) => part !== undefined && part !== '…')
    .join(': ');
  const to = location === undefined ? '' : `, a redirect to ${location}`;
  const kept = cached === undefined ? '' : `, from a cache (${cached})`;
  return `${status} at ${url}${errorText && `, ${errorText}`}${to}${kept}`;
}
