import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { setup, tokenVariable } from '../../../../local/cli/setup.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../../local/emulators/okta/index.ts';
import { openSetup, openTerraform } from '../../../../local/setup/set-up.ts';
import { terraformProvider } from '../../../../local/setup/terraform.ts';
import { runCommand, tooLong } from '../../../support/run-command.ts';
import { setupFolder, setupTools } from '../../../support/setup-org.ts';
import { type HclBlock, parseHcl, terraformProblems, terraformSchema } from '../../../support/terraform-schema.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());

const ofType = (blocks: readonly HclBlock[], type: string) => blocks.filter((block) => block.type === type);

describe('npm run setup -- --terraform', () => {
  it('makes the secrets, changes nothing in Okta, and writes what the provider knows', async () => {
    const before = okta.snapshot();
    const { secrets, request } = setupFolder(okta);
    const { tools, writes, close } = setupTools(okta, secrets);
    const { plan, apply } = await openTerraform(request, tools);
    expect(plan.map(({ resource, action }) => `${resource.id}: ${action}`)).toEqual([
      'service-key: create',
      'user-secret: create',
      'web-key: create',
    ]);
    const { text } = await apply(() => {});
    expect(okta.snapshot()).toEqual(before);
    expect(writes.map(({ method }) => method)).toEqual(['WRITE', 'WRITE', 'WRITE']);

    const blocks = parseHcl(text);
    const resources = ofType(blocks, 'resource');
    expect(resources.flatMap(terraformProblems)).toEqual([]);
    // Each resource of the provider that is used is written, so each is compared.
    expect([...new Set(resources.map(({ labels: [type] }) => type))].sort()).toEqual(
      Object.keys(terraformSchema.resources).sort(),
    );
    expect(ofType(blocks, 'import')).toEqual([]);
    expect(terraformProvider).toEqual({ source: terraformSchema.provider, version: terraformSchema.version });

    const addresses = resources.map(({ labels }) => labels.join('.'));
    const references = text.match(/okta_\w+\.\w+(?=\.id\b)/g) ?? [];
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((each) => !addresses.includes(each))).toEqual([]);
    expect(text.match(/var\.\w+/g)).toEqual(['var.test_user_password']);
    await close();
  });

  // The provider warns of a resource for it beside the application: each would undo the other.
  it('gives the web application its policy, and the service application none', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const { text } = await (await openTerraform(request, tools)).apply(() => {});
    const policies = ofType(parseHcl(text), 'resource')
      .filter(({ labels: [type] }) => type === 'okta_app_oauth')
      .map(({ labels: [, name], values }) => [name, values.authentication_policy]);
    expect(policies).toEqual([
      ['service_app', undefined],
      ['web_app', expect.anything()],
    ]);
    expect(text).toMatch(/authentication_policy\s+= okta_app_signon_policy\.app_policy\.id/);
    await close();
  });

  it('writes the public halves of the keys, and nothing that is secret', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    const { text } = await (await openTerraform(request, tools)).apply(() => {});
    const stored = Object.values(JSON.parse(readFileSync(secrets, 'utf8'))) as Record<string, unknown>[];
    const keys = stored.flatMap(({ privateKey }) => (privateKey ? [privateKey as Record<string, string>] : []));
    expect(keys).toHaveLength(2);
    for (const { kid, n, d, p, q, dp, dq, qi } of keys) {
      expect(text).toContain(String(kid));
      expect(text).toContain(String(n));
      for (const part of [d, p, q, dp, dq, qi]) expect(text).not.toContain(String(part));
    }
    const passwords = stored.flatMap(({ password }) => (password ? [String(password)] : []));
    expect(passwords).toHaveLength(1);
    for (const password of [...passwords, okta.adminToken]) expect(text).not.toContain(password);
    await close();
  });

  it('imports what a set-up has made already, by ids in the form that the provider takes', async () => {
    const { secrets, request } = setupFolder(okta);
    const { tools, close } = setupTools(okta, secrets);
    await (await openSetup(request, tools)).apply(() => {});
    const { text } = await (await openTerraform(request, tools)).apply(() => {});
    const blocks = parseHcl(text);
    const resources = ofType(blocks, 'resource');
    const imports = ofType(blocks, 'import');
    expect(resources.flatMap(terraformProblems)).toEqual([]);
    expect(imports.map(({ values }) => values.to)).toEqual(resources.map(({ labels }) => labels.join('.')));
    for (const { values } of imports) {
      const [type = ''] = String(values.to).split('.');
      const parts = terraformSchema.resources[type]?.import.split('/').length;
      expect(String(values.id).split('/'), type).toHaveLength(Number(parts));
    }
    await close();
  });

  it('leaves out what Okta does not allow, and says so', async () => {
    const { secrets, request } = setupFolder(okta);
    const restore = okta.alterSignIn({ apiAccessManagement: false });
    const { tools, close } = setupTools(okta, secrets);
    const { text } = await (await openTerraform({ ...request, server: undefined, org: 'unlicensed' }, tools)).apply(
      () => {},
    );
    restore();
    expect(text).not.toContain('okta_auth_server');
    await close();
  });

  describe('as a command', () => {
    const authorities = getCACertificates('default');
    beforeAll(() => {
      setDefaultCACertificates([...authorities, okta.ca]);
      vi.stubEnv(tokenVariable, okta.adminToken);
    });
    afterAll(() => {
      setDefaultCACertificates(authorities);
      vi.unstubAllEnvs();
    });

    it('writes the file, but over no file of others', async () => {
      okta.resetRateLimits();
      const before = okta.snapshot();
      const { config, secrets } = setupFolder(okta);
      const file = `${secrets}.tf`;
      const flags = ['--domain', okta.domain, '--org', 'other', '--config', config, '--secrets', secrets];
      const run = (...more: readonly string[]) =>
        runCommand(setup, ...flags, '--terraform', file, '--server', 'default', ...more);
      const dry = await run('--dry-run');
      expect([dry.code, dry.stderr, existsSync(file), existsSync(secrets)]).toEqual([0, '', false, false]);

      const written = await run('--yes');
      expect([written.code, written.stderr]).toEqual([0, '']);
      expect(written.stdout).toContain('Next: terraform apply');
      expect(tooLong(written.stdout, 80).filter((line) => !line.includes(file) && !line.includes(secrets))).toEqual([]);
      expect(readFileSync(file, 'utf8')).toContain('resource "okta_app_oauth" "service_app" {');
      expect(okta.snapshot()).toEqual(before);
      expect((await run('--yes', '--json')).code).toBe(0);

      const nowhere = await runCommand(setup, ...flags, '--terraform', `${file}/missing/okta.tf`, '--yes');
      expect([nowhere.code, nowhere.stdout]).toEqual([2, '']);
      expect(nowhere.stderr).toContain('There is no folder');

      writeFileSync(file, '# ours\n');
      const refused = await run('--yes');
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toContain('this tool did not write it');
      expect(readFileSync(file, 'utf8')).toBe('# ours\n');
      expect((await run('--rotate')).code).toBe(2);
    });
  });
});
