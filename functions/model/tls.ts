/** The options of every TLS connection. They are explicit so that no variable and no flag of Node.js weakens them. */
export const strictTls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

/**
 * Returns what in an environment asks for connections that anyone on the way could read or answer, in a few words.
 *
 * Trap: an address may contain a password, so only the name of its variable is shown.
 */
export function insecureSetting(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    return 'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the verification of certificates off';
  }
  const plain = Object.keys(environment).find(
    (name) => name.startsWith('AWS_ENDPOINT_URL') && isPlainHttp(environment[name] ?? ''),
  );
  return plain && `${plain} sends secrets over plain http to another machine`;
}

/** Only emulators on this machine have no TLS. */
export function isPlainHttp(url: string): boolean {
  const { protocol, hostname = '' } = URL.parse(url) ?? {};
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
