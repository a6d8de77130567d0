/** An address in a report, without what is personal or a key: `o…@example.com`, `hooks.example.com`. */
export function shortenAddress(protocol: string, endpoint: string): string {
  if (protocol.startsWith('http')) return URL.parse(endpoint)?.host ?? protocol;
  if (protocol.startsWith('email')) return endpoint.replace(/^(.)[^@]*/, '$1…');
  if (protocol === 'sms') return `…${endpoint.slice(-2)}`;
  return endpoint.slice(endpoint.lastIndexOf(':') + 1);
}
