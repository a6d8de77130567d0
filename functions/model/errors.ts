/** A request without a usable response, because of the network, the server or the run's deadline. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** The code of the system, OpenSSL or Node.js, such as ENOTFOUND, CERT_HAS_EXPIRED or HPE_INVALID_CONSTANT. */
  readonly code: string;
  /** The connection had carried another request, and was closed before any answer, perhaps before this request was sent. */
  readonly isOfKeptConnection: boolean;

  private constructor(code: string, message: string, isOfKeptConnection: boolean) {
    super(message);
    this.code = code;
    this.isOfKeptConnection = isOfKeptConnection;
  }

  /** Trap: the message of the cause may quote a request, so only its code is kept. */
  static from(cause: unknown, request: string, isUnansweredReuse = false): TransportError {
    const found = codeOf(cause);
    const code = systemCodes[found] ?? found;
    return new TransportError(code, `${request}: ${code}`, isUnansweredReuse && closedCodes.has(code));
  }
}

/** The codes of a connection that was closed. */
const closedCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE']);

/** The code for a request that the run's deadline aborted. */
export const deadlineCode = 'DEADLINE';

/** The code for a response whose body is too large. */
export const tooLargeCode = 'ERR_BODY_TOO_LARGE';

/** The code for a request whose headers did not arrive in time. */
export const headersTimeoutCode = 'ERR_HEADERS_TIMEOUT';

/** The code for a response whose body did not arrive in time. */
export const bodyTimeoutCode = 'ERR_BODY_TIMEOUT';

/** The code for a status that HTTP does not have, in the style of Node.js's parser. */
export const invalidStatusCode = 'HPE_INVALID_STATUS';

/** The code for a compressed response that cannot be decoded. */
export const undecodableCode = 'ERR_BODY_UNDECODABLE';

/**
 * If several addresses fail, the error is an AggregateError, and all of its parts count. TLS errors are sometimes in
 * `cause`. Trap: Node.js gives an AggregateError the code of its first part.
 */
function codeOf(cause: unknown, depth = 0): string {
  if (typeof cause !== 'object' || cause === null || depth > 4) return 'UNKNOWN';
  const { code, errors, cause: inner } = cause as { code?: unknown; errors?: unknown; cause?: unknown };
  const parts = Array.isArray(errors) ? errors.map((part) => codeOf(part, depth + 1)) : [];
  const [ofParts] = parts.filter((part) => part !== 'UNKNOWN').toSorted((one, two) => rankOf(one) - rankOf(two));
  if (ofParts !== undefined) return ofParts;
  if (typeof code === 'string' && !vagueCodes.has(code)) return code;
  const nested = codeOf(inner, depth + 1);
  if (nested !== 'UNKNOWN') return nested;
  const { name, message = '', reason = '' } = cause as { name?: unknown; message?: unknown; reason?: unknown };
  const text = `${reason} ${message}`;
  const read = codesOfReasons.find(([pattern]) => pattern.test(text))?.[1];
  if (read !== undefined) return read;
  if (typeof code === 'string') return code;
  return codeOfName[String(name)] ?? 'UNKNOWN';
}

/**
 * Codes of an address that this machine cannot use or has no route to, those that say the least last. Most machines lack
 * IPv6, for example, so these say nothing if another address failed otherwise.
 */
const unusableAddressCodes = [
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
  'EPERM',
  'EINVAL',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
];

function rankOf(code: string): number {
  return unusableAddressCodes.indexOf(code);
}

/** Codes that say less than the error's cause or reason. */
const vagueCodes: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'UNSPECIFIED', 'ERR_SSL_CERTIFICATE_VERIFY_FAILED']);

/** Node.js's codes for undici's own ones: a closed connection, and headers that are too long. */
const systemCodes: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
  UND_ERR_DESTROYED: 'ECONNABORTED',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
};

/** Some certificate errors of OpenSSL, and all errors of undici's parser, have a message and no code. */
const codesOfReasons: readonly (readonly [reason: RegExp, code: string])[] = [
  [/bad upgrade/, invalidStatusCode],
  [/invalid EOF state/i, 'ECONNRESET'],
  [/expected HTTP\//i, 'HPE_INVALID_CONSTANT'],
  [/invalid (response status|status code)/i, invalidStatusCode],
  [/invalid header (token|field|value)/i, 'HPE_INVALID_HEADER_TOKEN'],
  [/invalid character in chunk size/i, 'HPE_INVALID_CHUNK_SIZE'],
  [/certificate (has|is) expired/i, 'CERT_HAS_EXPIRED'],
  [/certificate is not yet valid/i, 'CERT_NOT_YET_VALID'],
  [/altnames?|hostname mismatch|does not match certificate/i, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/self[- ]signed/i, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/unable to (get|verify)|certificate verify failed|(key|md|digest) too (small|weak)|unknown ca/i, 'CERT_UNTRUSTED'],
];

/** Errors with a name but no code: that of an aborted signal, and undici's for a response that is not HTTP. */
const codeOfName: Readonly<Record<string, string>> = { TimeoutError: deadlineCode, HTTPParserError: 'HPE_INVALID' };

/** One of the monitor's own secrets cannot be used. Trap: the message names the secret and never quotes it. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';

  constructor(secret: string, why: string) {
    super(`secret "${secret}": ${why}`);
  }
}
