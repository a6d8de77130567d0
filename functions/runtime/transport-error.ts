/** A request that got no usable answer: the network's fault, the server's, or our deadline's. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** The system's, OpenSSL's or undici's own code, such as ENOTFOUND, CERT_HAS_EXPIRED, UND_ERR_HEADERS_TIMEOUT. */
  readonly code: string;

  private constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  /** Trap: a cause's own message may quote what was sent, so only its code goes into ours. */
  static from(cause: unknown, request: string): TransportError {
    const code = codeOf(cause);
    return new TransportError(code, `${request}: ${code}`);
  }
}

/** The code that a run's deadline gives as its reason. */
export const deadlineCode = 'DEADLINE';

/** The code of an answer that has more to say than anybody would read. */
export const tooLargeCode = 'ERR_BODY_TOO_LARGE';

/** Several addresses tried in vain arrive as an AggregateError, and TLS errors sometimes as a cause. */
function codeOf(cause: unknown, depth = 0): string {
  if (typeof cause !== 'object' || cause === null || depth > 4) return 'UNKNOWN';
  const { code, errors, cause: inner } = cause as { code?: unknown; errors?: unknown[]; cause?: unknown };
  if (typeof code === 'string' && code !== 'UND_ERR_SOCKET') return code;
  const nested = codeOf(errors?.[0] ?? inner, depth + 1);
  if (nested !== 'UNKNOWN') return nested;
  if (typeof code === 'string') return code;
  return codeOfName[String((cause as { name?: unknown }).name)] ?? 'UNKNOWN';
}

/** Errors that have a name and no code: an aborted signal's, and undici's for an answer that is no HTTP. */
const codeOfName: Readonly<Record<string, string>> = { TimeoutError: deadlineCode, HTTPParserError: 'HPE_INVALID' };
