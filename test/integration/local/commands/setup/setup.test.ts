import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../../../../local/commands/setup/plan.ts';
import { openRemoval, openRotation, openSetup, type SetupTools } from '../../../../../local/commands/setup/set-up.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../../../packages/okta-emulator/src/index.ts';
import { schemaProblems } from '../../../../../packages/okta-emulator/test/support/okta-sdk-schema.ts';
import { checkLines, setupFolder, setupTools, stoppedAfterEachWrite } from '../../../../support/setup-org.ts';

let okta: OktaEmulator;
beforeEach(async () => {
  okta = await startOktaEmulator();
});
afterEach(() => okta.close());

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

  it('goes on wherever it was stopped, and makes nothing twice', async () => {
    const before = okta.snapshot();
    const { secrets, request: full } = setupFolder(okta);
    // Ten grants more would show nothing new.
    const request = { ...full, health: false };
    const walked = await stoppedAfterEachWrite(okta, secrets, (tools) => setUp(request, tools));
    expect(walked).toBeGreaterThan(15);
    // The same resources as without an interruption: the same names, as often.
    const { tools, writes, close } = setupTools(okta, secrets);
    expect(actions((await openSetup(request, tools)).plan)).toEqual(['keep']);
    const stopped = namesIn(okta.snapshot(), before);
    await remove(request, tools);
    expect(okta.snapshot()).toEqual(before);
    await setUp(request, tools);
    expect(namesIn(okta.snapshot(), before)).toEqual(stopped);
    expect(writes.length).toBeGreaterThan(0);
    await close();

    const removed = await stoppedAfterEachWrite(okta, secrets, (each) => remove(request, each));
    expect(removed).toBeGreaterThan(10);
    expect(okta.snapshot()).toEqual(before);
    expect(existsSync(secrets)).toBe(false);
  });

  it('stores each private key before Okta has its public half, and sends no private one', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    await setUp(request, tools);
    const paths = writes.map(({ method, path, body }) =>
      path === '/api/v1/apps' ? `${method} ${String(body?.label)}` : `${method} ${path}`,
    );
    for (const what of ['service', 'web']) {
      const stored = paths.indexOf(`WRITE okta-synthetics/acme/${what}`);
      expect(stored).toBeGreaterThanOrEqual(0);
      expect(paths.indexOf(`POST okta-synthetics acme ${what}`)).toBeGreaterThan(stored);
    }
    const keys = Object.values(
      JSON.parse(readFileSync(secrets, 'utf8')) as Record<string, { privateKey?: { d: string } }>,
    );
    const sent = JSON.stringify(writes);
    for (const d of keys.flatMap(({ privateKey }) => privateKey?.d ?? [])) expect(sent).not.toContain(d);
    expect(keys.filter(({ privateKey }) => privateKey?.d)).toHaveLength(2);
    await remove(request, tools);
    await close();
  });

  it("sends nothing that the models of Okta's own SDK do not have", async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    await setUp({ ...request, testUser: false }, tools);
    await setUp(request, tools);
    await (await openRotation(request, tools)).apply(() => {});
    // A replaced application is sent back with what Okta itself answered, such as `settings.app`.
    const isOurs = (method: string, path: string) => !(method === 'PUT' && path.startsWith('/api/v1/apps/'));
    const sent = writes.flatMap(({ method, path, body }) =>
      body && Object.keys(body).length > 0 && isOurs(method, path) ? [{ method, path, body }] : [],
    );
    const judged = sent.map(({ method, path, body }) => {
      const [, model] = models.find(([pattern]) => pattern.test(path)) ?? [];
      if (!model) throw new Error(`There is no model for ${method} ${path}.`);
      return { model, problems: schemaProblems(model, body).map((problem) => `${method} ${path}: ${problem}`) };
    });
    expect(judged.flatMap(({ problems }) => problems)).toEqual([]);
    expect(new Set(judged.map(({ model }) => model))).toEqual(new Set(models.map(([, model]) => model)));
    await remove(request, tools);
    await close();
  });

  it('waits for rate limits and for policies that Okta sorts', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    okta.reconcilePolicies(2);
    okta.setRemaining('/api/v1/apps', 0);
    expect(actions(await setUp(request, tools))).toEqual(['create']);
    await remove(request, tools);
    await close();
  });

  it('touches nothing without its mark, and says how to get around it', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    const foreign = await tools.okta.send('POST', '/api/v1/groups', 'groups', {
      profile: { name: 'okta-synthetics acme', description: 'of others' },
    });
    const before = okta.snapshot();
    const { plan } = await openSetup(request, tools);
    const group = plan.find(({ resource }) => resource.id === 'group');
    expect(group).toMatchObject({ action: 'cannot' });
    expect(group?.remedy).toContain('--org');
    // What needs the group cannot be made either, and everything else can.
    expect(plan.flatMap(({ action, resource }) => (action === 'cannot' ? resource.id : []))).toEqual([
      'group',
      'user',
      'user-password',
      'app-policy-rule',
      'assignment',
      'web-rule',
    ]);
    await setUp(request, tools);
    writes.length = 0;
    const removal = await openRemoval(request, tools);
    expect(removal.plan.find(({ resource }) => resource.id === 'group')).toMatchObject({ action: 'keep' });
    await removal.apply(() => {});
    expect(okta.snapshot()).toEqual(before);
    expect(JSON.stringify(writes)).not.toContain(String(foreign.id));
    await tools.okta.send('DELETE', `/api/v1/groups/${foreign.id}`, 'groups');
    await close();
  });

  it('does not choose between two applications with its mark, and takes no secret of others', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    writeFileSync(secrets, JSON.stringify({ 'okta-synthetics/acme/web': { clientSecret: 'of others' } }));
    await setUp({ ...request, testUser: false }, tools);
    const made = writes.find(
      ({ path, body }) => path === '/api/v1/apps' && body?.label === 'okta-synthetics acme service',
    );
    const twin = await tools.okta.send('POST', '/api/v1/apps', 'applications', made?.body ?? {});
    const { plan } = await openSetup(request, tools);
    const refused = (id: string) => plan.find(({ resource }) => resource.id === id);
    expect(refused('service-app')).toMatchObject({
      action: 'cannot',
      reason: expect.stringContaining(String(twin.id)),
    });
    expect(refused('web-key')).toMatchObject({ action: 'cannot', remedy: expect.stringContaining('--org') });
    expect(JSON.parse(readFileSync(secrets, 'utf8'))).toMatchObject({
      'okta-synthetics/acme/web': { clientSecret: 'of others' },
    });
    await tools.okta.send('POST', `/api/v1/apps/${twin.id}/lifecycle/deactivate`, 'applications');
    await tools.okta.send('DELETE', `/api/v1/apps/${twin.id}`, 'applications');
    await remove(request, tools);
    expect(JSON.parse(readFileSync(secrets, 'utf8'))).toEqual({
      'okta-synthetics/acme/web': { clientSecret: 'of others' },
    });
    await close();
  });

  it('makes what the administrator may, names the right that is missing, and completes it later', async () => {
    const { config, secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const restore = okta.restrictRoles(['okta.appGrants.manage']);
    const done = await setUp(request, tools);
    const refused = done.filter(({ action }) => action === 'cannot');
    expect(refused.map(({ resource }) => resource.kind)).toContain('grant');
    expect(refused[0]?.remedy).toContain('Super Administrator');
    okta.resetRateLimits();
    const partly = await checkLines(okta, config, secrets);
    expect(partly.filter((line) => !line.endsWith(': passed'))).toEqual([]);
    expect(partly).toContain('token@default: passed');

    restore();
    expect(actions(await setUp(request, tools))).toEqual(['keep', 'create', 'update']);
    okta.resetRateLimits();
    const complete = await checkLines(okta, config, secrets);
    expect(complete.filter((line) => !line.endsWith(': passed'))).toEqual([]);
    expect(complete.length).toBeGreaterThan(partly.length);
    await remove(request, tools);
    await close();
  });

  it('finds out that the org has no API Access Management before it makes anything', async () => {
    const { config, secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    const restore = okta.intercept(
      { path: /^\/api\/v1\/authorizationServers/ },
      {
        status: 401,
        body: {
          errorCode: 'E0000015',
          errorSummary: 'You do not have permission to access the feature you are requesting',
          errorId: 'oae1',
          errorCauses: [],
        },
      },
    );
    const { plan, apply } = await openSetup({ ...request, testUser: false }, tools);
    expect(writes).toEqual([]);
    const [server] = plan.filter(({ action }) => action === 'cannot');
    expect(server?.reason).toContain('API Access Management');
    expect(server?.resource.without).toContain('Org server');
    await apply(() => {});
    restore();
    okta.resetRateLimits();
    const checked = await checkLines(okta, config, secrets);
    expect(checked.filter((line) => !line.endsWith(': passed'))).toEqual([]);
    expect(checked).toContain('token@org: passed');
    await remove(request, tools);
    await close();
  });

  it('sets up an org of the Classic Engine without an app sign-in policy', async () => {
    const { config, secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const restore = okta.alterSignIn({ engine: 'classic' });
    const done = await setUp(request, tools);
    expect(actions(done)).toEqual(['create']);
    expect(done.filter(({ resource }) => resource.id.startsWith('app-policy'))).toEqual([]);
    okta.resetRateLimits();
    expect((await checkLines(okta, config, secrets)).filter((line) => !line.endsWith(': passed'))).toEqual([]);
    await remove(request, tools);
    restore();
    await close();
  });

  it("makes grants for the org's own address, also where a custom domain is monitored", async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const own = 'https://acme.okta.com';
    const restore = okta.intercept(
      { path: '/.well-known/okta-organization' },
      { body: { id: '00o1', _links: { organization: { href: own } }, pipeline: 'idx' } },
    );
    const { plan } = await openSetup(request, tools);
    restore();
    const grant = plan.find(({ resource }) => resource.id === 'grant:okta.users.read');
    expect(grant?.differences).toContainEqual({ path: 'issuer', to: own });
    await close();
  });

  it('takes answers of any shape, and makes nothing of them', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    const odd = [null, 5, 'text', {}, { id: 'default' }, { id: 1, name: [], label: {}, profile: null, _links: 'x' }];
    const restores = [
      okta.intercept(
        { path: '/.well-known/okta-organization' },
        { body: { id: '00o1', pipeline: 7, _links: { organization: { href: 'x' } } } },
      ),
      okta.intercept({ method: 'GET', path: /^\/(api|oauth2)\/v1\// }, { body: odd }),
    ];
    const { plan, settings } = await openSetup(request, tools);
    for (const restore of restores) restore();
    expect(settings).toMatchObject({ oktaUrl: okta.origin, engine: 'identity', server: { id: 'default' } });
    expect(plan.filter(({ action }) => !['create', 'cannot'].includes(action))).toEqual([]);
    expect(writes).toEqual([]);
    await close();
  });

  it.each([
    [404, { errorCode: 'E0000007' }],
    [404, {}],
    [200, { pipeline: 'idx' }],
  ])('says that the domain is that of no org if it answers %s %j for it', async (status, body) => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const restore = okta.intercept({ path: '/.well-known/okta-organization' }, { status, body });
    await expect(openSetup(request, tools)).rejects.toThrow('does not answer as an Okta org does: check --domain');
    restore();
    await close();
  });

  it('makes no service application where Okta would make it a super administrator', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const path = '/api/v1/org/settings/clientPrivilegesSetting';
    await tools.okta.send('PUT', path, 'organization', { clientPrivilegesSetting: true });
    const { plan } = await openSetup(request, tools);
    const app = plan.find(({ resource }) => resource.id === 'service-app');
    expect(app).toMatchObject({ action: 'cannot', remedy: expect.stringContaining('Public client app admins') });
    await tools.okta.send('PUT', path, 'organization', { clientPrivilegesSetting: false });
    await close();
  });

  it('changes nothing for a read-only administrator, and ends for a token that Okta does not know', async () => {
    const { secrets, request } = setupFolder(okta);
    const before = okta.snapshot();
    const readOnly = setupTools(okta, secrets, { token: okta.apiToken });
    const done = await setUp(request, readOnly.tools);
    expect(done.filter(({ action, resource }) => action === 'create' && resource.okta)).toEqual([]);
    expect(okta.snapshot()).toEqual(before);
    await remove(request, readOnly.tools);
    const unknown = setupTools(okta, secrets, { token: '00unknown' });
    await expect(openSetup(request, unknown.tools)).rejects.toThrow('API > Tokens');
    await readOnly.close();
    await unknown.close();
  });
});

/** What each path takes, as the SDK names it. */
const models: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/apps(\/\w+)?$/, 'Application'],
  [/^\/api\/v1\/apps\/\w+\/grants$/, 'OAuth2ScopeConsentGrant'],
  [/^\/api\/v1\/apps\/\w+\/credentials\/jwks$/, 'OAuth2ClientJsonWebKeyRsaRequest'],
  [/^\/oauth2\/v1\/clients\/\w+\/roles$/, 'StandardRoleAssignmentSchema'],
  [/^\/api\/v1\/groups$/, 'Group'],
  [/^\/api\/v1\/users$/, 'CreateUserRequest'],
  [/^\/api\/v1\/policies$/, 'Policy'],
  [/^\/api\/v1\/policies\/\w+\/rules(\/\w+)?$/, 'PolicyRule'],
  [/^\/api\/v1\/authorizationServers\/\w+\/scopes$/, 'OAuth2Scope'],
  [/^\/api\/v1\/authorizationServers\/\w+\/policies(\/\w+)?$/, 'AuthorizationServerPolicy'],
  [/^\/api\/v1\/authorizationServers\/\w+\/policies\/\w+\/rules(\/\w+)?$/, 'AuthorizationServerPolicyRuleRequest'],
];

/** The new resources of the org by name, because ids differ each time. */
function namesIn(snapshot: object, before: object): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(snapshot, (key, value: unknown) => (key === 'kid' ? 'kid' : value));
  return JSON.parse(
    text.replace(/"((?:0oa|00g|00u|00p|0pr|rst|rul|scp)[A-Za-z0-9]{15,17})"/g, (whole, id: string) => {
      if (JSON.stringify(before).includes(id)) return whole;
      if (!ids.has(id)) ids.set(id, `id${ids.size}`);
      return `"${ids.get(id)}"`;
    }),
  );
}
