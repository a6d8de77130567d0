import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Examination } from '../../local/commands/doctor/diagnosis.ts';
import { startAwsEmulator } from '../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { launch } from '../support/run-command.ts';

let okta: OktaEmulator;
let directory: string;
beforeAll(async () => {
  okta = await startOktaEmulator();
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-doctor-'));
  await writeFile(path.join(directory, 'ca.pem'), okta.ca);
});
afterAll(async () => {
  await okta.close();
  await rm(directory, { recursive: true });
});

const doctor = (flags: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) =>
  launch('doctor', flags, { NODE_EXTRA_CA_CERTS: path.join(directory, 'ca.pem'), ...env });

const statuses = (stdout: string) =>
  Object.fromEntries(
    (JSON.parse(stdout).examinations as readonly Examination[]).flatMap(({ part, diagnoses }) =>
      diagnoses.map(({ what, status }) => [`${part}: ${what}`, status]),
    ),
  );

describe('npm run doctor', () => {
  it('looks at this machine and at an org without a file, and not at AWS', async () => {
    const { code, stdout } = await doctor(['--domain', okta.domain]);
    expect(stdout).toMatch(/✓ network path +DNS \d+ ms, TCP \d+ ms, TLS \d+ ms,\s+first byte \d+ ms/);
    expect(stdout).toMatch(/✓ engine +Identity Engine/);
    expect(stdout).not.toContain('AWS');
    expect(code).toBe(0);
  });

  it('looks at secrets without showing them, and goes on where AWS does not answer', async () => {
    const { service } = okta.clients;
    await using aws = await startAwsEmulator(
      new Map([['acme/key', JSON.stringify({ privateKey: service.privateJwk, clientSecret: 'canary' })]]),
    );
    const servers = [{ id: 'default', audience: 'api://default', scopes: ['monitor.read'] }];
    const clients = {
      service: { clientId: service.clientId, secret: 'acme/key' },
      api: { token: { secret: 'acme/missing' } },
    };
    const file = path.join(directory, 'my.jsonc');
    await writeFile(file, JSON.stringify({ orgs: [{ name: 'acme', domain: okta.domain, servers, ...clients }] }));
    const { code, stdout, stderr } = await doctor(['--config', file, '--json'], {
      ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'eu-west-1' },
      ...{ AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' },
    });
    expect(statuses(stdout)).toMatchObject({
      ...{ 'This machine: Node.js': 'ok', 'Configuration: configuration': 'ok' },
      ...{ 'AWS: AWS credentials': 'open', 'Deployment: stack': 'open', 'Org acme: network path': 'ok' },
      ...{ 'Secrets of acme: secret acme/key': 'ok', 'Secrets of acme: secret acme/missing': 'problem' },
    });
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).not.toContain('canary');
  });

  it('shows the problems of a configuration, and still looks at this machine', async () => {
    const file = path.join(directory, 'invalid.jsonc');
    await writeFile(file, JSON.stringify({ orgs: [{ name: 'acme', domain: 'https://acme.okta.com' }] }));
    const { code, stdout } = await doctor(['--config', file], { AWS_REGION: '', HOME: directory });
    expect(stdout).toContain('✓ Node.js');
    expect(stdout).toMatch(/✗ configuration/);
    expect(stdout).toContain('orgs[0].domain');
    expect(code).toBe(1);
  });
});
