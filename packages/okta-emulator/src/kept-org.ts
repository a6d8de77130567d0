import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { canIssue } from './certificates.ts';
import { type OktaEmulator, startOktaEmulator } from './okta-emulator.ts';
import { createIdentity, type OrgIdentity } from './org-identity.ts';

/** The paths of the files for tools that need a path. */
export interface OrgFiles {
  /** The certificate to trust, as PEM. */
  readonly ca: string;
  /** The service application's private key, as a JWK. */
  readonly privateKey: string;
  /** The private key of the service application that requires DPoP. */
  readonly dpopPrivateKey: string;
}

/** An org that is the same at each start, because a folder keeps its identity. */
export interface KeptOrg {
  readonly okta: OktaEmulator;
  readonly files: OrgFiles;
}

/** Starts the org that a folder keeps, or a new one if `fresh`, and writes its files to the folder. */
export async function startKeptOrg(folder: string, port: number, fresh: boolean): Promise<KeptOrg> {
  const identity = await keptIdentity(folder, fresh);
  const okta = await startOktaEmulator({ port, identity });
  const files: OrgFiles = {
    ca: path.join(folder, 'ca.pem'),
    privateKey: path.join(folder, 'private-key.json'),
    dpopPrivateKey: path.join(folder, 'dpop-private-key.json'),
  };
  replaceFile(files.ca, okta.ca, 0o644);
  writeJson(files.privateKey, okta.clients.service.privateJwk);
  writeJson(files.dpopPrivateKey, okta.clients.dpop.privateJwk);
  return { okta, files };
}

/** The message for a port that another program has, undefined for other errors. `otherwise` is a command that works. */
export function portInUse(error: unknown, otherwise: string): string | undefined {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  return code === 'EADDRINUSE' ? `Port ${port} is already in use. Try ${otherwise}` : undefined;
}

/** Returns the user's folder for caches: XDG's if it is set, otherwise that of the operating system. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const systems: Readonly<Record<string, string>> = {
    darwin: path.join(homedir(), 'Library', 'Caches'),
    win32: env.LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'),
  };
  const xdg = env.XDG_CACHE_HOME;
  // The XDG Base Directory Specification ignores a relative path.
  if (xdg && path.isAbsolute(xdg)) return xdg;
  return systems[process.platform] ?? path.join(homedir(), '.cache');
}

/** Changes with the contents of an identity. A file of another version is replaced. */
const identityVersion = 4;

/** Makes and keeps a new identity without a kept one, if `fresh`, or if the certificate authority expires soon. */
async function keptIdentity(folder: string, fresh: boolean): Promise<OrgIdentity> {
  const file = path.join(folder, 'identity.json');
  const kept = fresh ? undefined : readIdentity(file);
  if (kept && canIssue(kept.authority, Date.now())) return kept;
  const identity = await createIdentity();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeJson(file, { version: identityVersion, ...identity });
  return identity;
}

function readIdentity(file: string): OrgIdentity | undefined {
  try {
    const { version, ...identity } = JSON.parse(readFileSync(file, 'utf8'));
    return version === identityVersion ? identity : undefined;
  } catch (error) {
    // A missing file or one that is not JSON: everything in it can be made again.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file that its owner alone may read. */
function writeJson(file: string, value: object): void {
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}

/** Replaces a file as a whole. A link in its place is replaced too, not followed. */
function replaceFile(file: string, contents: string, mode: number): void {
  const next = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(next, contents, { flag: 'wx', mode });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
