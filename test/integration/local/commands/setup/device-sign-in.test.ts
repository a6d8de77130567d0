import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminScopes, signInByDevice } from '../../../../../local/commands/setup/device-sign-in.ts';
import { type OktaApi, openOktaApi } from '../../../../../local/commands/setup/okta-api.ts';
import { openRemoval, openSetup } from '../../../../../local/commands/setup/set-up.ts';
import { everyoneId, type OktaEmulator, startOktaEmulator } from '../../../../../packages/okta-emulator/src/index.ts';
import { deviceApplication } from '../../../../../packages/okta-emulator/test/support/okta-admin.ts';
import { setupFolder, setupTools } from '../../../../support/setup-org.ts';

let nowMs = Date.now();
let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator({ now: () => nowMs });
});
afterAll(() => okta.close());

/** A native application with the scopes of a set-up, for everybody. */
async function nativeApplication(api: OktaApi, scopes: readonly string[] = adminScopes, more: object = {}) {
  const { id } = await api.send('POST', '/api/v1/apps?activate=true', 'applications', deviceApplication(more) as never);
  for (const scopeId of scopes) {
    await api.send('POST', `/api/v1/apps/${id}/grants`, 'grants', { issuer: okta.origin, scopeId });
  }
  await api.send('PUT', `/api/v1/apps/${id}/groups/${everyoneId}`, 'applications', {});
  return String(id);
}

describe('a set-up by device sign-in', () => {
  it.each([
    ['with a Bearer token', {}],
    ['with a token that the application demands to be bound', { dpop_bound_access_tokens: true }],
  ])('makes everything, and takes it away: %s', async (_, more) => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const clientId = await nativeApplication(tools.okta, adminScopes, more);
    const before = okta.snapshot();
    const shown: string[] = [];
    const fetch = await signInByDevice({
      ...{ origin: okta.origin, clientId, fetch: tools.fetch, show: (text) => shown.push(text) },
      // An administrator who allows it while the command waits for the second time.
      async wait(ms) {
        nowMs += ms;
        const [, code = ''] = /The code is (\w+)/.exec(shown.join()) ?? [];
        await okta.approveDevice(code).catch(() => {});
      },
    });
    expect(shown.join()).toContain(`${okta.origin}/activate`);
    const device = { ...tools, okta: openOktaApi({ origin: okta.origin, fetch, wait: tools.wait }) };
    const done = await (await openSetup(request, device)).apply(() => {});
    expect(
      done.filter(({ action }) => action !== 'create').map(({ resource, reason }) => [resource.id, reason]),
    ).toEqual([]);
    await (await openRemoval(request, device)).apply(() => {});
    expect(okta.snapshot()).toEqual(before);
    await close();
  });

  it('says which scope the application lacks', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const scopes = adminScopes.filter((scope) => !scope.startsWith('okta.groups.'));
    const clientId = await nativeApplication(tools.okta, scopes);
    let text = '';
    const fetch = await signInByDevice({
      ...{ origin: okta.origin, clientId, fetch: tools.fetch },
      show: (shown) => {
        text = shown;
      },
      async wait(ms) {
        nowMs += ms;
        await okta.approveDevice(/The code is (\w+)/.exec(text)?.[1] ?? '').catch(() => {});
      },
    });
    const device = { ...tools, okta: openOktaApi({ origin: okta.origin, fetch, wait: tools.wait }) };
    const { plan } = await openSetup(request, device);
    const group = plan.find(({ resource }) => resource.id === 'group');
    expect(group).toMatchObject({ action: 'cannot', remedy: expect.stringContaining('okta.groups.read') });
    await close();
  });

  it('ends with what to do where Okta or the administrator refuses', async () => {
    const { secrets } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const clientId = await nativeApplication(tools.okta);
    let text = '';
    const signIn = (id: string, decide: (code: string) => Promise<void>) =>
      signInByDevice({
        ...{ origin: okta.origin, clientId: id, fetch: tools.fetch },
        show: (shown) => {
          text = shown;
        },
        async wait(ms) {
          nowMs += ms;
          await decide(/The code is (\w+)/.exec(text)?.[1] ?? '');
        },
      });
    await expect(signIn(clientId, (code) => okta.denyDevice(code))).rejects.toThrow('was refused');
    await expect(signIn(clientId, async () => {})).rejects.toThrow('The code expired before');
    await expect(signIn('0oaUnknownApplication', async () => {})).rejects.toThrow('--device-client');
    await close();
  });
});
