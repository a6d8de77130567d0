import { existsSync, mkdtempSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import { configurationResource } from '../../../../../local/commands/setup/configuration.ts';
import { knownOrg } from '../../../../../local/commands/setup/discover.ts';
import type { Context } from '../../../../../local/commands/setup/resource.ts';
import { grantId, oktaScopes, type Settings } from '../../../../../local/commands/setup/settings.ts';

const newFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'okta-synthetics-config-')), 'my.jsonc');

const settingsFor = (config: string, changes: Partial<Settings> = {}): Settings => ({
  ...{ domain: 'acme.okta.com', org: 'acme', deployment: 'okta-synthetics', oktaUrl: 'https://acme.okta.com' },
  ...{ engine: 'identity', redirectUri: 'https://a.invalid/callback', systemLog: true, health: false, config },
  server: {
    ...{ id: 'default', name: 'default', audience: 'api://default' },
    issuer: 'https://acme.okta.com/oauth2/default',
  },
  login: 'a@example.com',
  ...changes,
});

const everything = ['service-app', 'web-app', 'service-rule', 'user-password', 'assignment', 'admin-role'];

/** The resource, and a context in which these resources exist. */
function open(settings: Settings, available: readonly string[] = everything) {
  const granted = oktaScopes(settings).map(({ scope }) => grantId(scope));
  const found = (id: string) => ({ id, isOwn: true, body: {} });
  const context = {
    ...{ settings, available: new Set([...available, ...granted]), created: new Set() },
    found: new Map([
      ['service-app', found('0oaService')],
      ['web-app', found('0oaWeb')],
    ]),
  } as unknown as Context;
  const resource = configurationResource(settings);
  return {
    write: async () => {
      const existing = await resource.find(context);
      await (existing ? resource.update(context, existing) : resource.create(context));
    },
    async differences() {
      const existing = await resource.find(context);
      return existing && resource.differences(context, existing);
    },
    async remove() {
      const existing = await resource.find(context);
      if (existing) await resource.remove?.(context, existing);
    },
  };
}

describe('the configuration that a set-up writes', () => {
  it('in a folder that there is not, is told with the plan', async () => {
    const config = path.join(newFile(), 'missing', 'my.jsonc');
    await expect(open(settingsFor(config)).differences()).rejects.toMatchObject({
      ...{ name: 'CannotMake', reason: `${config} cannot be written (ENOENT).` },
      remedy: expect.stringContaining('--config'),
    });
  });

  it('that cannot be written is a reason, and stays as it was', async () => {
    const config = newFile();
    const { write } = open(settingsFor(config));
    await write();
    const other = open(settingsFor(config, { domain: 'other.okta.com', org: 'other' }));
    const elsewhere = `${config}.elsewhere`;
    renameSync(config, elsewhere);
    symlinkSync(elsewhere, config);
    const reason = `${config} cannot be written (it is a link: name the file that it leads to).`;
    await expect(other.differences()).rejects.toMatchObject({ reason });
    await expect(other.write()).rejects.toMatchObject({ reason });
    expect(loadConfig(config).orgs).toHaveLength(1);
  });

  it('is a new file that loads, with comments, and changes nothing the second time', async () => {
    const config = newFile();
    const { write, differences } = open(settingsFor(config));
    await write();
    const text = readFileSync(config, 'utf8');
    expect(text).toContain('// ');
    expect(loadConfig(config).orgs[0]).toMatchObject({
      name: 'acme',
      service: { clientId: '0oaService', dpop: true, secret: 'okta-synthetics/acme/service' },
      web: { authentication: 'private_key_jwt', secret: 'okta-synthetics/acme/web' },
      servers: [
        { id: 'org', scopes: ['okta.users.read'] },
        { id: 'default', audience: 'api://default', scopes: ['monitor.okta-synthetics.acme'] },
      ],
      user: { login: 'a@example.com', secret: 'okta-synthetics/acme/user' },
      api: { client: { scopes: ['okta.users.read', 'okta.logs.read'], dpop: true } },
      systemLog: {},
    });
    expect(await differences()).toEqual([]);
    await write();
    expect(readFileSync(config, 'utf8')).toBe(text);
  });

  it('vanishes with its only org, unless somebody changed it', async () => {
    const config = newFile();
    const { write, remove } = open(settingsFor(config));
    await write();
    await remove();
    expect(existsSync(config)).toBe(false);
    await write();
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('"pages": []', '"pages": [{ "email": "a@example.com" }]'),
    );
    await remove();
    expect(readFileSync(config, 'utf8')).toContain('a@example.com');
    // Without orgs it is invalid, and the next set-up still takes it.
    expect(knownOrg({ config, domain: 'acme.okta.com' })).toMatchObject({ org: 'acme', entry: {} });
    await write();
    expect(loadConfig(config).alerts.pages).toHaveLength(1);
  });

  it('keeps comments, other orgs, and what people entered', async () => {
    const config = newFile();
    const before = `{
  // The first org.
  "orgs": [
    { "name": "other", "domain": "other.okta.com" }, // trailing
    {
      "name": "acme",
      "domain": "acme.okta.com", // ours
      "slowAfterMs": 2000,
      "servers": [{ "id": "default", "audience": "api://mine" }],
    },
  ],
}
`;
    writeFileSync(config, before);
    const { write, differences, remove } = open(settingsFor(config, { systemLog: false }));
    expect((await differences())?.map((each) => each.path)).toEqual([
      ...['web', 'service', 'user', 'api', 'servers.0.scopes', 'servers.1'],
    ]);
    await write();
    const text = readFileSync(config, 'utf8');
    for (const kept of ['// The first org.', '// trailing', '// ours', '"slowAfterMs": 2000'])
      expect(text).toContain(kept);
    const { orgs } = loadConfig(config);
    expect(orgs[0]).toMatchObject({ name: 'other' });
    expect(orgs[1]?.servers).toMatchObject([{ id: 'default', audience: 'api://mine' }, { id: 'org' }]);
    expect(await differences()).toEqual([]);
    await remove();
    expect(loadConfig(config).orgs.map(({ name }) => name)).toEqual(['other']);
  });

  it('leaves credentials alone that it has not made, and the scopes that are for them', async () => {
    const config = newFile();
    const own = {
      ...{ name: 'acme', domain: 'acme.okta.com', service: { clientId: '0oaTheirs', secret: 'theirs' } },
      servers: [{ id: 'org', scopes: ['okta.apps.read'] }],
    };
    writeFileSync(config, JSON.stringify({ orgs: [own] }));
    const { write, remove } = open(settingsFor(config));
    await write();
    expect(loadConfig(config).orgs[0]).toMatchObject({ ...own, api: { client: { clientId: '0oaService' } } });
    await remove();
    expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({ orgs: [own] });
  });

  it('adds a granted scope to those that are there', async () => {
    const config = newFile();
    await open(settingsFor(config, { systemLog: false })).write();
    const { write, differences } = open(settingsFor(config));
    expect(await differences()).toEqual([
      {
        path: 'api.client.scopes',
        from: '[okta.users.read]',
        to: '[okta.users.read, okta.logs.read]',
      },
      { path: 'systemLog', to: '{}' },
    ]);
    await write();
    expect(loadConfig(config).orgs[0]?.systemLog).toEqual({});
  });

  it('has what works where something could not be made', async () => {
    const config = newFile();
    await open(settingsFor(config), ['service-app', 'web-app']).write();
    const [org] = loadConfig(config).orgs;
    expect(org).toMatchObject({ servers: [{ id: 'org', scopes: ['okta.users.read'] }] });
    for (const member of ['api', 'user', 'systemLog']) expect(org).not.toHaveProperty(member);
  });

  it('is refused where the org name belongs to another domain, or the file is invalid', () => {
    const config = newFile();
    writeFileSync(config, JSON.stringify({ orgs: [{ name: 'acme', domain: 'acme.example.com' }] }));
    expect(() => knownOrg({ config, domain: 'acme.okta.com' })).toThrow('--org');
    writeFileSync(config, '{ "orgs": [{ "name": "ACME" }] }');
    expect(() => knownOrg({ config, domain: 'acme.okta.com' })).toThrow('orgs[0]');
  });

  it('finds the name of the org by its domain', () => {
    const config = newFile();
    writeFileSync(config, JSON.stringify({ deployment: 'staging', orgs: [{ name: 'prod', domain: 'acme.okta.com' }] }));
    expect(knownOrg({ config, domain: 'acme.okta.com' })).toMatchObject({ org: 'prod', deployment: 'staging' });
    expect(knownOrg({ config: newFile(), domain: 'Acme_1.okta.com' })).toMatchObject({ org: 'acme-1' });
  });
});
