import type { Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org, Server } from '../model/org.ts';
import { SecretUnreadable, TransportError } from '../runtime/errors.ts';
import { answerContext, codeOfAnswer } from './answer-rules.ts';
import { type FindingCode, finding } from './finding.ts';
import { ProbeFailure, UnexpectedResponse } from './probe-failure.ts';
import { codeOfTransport } from './transport-rules.ts';

/** The finding for an error that a probe threw. Undefined if the error is a bug in the monitor, which must surface. */
export function diagnose(
  thrown: unknown,
  exchanges: readonly Exchange[],
  { org, server }: { readonly org: Org; readonly server: Server },
): Finding | undefined {
  if (thrown instanceof ProbeFailure)
    return finding(thrown.code, { detail: thrown.facts.detail, token: thrown.facts.token });
  if (thrown instanceof SecretUnreadable) return finding('secret-unreadable', { detail: thrown.message });
  const last = exchanges.at(-1);
  if (thrown instanceof TransportError && last) {
    return finding(codeOfTransport(thrown.code, last.url), { detail: thrown.message });
  }
  if (!last || !(thrown instanceof UnexpectedResponse || isProtocolError(thrown))) return undefined;
  const error = (thrown instanceof UnexpectedResponse ? thrown.error : undefined) ?? last.error;
  if (error || (last.status ?? 0) >= 300) {
    const exchange = { ...last, ...(error && { error }) };
    return finding(codeOfAnswer(answerContext(exchange, org, server)), { detail: describe(exchange) });
  }
  return finding(isProtocolError(thrown) ? (malformed[thrown.code] ?? 'malformed-answer') : 'malformed-answer', {
    detail: describe(last),
  });
}

/** oauth4webapi's codes for malformed responses that have a more specific finding. */
const malformed: Readonly<Record<string, FindingCode>> = { OAUTH_RESPONSE_IS_NOT_JSON: 'unexpected-page' };

/** Checks the code rather than the class, so that bundles without OAuth do not include the library. */
function isProtocolError(thrown: unknown): thrown is Error & { code: string } {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('OAUTH_')
  );
}

function describe({ status, url, error }: Exchange): string {
  const errorText = [error?.errorCode ?? error?.error, error?.description]
    .filter((part) => part !== undefined)
    .join(': ');
  return `${status} at ${url}${errorText && `, ${errorText}`}`;
}
