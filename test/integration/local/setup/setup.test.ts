import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../../../../local/emulators/okta/okta-emulator.ts';
import type { Step } from '../../../../local/setup/plan.ts';
import { openRemoval, openSetup, type SetupTools } from '../../../../local/setup/set-up.ts';
import { checkLines, setupFolder, setupTools } from '../../../support/setup-org.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());

const actions = (steps: readonly Step[]) => [...new Set(steps.map(({ action }) => action))];
const lines = (steps: readonly Step[]) =>
  steps.map(({ resource, action, reason }) => `${resource.id}: ${action}${reason ? ` (${reason})` : ''}`);

async function setUp(request: Parameters<typeof openSetup>[0], tools: SetupTools) {
  const { apply } = await openSetup(request, tools);
  return apply(() => {});
}
async function remove(request: Parameters<typeof openSetup>[0], tools: SetupTools) {
  const { apply } = await openRemoval(request, tools);
  return apply(() => {});
}

describe('npm run setup', () => {
  it('makes what npm run check passes with, changes nothing twice, and takes all of it away', async () => {
    const before = okta.snapshot();
    const { config, secrets, request } = setupFolder(okta);
    const textBefore = readFileSync(config, 'utf8');
    const { tools, writes, close } = setupTools(okta, secrets);

    const planned = await openSetup(request, tools);
    expect(actions(planned.plan)).toEqual(['create']);
    expect(writes).toEqual([]);
    expect(okta.snapshot()).toEqual(before);

    expect(actions(await planned.apply(() => {}))).toEqual(['create']);
    okta.resetRateLimits();
    const checked = await checkLines(okta, config, secrets);
    expect(checked.length).toBeGreaterThan(30);
    expect(checked.filter((line) => !line.endsWith(': passed'))).toEqual([]);

    writes.length = 0;
    const again = await openSetup(request, tools);
    expect(lines(again.plan).filter((line) => !line.endsWith('keep'))).toEqual([]);
    await again.apply(() => {});
    expect(writes).toEqual([]);

    await remove(request, tools);
    expect(okta.snapshot()).toEqual(before);
    expect(readFileSync(config, 'utf8')).toBe(textBefore);
    expect(existsSync(secrets)).toBe(false);
    await close();
  });
});
