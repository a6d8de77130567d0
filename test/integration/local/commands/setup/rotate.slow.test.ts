import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { secretsManager } from '../../../../../functions/aws/secrets.ts';
import { probes } from '../../../../../functions/probes/index.ts';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../../../lib/monitored-org.ts';
import { fileSecrets } from '../../../../../local/commands/check/check-orgs.ts';
import type { RotationStep } from '../../../../../local/commands/setup/rotate.ts';
import { openRemoval, openRotation, openSetup, type SetupTools } from '../../../../../local/commands/setup/set-up.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../../../packages/okta-emulator/src/index.ts';
import {
  notPassed,
  openContainer,
  outcomeLines,
  type RunProbesOptions,
  runProbes,
} from '../../../../support/run-probes.ts';
import { checkLines, setupFolder, setupTools } from '../../../../support/setup-org.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());

async function setUp() {
  const folder = setupFolder(okta);
  const { tools, close } = setupTools(okta, folder.secrets);
  await (await openSetup(folder.request, tools)).apply(() => {});
  okta.resetRateLimits();
  return {
    ...folder,
    tools,
    async [Symbol.asyncDispose]() {
      await (await openRemoval(folder.request, tools)).apply(() => {});
      await close();
    },
  };
}

/** The key ids of an application in Okta, and of its secret. */
async function keysOf({ okta: api }: SetupTools, secrets: string, what: 'service' | 'web') {
  const apps = await api.list('/api/v1/apps?q=okta-synthetics', 'applications');
  const app = apps.find(({ label }) => label === `okta-synthetics acme ${what}`);
  const keys = await api.list(`/api/v1/apps/${app?.id}/credentials/jwks`, 'applications');
  const stored = JSON.parse(readFileSync(secrets, 'utf8')) as Record<string, Record<string, { kid: string }>>;
  const secret = stored[`okta-synthetics/acme/${what}`] ?? {};
  return {
    registered: keys.map(({ kid }) => kid),
    stored: secret.privateKey?.kid,
    members: Object.keys(secret).sort(),
  };
}

const whole = ['managedBy', 'privateKey'];

describe('npm run setup -- --rotate', () => {
  it('gives both applications new keys while warm functions run, without a failed outcome', async () => {
    await using setup = await setUp();
    const { tools, secrets, config, request } = setup;
    const before = [await keysOf(tools, secrets, 'service'), await keysOf(tools, secrets, 'web')];

    // A warm container, which caches secrets as a function does. It runs before, between all steps, and afterwards.
    const [monitored] = monitoredOrgs(loadConfig(config));
    if (!monitored) throw new Error('unreachable: there is an org');
    const cached = cachedFile(secrets);
    const options: RunProbesOptions = {
      org: monitored.org,
      adjust: () => monitored.org,
      secrets: cached,
      container: openContainer(cached),
    };
    const failed: string[] = [];
    const runOnce = async () => {
      okta.resetRateLimits();
      failed.push(...notPassed(outcomeLines(await runProbes(okta, probes, options))));
      okta.resetRateLimits();
    };
    await runOnce();
    const steps: RotationStep[] = [];
    const { apply, applications } = await openRotation(request, tools);
    // One after the other, as scheduled: of two at once, only one may sign the test user in.
    let runs = Promise.resolve();
    await apply((_, step) => {
      steps.push(step);
      if (['registered', 'in use', 'retired'].includes(step)) runs = runs.then(runOnce);
    });
    await runs;
    await runOnce();

    expect(applications).toHaveLength(2);
    expect(steps).toEqual([...rotation, ...rotation]);
    expect(failed).toEqual([]);
    for (const [index, what] of (['service', 'web'] as const).entries()) {
      const after = await keysOf(tools, secrets, what);
      expect(after).toEqual({ registered: [after.stored], stored: after.stored, members: whole });
      expect(after.stored).not.toBe(before[index]?.stored);
    }
  });

  it('goes on wherever it was stopped, and the stored key is accepted at each moment', async () => {
    await using setup = await setUp();
    const { secrets, config, request } = setup;
    const before = await keysOf(setup.tools, secrets, 'service');
    for (let count = 0; ; count += 1) {
      expect(count).toBeLessThan(40);
      const { tools, close } = setupTools(okta, secrets, {
        afterWrite() {
          throw new Stopped();
        },
      });
      const end = await openRotation(request, tools)
        .then(({ apply }) => apply(() => {}))
        .catch((error: unknown) => error);
      await close();
      okta.resetRateLimits();
      const both = await checkLines(okta, config, secrets, ['token@org', 'code@org']);
      expect(both).toContain('code@org: passed');
      expect(notPassed(both)).toEqual([]);
      const { stored, members } = await keysOf(setup.tools, secrets, 'web');
      const isDone = stored !== undefined && members.length === whole.length && count > 8;
      if (!(end instanceof Stopped)) throw end;
      // Each application takes six writes. The next rotation would begin then.
      if (count === 11) {
        expect(isDone).toBe(true);
        break;
      }
    }
    const after = await keysOf(setup.tools, secrets, 'service');
    expect(after).toEqual({ registered: [after.stored], stored: after.stored, members: whole });
    expect(after.stored).not.toBe(before.stored);
  });

  it('keeps the old key in use if Okta does not accept the new one', async () => {
    await using setup = await setUp();
    const { tools, secrets, request, config } = setup;
    const before = await keysOf(tools, secrets, 'service');
    const restore = okta.intercept(
      { method: 'POST', path: '/oauth2/v1/introspect' },
      { status: 401, body: { error: 'invalid_client', error_description: 'canary' } },
    );
    const { apply } = await openRotation(request, tools);
    const error = await apply(() => {}).catch((thrown: unknown) => thrown);
    restore();
    expect(String(error)).toContain('Okta does not accept the new key, so the old one stays in use');
    expect(String(error)).not.toContain('canary');
    expect((await keysOf(tools, secrets, 'service')).stored).toBe(before.stored);
    okta.resetRateLimits();
    expect(notPassed(await checkLines(okta, config, secrets))).toEqual([]);
    // A set-up in this state changes nothing, and the next rotation goes on.
    expect((await openSetup(request, tools)).plan.filter(({ action }) => action !== 'keep')).toEqual([]);
    await (await openRotation(request, tools)).apply(() => {});
    expect((await keysOf(tools, secrets, 'service')).stored).not.toBe(before.stored);
  });
});

describe('npm run setup -- --rotate, where less is known', () => {
  it('proves the key of a service application that was granted nothing', async () => {
    await using setup = await setUp();
    const { tools, secrets, request } = setup;
    const before = await keysOf(tools, secrets, 'service');
    const apps = await tools.okta.list('/api/v1/apps?q=okta-synthetics', 'applications');
    const app = apps.find(({ label }) => label === 'okta-synthetics acme service');
    const grants = `/api/v1/apps/${app?.id}/grants`;
    for (const { id } of await tools.okta.list(grants, 'grants')) {
      await tools.okta.send('DELETE', `${grants}/${id}`, 'grants');
    }
    await (await openRotation(request, tools)).apply(() => {});
    const after = await keysOf(tools, secrets, 'service');
    expect(after).toEqual({ registered: [after.stored], stored: after.stored, members: whole });
    expect(after.stored).not.toBe(before.stored);
  });

  it('does not say that Okta refuses the new key if Okta has an error', async () => {
    await using setup = await setUp();
    const { tools, secrets, request } = setup;
    const before = await keysOf(tools, secrets, 'service');
    const restore = okta.intercept({ method: 'POST', path: '/oauth2/v1/introspect' }, { status: 503, body: {} });
    const error = await (await openRotation(request, tools)).apply(() => {}).catch((thrown: unknown) => thrown);
    restore();
    expect(String(error)).toContain('Okta does not say whether it accepts the new key, so the old one stays in use');
    expect((await keysOf(tools, secrets, 'service')).stored).toBe(before.stored);
  });
});

describe('npm run setup, after a resource was deleted', () => {
  it('makes a lost key and a lost password again, and tells Okta', async () => {
    await using setup = await setUp();
    const { tools, secrets, request, config } = setup;
    const lost = ['okta-synthetics/acme/service', 'okta-synthetics/acme/user'];
    const stored = JSON.parse(readFileSync(secrets, 'utf8')) as Record<string, unknown>;
    const kept = Object.fromEntries(Object.entries(stored).filter(([name]) => !lost.includes(name)));
    writeFileSync(secrets, JSON.stringify(kept));
    const { plan, apply } = await openSetup(request, tools);
    const changed = plan
      .filter(({ action }) => action !== 'keep')
      .map(({ resource, action }) => `${resource.id}: ${action}`);
    expect(changed).toEqual([
      'service-key: create',
      'service-app: update',
      'user-secret: create',
      'user-password: create',
    ]);
    await apply(() => {});
    okta.resetRateLimits();
    expect(notPassed(await checkLines(okta, config, secrets))).toEqual([]);
  });
});

class Stopped extends Error {}

const rotation: readonly RotationStep[] = ['stored', 'registered', 'proved', 'in use', 'retired'];

/** The file of secrets as a warm function reads a store: from its cache, unless a secret is refused. */
function cachedFile(file: string) {
  const cache = new Map<string, ReturnType<ReturnType<typeof fileSecrets>['read']>>();
  const read: ReturnType<typeof secretsManager>['read'] = (name, { fresh = false } = {}) => {
    const cached = cache.get(name);
    if (cached && !fresh) return cached;
    const reading = fileSecrets(file).read(name);
    cache.set(name, reading);
    return reading;
  };
  return { read };
}
