/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Reads a `WWW-Authenticate` header: challenges and their parameters, names in lower case (RFC 9110, 11.6.1).
 *
 * Trap: several challenges share one header, separated by the same comma that separates their parameters, and quoted
 * values hold commas of their own. What cannot be read is passed over.
 */
export function parseWwwAuthenticate(header: string): readonly Challenge[] {
  const token = /[!#$%&'*+.^_`|~\w-]+/y;
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    take(/[\s,]+/y);
    const name = take(token)?.[0];
    if (name === undefined) {
      at += 1;
      continue;
    }
    if (!take(/\s*=\s*/y)) {
      challenges.push({ scheme: name, parameters: {} });
      continue;
    }
    const quoted = take(/"((?:[^"\\]|\\.)*)"/y);
    const value = quoted ? (quoted[1] ?? '').replaceAll(/\\(.)/g, '$1') : take(token)?.[0];
    const challenge = challenges.at(-1);
    if (challenge && value !== undefined) challenge.parameters[name.toLowerCase()] = value;
  }
  return challenges;
}
