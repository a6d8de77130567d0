import { ConfigError } from '../../lib/config/config-error.ts';
import { parseConfig } from '../../lib/config/load-config.ts';

/** What is said about a configuration, a line a problem; none when it is accepted. */
export function problemsOf(value: unknown): readonly string[] {
  return problemsOfText(JSON.stringify(value, null, 2));
}

export function problemsOfText(text: string): readonly string[] {
  try {
    parseConfig(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace(/ \(line \d+\)/, ''));
  }
}

/** What is said about a configuration of one org that is sound but for these fields. */
export function problemsOfOrg(fields: object): readonly string[] {
  return problemsOf({ orgs: [{ name: 'acme', domain: 'acme.okta.com', ...fields }] });
}
