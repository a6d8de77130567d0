import { deadlineCode } from '../runtime/transport-error.ts';
import type { FindingCode } from './findings.ts';

const codes: Readonly<Record<string, FindingCode>> = {
  ENOTFOUND: 'dns-not-resolved',
  EAI_AGAIN: 'dns-not-resolved',
  EAI_NODATA: 'dns-not-resolved',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-refused',
  EPIPE: 'connection-refused',
  UND_ERR_SOCKET: 'connection-refused',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'connect-timeout',
  ENETUNREACH: 'connect-timeout',
  CERT_HAS_EXPIRED: 'certificate-refused',
  CERT_NOT_YET_VALID: 'certificate-refused',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-refused',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-refused',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-refused',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-refused',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-refused',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-refused',
  CERT_REVOKED: 'certificate-refused',
  EPROTO: 'tls-failed',
  UND_ERR_HEADERS_TIMEOUT: 'no-answer',
  UND_ERR_BODY_TIMEOUT: 'no-answer',
  ERR_BODY_TOO_LARGE: 'malformed-answer',
  HPE_INVALID_CONSTANT: 'malformed-answer',
  UND_ERR_HEADERS_OVERFLOW: 'malformed-answer',
  [deadlineCode]: 'out-of-time',
};

/** What it means that no answer came: by the error's code, which the system, OpenSSL and undici keep stable. */
export function codeOfTransport(code: string): FindingCode {
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return codes[code] ?? 'tls-failed';
  if (code.startsWith('HPE_') || code.startsWith('UND_ERR_RES_')) return 'malformed-answer';
  return codes[code] ?? 'unrecognised-answer';
}
