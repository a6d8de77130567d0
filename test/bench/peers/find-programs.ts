import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Peer } from './peer.ts';

/** The paths of a peer's programs, or the name of the first that is not installed. */
export function findPrograms({ programs }: Pick<Peer, 'programs'>): readonly string[] | { readonly missing: string } {
  const found: string[] = [];
  for (const names of programs) {
    const file = names.map(findInPath).find((each) => each !== undefined);
    if (file === undefined) return { missing: names.join(' or ') };
    found.push(file);
  }
  return found;
}

function findInPath(name: string): string | undefined {
  const files = (process.env.PATH ?? '').split(path.delimiter).map((directory) => path.join(directory, name));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The version that a program prints, or nothing. */
export async function versionOf(file: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, STEPCI_DISABLE_ANALYTICS: '1' };
  const { stdout, stderr } = await promisify(execFile)(file, [...args], { env }).catch(() => ({
    ...{ stdout: '', stderr: '' },
  }));
  return /\d+\.\d+(\.\d+)?/.exec(`${stdout} ${stderr}`)?.[0] ?? '';
}
