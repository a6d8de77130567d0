import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The user's folder for the state of programs: XDG's if it is set, otherwise that of the operating
 * system. https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const systems: Readonly<Record<string, string>> = {
    darwin: path.join(homedir(), 'Library', 'Application Support'),
    win32: env.LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'),
  };
  const xdg = env.XDG_STATE_HOME;
  // A relative path there is to be ignored.
  if (xdg && path.isAbsolute(xdg)) return xdg;
  return systems[process.platform] ?? path.join(homedir(), '.local', 'state');
}
