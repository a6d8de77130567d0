import { ConfigError } from '../../lib/config/config-error.ts';
import { parseConfig } from '../../lib/config/load-config.ts';
import { minimalOrg } from './build-config.ts';

/** The problems of a configuration, one per line, without line numbers; none if it is valid. */
export function problemsOf(config: unknown): readonly string[] {
  return problemsOfText(JSON.stringify(config, null, 2));
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

/** The problems of a configuration with one org that is valid except for these fields. */
export function problemsOfOrg(fields: object): readonly string[] {
  return problemsOf({ orgs: [{ ...minimalOrg, ...fields }] });
}
