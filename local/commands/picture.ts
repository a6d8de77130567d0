/**
 * Makes docs/board.png: the board during an outage of Okta, as a browser shows it. `npm run picture`.
 *
 * The times and the story are always the same. Latencies and request ids are not.
 */

import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { loadConfig } from '../../lib/config/load-config.ts';
import { errorEnvelope } from '../../packages/okta-emulator/src/index.ts';
import { drillDeployments } from '../lab/deployments.ts';
import { playOnBoard } from '../lab/play-on-board.ts';
import { UsageError } from '../lab/result.ts';
import { respond } from '../lab/scenarios/faults/answers.ts';
import { atEach, token } from '../lab/scenarios/targets.ts';
import { adoptServers } from '../lab/simulation/adopt-servers.ts';
import { defineCommand, integerOf, sharedOptions } from './command.ts';
import { showProgress } from './reporters/progress.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Returns the executable of a Chromium: that of `CHROMIUM_PATH`, or one in the usual places. */
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

/** The minutes before and during the outage. */
const minutes = { healthy: 45, outage: 6 };

export const picture = defineCommand({
  name: 'picture',
  options: {
    out: { type: 'string', value: '<file>', default: 'docs/board.png', help: 'the picture (default: docs/board.png)' },
    width: { type: 'string', value: '<pixels>', default: '1440', help: 'the width of the window (default: 1440)' },
    full: { type: 'boolean', default: false, help: 'the whole page, and not only what the window shows' },
    dark: { type: 'boolean', default: false, help: 'in the dark colors' },
    config: sharedOptions.config,
  },
  async run(values, { stderr }) {
    const width = integerOf('width', values.width, 200, 4_096);
    const executable = findChromium();
    if (executable === undefined)
      throw new UsageError('There is no Chromium. Install one, or name its executable in CHROMIUM_PATH.');
    using progress = showProgress(stderr);
    const { config } = adoptServers(loadConfig(values.config));
    await using board = await playOnBoard(drillDeployments(config), { port: 0, name: config.deployment, leastMs: 0 });
    progress.step('simulating an outage');
    await using simulation = await board.deployments.open('configured');
    const [org = ''] = simulation.orgs;
    for (let minute = 0; minute < minutes.healthy; minute += 1) await simulation.tick();
    await simulation.inject(org, atEach(token, respond(errorEnvelope('E0000009'))));
    for (let minute = 0; minute < minutes.outage; minute += 1) await simulation.tick();
    progress.step('taking the picture');
    const browser = await chromium.launch(chromiumOptions(executable));
    try {
      const page = await browser.newPage({
        viewport: { width, height: 1_120 },
        colorScheme: values.dark ? 'dark' : 'light',
      });
      await page.goto(`${board.url}/orgs/${org}`);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.screenshot({ path: values.out, fullPage: values.full });
    } finally {
      await browser.close();
    }
    return 0;
  },
});
