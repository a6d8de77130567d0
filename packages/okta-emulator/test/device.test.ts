import { describe, expect, it } from 'vitest';
import { everyoneId } from '../src/index.ts';
import { createOktaAdmin, deviceApplication } from './support/okta-admin.ts';
import { openOkta } from './support/open-okta.ts';

let nowMs = Date.now();
const { okta, client } = await openOkta({ now: () => nowMs });
const admin = createOktaAdmin(okta, client);
const { body: app } = await admin('POST', '/api/v1/apps', deviceApplication());
for (const scopeId of ['okta.groups.manage', 'okta.groups.read']) {
  await admin('POST', `/api/v1/apps/${app.id}/grants`, { issuer: okta.origin, scopeId });
}
await admin('PUT', `/api/v1/apps/${app.id}/groups/${everyoneId}`, {});

async function start(scope = 'okta.groups.manage') {
  const { status, body } = await client.post('/oauth2/v1/device/authorize', { client_id: app.id, scope });
  expect(status).toBe(200);
  return { ...body, deviceCode: String(body.device_code), userCode: String(body.user_code) };
}

const poll = (device_code: string) =>
  client.post('/oauth2/v1/token', {
    ...{ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code, client_id: app.id },
  });

describe('the device authorization grant', () => {
  it('gives a code for the device and one for its user', async () => {
    expect(await start()).toMatchObject({
      ...{ userCode: expect.stringMatching(/^[A-Z]{8}$/), expires_in: 600, interval: 5 },
      verification_uri: `${okta.origin}/activate`,
      verification_uri_complete: expect.stringMatching(/\/activate\?user_code=[A-Z]{8}$/),
    });
  });

  it('is in the metadata of the Org server', async () => {
    const document = await (await client.request('/.well-known/oauth-authorization-server')).json();
    expect(document).toMatchObject({ device_authorization_endpoint: `${okta.origin}/oauth2/v1/device/authorize` });
  });

  it('gives an administrator’s token once the administrator has allowed the device', async () => {
    const { deviceCode, userCode } = await start('okta.groups.manage okta.users.manage');
    expect(await poll(deviceCode)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
    await okta.approveDevice(userCode);
    nowMs += 5000;
    const { status, body } = await poll(deviceCode);
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: 'okta.groups.manage' });
    const headers = { authorization: `Bearer ${body.access_token}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ profile: { name: 'By device' } }) };
    const made = await client.request('/api/v1/groups', init);
    expect(made.status).toBe(200);
    await admin('DELETE', `/api/v1/groups/${Object(await made.json()).id}`);
    expect((await client.request('/api/v1/users', { headers })).status).toBe(403);
  });

  it('gives a token that can do nothing to a user who is no administrator', async () => {
    const { deviceCode, userCode } = await start('okta.groups.read');
    await okta.approveDevice(userCode, okta.user.login);
    const { body } = await poll(deviceCode);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect(await (await client.request('/api/v1/groups', { headers })).json()).toMatchObject({ errorCode: 'E0000006' });
  });

  it('asks a device that polls too fast to slow down, each time more', async () => {
    const { deviceCode } = await start();
    const errors: unknown[] = [];
    for (const seconds of [0, 1, 6, 15]) {
      nowMs += seconds * 1000;
      errors.push((await poll(deviceCode)).body.error);
    }
    expect(errors).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending']);
  });

  it('ends when the user denies it, when no one is assigned, when it expires and when it was used', async () => {
    const denied = await start();
    await okta.denyDevice(denied.userCode);
    expect(await poll(denied.deviceCode)).toMatchObject({ body: { error: 'access_denied' } });

    const unassigned = await start();
    await admin('DELETE', `/api/v1/apps/${app.id}/groups/${everyoneId}`);
    await okta.approveDevice(unassigned.userCode);
    await admin('PUT', `/api/v1/apps/${app.id}/groups/${everyoneId}`, {});
    expect(await poll(unassigned.deviceCode)).toMatchObject({ body: { error: 'access_denied' } });

    const late = await start();
    nowMs += 600_000;
    expect(await poll(late.deviceCode)).toMatchObject({ status: 400, body: { error: 'expired_token' } });
    expect(await poll('unknown')).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });

    const used = await start();
    await okta.approveDevice(used.userCode);
    expect((await poll(used.deviceCode)).status).toBe(200);
    nowMs += 5000;
    expect(await poll(used.deviceCode)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('is for applications that have the grant, and for scopes that were granted', async () => {
    const { clientId } = okta.clients.spa;
    expect(await client.post('/oauth2/v1/device/authorize', { client_id: clientId, scope: 'openid' })).toMatchObject({
      body: { error: 'unauthorized_client' },
    });
    const asked = { client_id: app.id, scope: 'okta.users.manage' };
    expect(await client.post('/oauth2/v1/device/authorize', asked)).toMatchObject({
      body: { error: 'consent_required' },
    });
  });
});
