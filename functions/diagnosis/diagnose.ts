import type { Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import { SecretUnreadable } from '../runtime/secret-unreadable.ts';
import { TransportError } from '../runtime/transport-error.ts';
import { answerRules } from './answer-rules.ts';
import { RefusedAnswer } from './expect-json.ts';
import { type FindingCode, finding } from './findings.ts';
import { ProbeFailure } from './probe-failure.ts';
import { codeOfTransport } from './transport-rules.ts';

/**
 * Names what a probe threw, or undefined when it was no fault of the target: such an error is ours and must surface.
 */
export function diagnose(thrown: unknown, exchanges: readonly Exchange[]): Finding | undefined {
  if (thrown instanceof ProbeFailure) return finding(thrown.code, thrown.detail);
  if (thrown instanceof SecretUnreadable) return finding('secret-unreadable', thrown.message);
  if (thrown instanceof TransportError) return finding(codeOfTransport(thrown.code), thrown.message);
  if (thrown instanceof RefusedAnswer || isProtocolError(thrown)) return diagnoseAnswer(thrown, exchanges.at(-1));
  return undefined;
}

function diagnoseAnswer(thrown: unknown, exchange: Exchange | undefined): Finding {
  if (exchange?.error) {
    const { error, errorCode, description } = exchange.error;
    const code = answerRules.find(({ when }) => when(exchange))?.code ?? 'unrecognised-answer';
    const said = [errorCode ?? error, description].filter((part) => part !== undefined).join(': ');
    return finding(code, `${exchange.status} at ${exchange.url}${said && `, ${said}`}`);
  }
  const code = isProtocolError(thrown) ? malformed[thrown.code] : undefined;
  return finding(code ?? 'malformed-answer', exchange && `${exchange.status} at ${exchange.url}`);
}

/** oauth4webapi's codes for answers that break the protocol. */
const malformed: Readonly<Record<string, FindingCode>> = {
  OAUTH_RESPONSE_IS_NOT_JSON: 'page-instead-of-json',
};

/** Told by the code rather than by the class, so that functions without OAuth need not carry the library. */
function isProtocolError(thrown: unknown): thrown is Error & { code: string } {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('OAUTH_')
  );
}
