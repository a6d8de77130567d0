/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Parses a `WWW-Authenticate` header into challenges with their parameters, names in lower case (RFC 9110, 11.6.1).
 *
 * Trap: one header may contain several challenges, separated by commas as their parameters are, and quoted values may
 * contain commas too. Anything that cannot be parsed is ignored.
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
