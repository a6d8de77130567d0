import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The executable of a Chromium: that of `CHROMIUM_PATH`, or one in the usual places. Undefined if there is none. */
export function findChromium({ CHROMIUM_PATH: given, PATH = '' }: NodeJS.ProcessEnv = process.env): string | undefined {
  const inPath = PATH.split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)));
  return given ? (isExecutable(given) ? given : undefined) : [...inPath, ...places].find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How Chromium starts. As root, which some containers are, it has no sandbox. */
export function chromiumOptions(executablePath: string) {
  const isRoot = process.getuid?.() === 0;
  return { executablePath, headless: true, args: isRoot ? ['--no-sandbox'] : [] };
}
