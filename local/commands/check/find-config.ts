import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sharedOptions } from '../command.ts';

/** The file that `npm run setup` writes by default. */
const setupConfig = 'my.jsonc';

/**
 * Finds the configuration that a command without `--config` means, because the commands in messages have none: the one in
 * `cdk.json` of the folder, or the one that `npm run setup` writes. The example is of no org of theirs, so it is not meant.
 */
export function findConfig(folder = '.'): string | undefined {
  const deployed = deployedConfig(folder);
  if (deployed !== undefined && deployed !== sharedOptions.config.default) return deployed;
  return existsSync(path.join(folder, setupConfig)) ? setupConfig : undefined;
}

function deployedConfig(folder: string): string | undefined {
  try {
    const { context } = JSON.parse(readFileSync(path.join(folder, 'cdk.json'), 'utf8')) as {
      readonly context?: { readonly config?: unknown };
    };
    return typeof context?.config === 'string' ? context.config : undefined;
  } catch {
    return undefined;
  }
}
