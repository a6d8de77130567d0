import { isOktaHost } from '../okta/okta-domains.ts';
import { bodyTimeoutCode, deadlineCode, headersTimeoutCode, tooLargeCode, undecodableCode } from '../runtime/errors.ts';
import type { FindingCode } from './finding.ts';

const codes: Readonly<Record<string, FindingCode>> = {
  ENOTFOUND: 'dns-not-resolved',
  EAI_AGAIN: 'dns-not-resolved',
  EAI_FAIL: 'dns-not-resolved',
  EAI_NODATA: 'dns-not-resolved',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  EPIPE: 'connection-reset',
  UND_ERR_SOCKET: 'connection-reset',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'connect-timeout',
  ENETUNREACH: 'connect-timeout',
  ENETDOWN: 'connect-timeout',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-wrong-name',
  HOSTNAME_MISMATCH: 'certificate-wrong-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  CERT_UNTRUSTED: 'certificate-untrusted',
  CERT_REVOKED: 'certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'certificate-untrusted',
  INVALID_CA: 'certificate-untrusted',
  INVALID_PURPOSE: 'certificate-untrusted',
  EPROTO: 'tls-handshake-failed',
  UND_ERR_HEADERS_TIMEOUT: 'no-answer',
  UND_ERR_BODY_TIMEOUT: 'no-answer',
  [headersTimeoutCode]: 'no-answer',
  [bodyTimeoutCode]: 'no-answer',
  UND_ERR_HEADERS_OVERFLOW: 'malformed-answer',
  [tooLargeCode]: 'malformed-answer',
  [undecodableCode]: 'malformed-answer',
  [deadlineCode]: 'out-of-time',
  EACCES: 'local-error',
  EADDRINUSE: 'local-error',
  EADDRNOTAVAIL: 'local-error',
  EAFNOSUPPORT: 'local-error',
  EAI_MEMORY: 'local-error',
  EAI_SYSTEM: 'local-error',
  EMFILE: 'local-error',
  ENFILE: 'local-error',
  ENOBUFS: 'local-error',
  ENOMEM: 'local-error',
  EPERM: 'local-error',
};

/** On a custom domain, the domain's owner must fix these. */
const customDomainCodes: readonly FindingCode[] = ['certificate-expired', 'certificate-wrong-name'];

/** The finding for a request without a complete response, from the codes of the system, OpenSSL and undici. */
export function codeOfTransport(code: string, url: string): FindingCode {
  const found = codes[code] ?? byPrefix(code);
  return customDomainCodes.includes(found) && !isOktaHost(new URL(url).hostname) ? 'custom-domain-certificate' : found;
}

function byPrefix(code: string): FindingCode {
  if (code.startsWith('ERR_PROXY_')) return 'intercepted';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-handshake-failed';
  return code.startsWith('HPE_') || code.startsWith('UND_ERR_RES') ? 'malformed-answer' : 'unrecognised-failure';
}
