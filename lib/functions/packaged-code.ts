import { createRequire } from 'node:module';
import path from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Entry } from './entries.ts';

/**
 * The code of a function as the npm package contains it.
 *
 * Trap: in a clone, it is there once something has been bundled, and may be older than the sources. Use `bundle` there.
 */
export function packagedCode(entry: Entry): Code {
  // The `imports` of package.json say where it is, in the package and in a clone.
  return Code.fromAsset(path.dirname(createRequire(import.meta.url).resolve(`#bundles/${entry}`)));
}
