import { resolveCname } from 'node:dns/promises';

/** The canonical name behind a host, or undefined where it has none or DNS does not tell. */
export async function canonicalName(host: string): Promise<string | undefined> {
  try {
    return (await resolveCname(host))[0];
  } catch {
    return undefined;
  }
}
