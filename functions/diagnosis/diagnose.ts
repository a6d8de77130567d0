import type { Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org, Server } from '../model/org.ts';
import { SecretUnreadable } from '../runtime/secret-unreadable.ts';
import { TransportError } from '../runtime/transport-error.ts';
import { answerContext } from './answer-context.ts';
import { codeOfAnswer } from './answer-rules.ts';
import { type FindingCode, finding } from './finding.ts';
import { ProbeFailure, RefusedAnswer } from './probe-failure.ts';
import { codeOfTransport } from './transport-rules.ts';

/**
 * Names what a probe threw, or undefined when it was no fault of the target: such an error is ours and must surface.
 */
export function diagnose(
  thrown: unknown,
  exchanges: readonly Exchange[],
  { org, server }: { readonly org: Org; readonly server: Server },
): Finding | undefined {
  if (thrown instanceof ProbeFailure)
    return finding(thrown.code, { detail: thrown.seen.detail, token: thrown.seen.token });
  if (thrown instanceof SecretUnreadable) return finding('secret-unreadable', { detail: thrown.message });
  const last = exchanges.at(-1);
  if (thrown instanceof TransportError && last) {
    return finding(codeOfTransport(thrown.code, last.url), { detail: thrown.message });
  }
  if (!last || !(thrown instanceof RefusedAnswer || isProtocolError(thrown))) return undefined;
  const error = (thrown instanceof RefusedAnswer ? thrown.error : undefined) ?? last.error;
  if (error || (last.status ?? 0) >= 300) {
    const exchange = { ...last, ...(error && { error }) };
    return finding(codeOfAnswer(answerContext(exchange, org, server)), { detail: inWords(exchange) });
  }
  return finding(isProtocolError(thrown) ? (malformed[thrown.code] ?? 'malformed-answer') : 'malformed-answer', {
    detail: inWords(last),
  });
}

/** oauth4webapi's codes for answers that break the protocol, where one says more than that. */
const malformed: Readonly<Record<string, FindingCode>> = { OAUTH_RESPONSE_IS_NOT_JSON: 'unexpected-page' };

/** Told by the code rather than by the class, so that functions without OAuth need not carry the library. */
function isProtocolError(thrown: unknown): thrown is Error & { code: string } {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('OAUTH_')
  );
}

function inWords({ status, url, error }: Exchange): string {
  const said = [error?.errorCode ?? error?.error, error?.description].filter((part) => part !== undefined).join(': ');
  return `${status} at ${url}${said && `, ${said}`}`;
}
