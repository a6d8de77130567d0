/** One problem in a configuration: where it is, what is wrong and how to fix it. Trap: it must not quote a secret. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A configuration that cannot be used. Commands print its message alone, without a stack trace. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * A path as it would be written in code: `orgs[0].servers[1].service.secret`.
 *
 * Trap: an unknown key may be a password or a token that was pasted in the wrong place. API tokens have 42 characters.
 */
export function formatPath(path: readonly PropertyKey[]): string {
  const shown = (key: PropertyKey) => (/^[\w$-]{1,32}$/.test(String(key)) ? String(key) : '(a key that is not shown)');
  const joined = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${shown(key)}`)).join('');
  return joined.replace(/^\./, '') || 'the file';
}
