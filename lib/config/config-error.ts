/** One thing that is wrong with a configuration: where, what, and how to mend it. Trap: it may repeat no secret. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A configuration that cannot be used. Its message is all that the person who wrote it needs to see. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A path as one would write it in code: `orgs[0].servers[1].service.secret`. */
export function formatPath(path: readonly PropertyKey[]): string {
  const joined = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return joined.replace(/^\./, '') || 'the file';
}
