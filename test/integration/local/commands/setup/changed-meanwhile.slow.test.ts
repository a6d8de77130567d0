import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, type Json, overlay } from '../../../../../local/commands/setup/json.ts';
import type { Step } from '../../../../../local/commands/setup/plan.ts';
import { openRemoval, openRotation, openSetup } from '../../../../../local/commands/setup/set-up.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../../../packages/okta-emulator/src/index.ts';
import { setupFolder, setupTools } from '../../../../support/setup-org.ts';

let okta: OktaEmulator;
beforeEach(async () => {
  okta = await startOktaEmulator();
});
afterEach(() => okta.close());

/** A set-up that was made, and the tools of the next call. */
async function openMade() {
  const { secrets, request } = setupFolder(okta);
  const { tools, writes, close } = setupTools(okta, secrets);
  await (await openSetup(request, tools)).apply(() => {});
  okta.resetRateLimits();
  writes.length = 0;
  return { secrets, request, tools, writes, [Symbol.asyncDispose]: close };
}

const server = '/api/v1/authorizationServers/default';

/** Where each thing is that has a mark of its own in Okta. */
const pathsOf: Readonly<Record<string, (id: string) => string>> = {
  'service-app': (id) => `/api/v1/apps/${id}`,
  'web-app': (id) => `/api/v1/apps/${id}`,
  group: (id) => `/api/v1/groups/${id}`,
  user: (id) => `/api/v1/users/${id}`,
  'app-policy': (id) => `/api/v1/policies/${id}`,
  scope: (id) => `${server}/scopes/${id}`,
  'server-policy': (id) => `${server}/policies/${id}`,
};
const marked = Object.keys(pathsOf).sort();

/** Changes a resource of a plan, as another administrator would. */
async function change(plan: readonly Step[], ids: readonly string[], members: (item: Json) => Json) {
  const { tools, close } = setupTools(okta, 'none');
  for (const { resource, found } of plan) {
    if (!found || !ids.includes(resource.id)) continue;
    const path = pathsOf[resource.id]?.(found.id) ?? '';
    const item = (await tools.okta.get(path, 'applications')) ?? {};
    const method = resource.id === 'user' ? 'POST' : 'PUT';
    await tools.okta.send(method, path, 'applications', overlay(item, members(item)));
  }
  okta.resetRateLimits();
  await close();
}

function unmark(item: Json): Json {
  if (item.label !== undefined) return { profile: { managedBy: 'another' } };
  if (at(item, 'profile', 'login') !== undefined) return { profile: { organization: 'another' } };
  return item.profile ? { profile: { description: 'of others' } } : { description: 'of others' };
}

function rename(item: Json): Json {
  if (item.label !== undefined) return { label: `${item.label} 2` };
  const login = at(item, 'profile', 'login');
  if (login !== undefined) return { profile: { login: `x${login}`, email: `x${login}` } };
  return item.profile ? { profile: { name: 'renamed' } } : { name: 'renamed' };
}

describe('between the plan and the removal', () => {
  it.each([
    ['loses its mark', unmark, 'lacks the mark'],
    ['gets another name', rename, 'has another name'],
  ])('what %s is left as it is, and told', async (_, members, reason) => {
    await using made = await openMade();
    const { plan, apply } = await openRemoval(made.request, made.tools);
    expect(plan.flatMap(({ resource: { id } }) => (pathsOf[id] ? [id] : [])).sort()).toEqual(marked);
    await change(plan, marked, members);
    const changed = okta.snapshot();
    const done = await apply(() => {});
    const refused = done.filter(({ action, reason: why = '' }) => action === 'cannot' && why.includes(reason));
    expect(refused.map(({ resource }) => resource.id).sort()).toEqual(marked);
    expect(okta.snapshot()).toEqual(changed);
    expect(made.writes.filter(({ path }) => path.startsWith('/'))).toEqual([]);
  });

  it('a secret that loses its mark is left as it is', async () => {
    await using made = await openMade();
    const { apply } = await openRemoval(made.request, made.tools);
    writeFileSync(made.secrets, readFileSync(made.secrets, 'utf8').replaceAll('okta-synthetics/acme"', 'another"'));
    const kept = readFileSync(made.secrets, 'utf8');
    const done = await apply(() => {});
    expect(done.filter(({ resource, action }) => /secret/.test(resource.kind) && action === 'cannot')).toHaveLength(3);
    expect(readFileSync(made.secrets, 'utf8')).toBe(kept);
  });

  it('a resource that is gone is no failure', async () => {
    await using made = await openMade();
    const { plan, apply } = await openRemoval(made.request, made.tools);
    const group = plan.find(({ resource }) => resource.id === 'group')?.found?.id;
    await made.tools.okta.send('DELETE', `/api/v1/groups/${group}`, 'groups');
    expect((await apply(() => {})).filter(({ action }) => action === 'cannot')).toEqual([]);
  });

  it('what loses its mark after it was deactivated is not deleted', async () => {
    await using made = await openMade();
    const { okta: api } = made.tools;
    const { plan, apply } = await openRemoval(made.request, {
      ...made.tools,
      okta: {
        ...api,
        async send(method, path, ...others) {
          const answer = await api.send(method, path, ...others);
          if (path.endsWith(`${app}/lifecycle/deactivate`)) await change(plan, ['web-app'], unmark);
          return answer;
        },
      },
    });
    const app = plan.find(({ resource }) => resource.id === 'web-app')?.found?.id ?? '';
    const done = await apply(() => {});
    expect(done.find(({ resource }) => resource.id === 'web-app')).toMatchObject({ action: 'cannot' });
    expect(okta.snapshot().applications?.[app]).toMatchObject({ status: 'INACTIVE' });
  });

  it('an entry of the configuration that became that of another org is left as it is', async () => {
    await using made = await openMade();
    const { apply } = await openRemoval(made.request, made.tools);
    const text = readFileSync(made.request.config, 'utf8').replaceAll(made.request.domain, 'other.okta.com');
    writeFileSync(made.request.config, text);
    const done = await apply(() => {});
    expect(done.find(({ resource }) => resource.id === 'configuration')).toMatchObject({ action: 'cannot' });
    expect(readFileSync(made.request.config, 'utf8')).toBe(text);
  });
});

describe('between the plan and the set-up', () => {
  it('nothing is made in what lost its mark, and no password is set', async () => {
    await using made = await openMade();
    // The rule of the policy, a grant and the password are to be made again; the others are as they were.
    const before = await openSetup(made.request, made.tools);
    const idIn = (id: string) => before.plan.find(({ resource }) => resource.id === id)?.found?.id;
    const { tools } = made;
    await tools.okta.send(
      'DELETE',
      `/api/v1/policies/${idIn('app-policy')}/rules/${idIn('app-policy-rule')}`,
      'policies',
    );
    const grant = before.plan.find(({ resource }) => resource.id.startsWith('grant:'));
    await tools.okta.send('DELETE', `/api/v1/apps/${idIn('service-app')}/grants/${grant?.found?.id}`, 'grants');
    const secrets = JSON.parse(readFileSync(made.secrets, 'utf8'));
    const { password: _, ...lost } = secrets['okta-synthetics/acme/user'];
    writeFileSync(made.secrets, JSON.stringify({ ...secrets, 'okta-synthetics/acme/user': lost }));
    const { plan, apply } = await openSetup(made.request, tools);
    const created = plan.flatMap(({ action, resource }) => (action === 'create' ? [resource.id] : []));
    expect(created.sort()).toEqual(['app-policy-rule', grant?.resource.id, 'user-password', 'user-secret'].sort());
    await change(before.plan, marked, unmark);
    const changed = okta.snapshot();
    made.writes.length = 0;
    const done = await apply(() => {});
    expect(done.flatMap(({ action, resource }) => (action === 'cannot' ? [resource.id] : [])).sort()).toEqual(
      ['app-policy-rule', grant?.resource.id, 'user-password'].sort(),
    );
    expect(okta.snapshot()).toEqual(changed);
    expect(made.writes.filter(({ path }) => path.startsWith('/'))).toEqual([]);
  });
});

describe('between the plan and the rotation', () => {
  it('no key of an application that lost its mark is changed', async () => {
    await using made = await openMade();
    const { plan } = await openRemoval(made.request, made.tools);
    const { apply } = await openRotation(made.request, made.tools);
    await change(plan, marked, unmark);
    const changed = okta.snapshot();
    await expect(apply(() => {})).rejects.toThrow('lacks the mark');
    expect(okta.snapshot()).toEqual(changed);
  });
});

describe('a user with the login of the test user', () => {
  it('is of others without the mark: not changed, not deleted, and given no password', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    const login = 'okta-synthetics@example.com';
    await tools.okta.send('POST', '/api/v1/users?activate=true', 'users', {
      profile: { firstName: 'Jane', lastName: 'Doe', email: login, login, organization: 'ACME' },
    });
    const before = okta.snapshot().users;
    writes.length = 0;
    const { plan, apply } = await openSetup({ ...request, login }, tools);
    expect(plan.find(({ resource }) => resource.id === 'user')).toMatchObject({ action: 'cannot' });
    await apply(() => {});
    await (await openRemoval({ ...request, login }, tools)).apply(() => {});
    expect(okta.snapshot().users).toEqual(before);
    expect(writes.filter(({ path }) => path.startsWith('/api/v1/users'))).toEqual([]);
    await close();
  });
});
