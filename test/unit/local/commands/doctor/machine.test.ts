import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diagnoseInstall, diagnoseNode, examineMachine } from '../../../../../local/commands/doctor/machine.ts';

const range = '^22.19.0 || ^24.0.0 || >=26.0.0';

describe('the version of Node.js', () => {
  it.each(['22.19.0', '22.20.1', '24.0.0', '24.21.0', '26.0.0', '27.1.0'])('%s is fine', (version) => {
    expect(diagnoseNode(version, range).status).toBe('ok');
  });

  it.each(['20.19.0', '22.18.9', '23.5.0', '25.0.0'])('%s is to be mended', (version) => {
    expect(diagnoseNode(version, range)).toMatchObject({ status: 'problem', found: `${version} is not in ${range}` });
  });
});

describe('what npm has installed', () => {
  const directories: string[] = [];
  afterAll(() => Promise.all(directories.map((each) => rm(each, { recursive: true }))));

  async function diagnose(wanted: object, installed?: object) {
    const directory = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    directories.push(directory);
    await writeFile(path.join(directory, 'package-lock.json'), JSON.stringify({ packages: wanted }));
    if (installed) {
      await mkdir(path.join(directory, 'node_modules'));
      await writeFile(path.join(directory, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
    }
    return diagnoseInstall(directory);
  }
  const wanted = {
    '': { version: '1.0.0' },
    'node_modules/jose': { version: '6.0.0' },
    'node_modules/other-machine': { version: '1.0.0', optional: true },
  };

  it('is fine if it is what the lock file has, except for what is optional', async () => {
    expect(await diagnose(wanted, { 'node_modules/jose': { version: '6.0.0' } })).toMatchObject({ status: 'ok' });
  });

  it('is to be mended if a package is missing or of another version, or if nothing is installed', async () => {
    for (const installed of [{}, { 'node_modules/jose': { version: '5.0.0' } }])
      expect(await diagnose(wanted, installed)).toEqual({
        ...{ what: 'npm packages', status: 'problem', found: 'missing, or of another version: jose' },
        remedy: 'Run npm ci.',
      });
    expect(await diagnose(wanted)).toMatchObject({ status: 'problem', found: 'nothing is installed' });
  });
});

it('this checkout is complete, and each variable of the network has a line', () => {
  const found = examineMachine([
    { variable: 'HTTPS_PROXY', value: 'http://proxy:3128' },
    { variable: 'NODE_EXTRA_CA_CERTS', value: 'ca.pem', ignored: 'the file cannot be read (ENOENT)' },
  ]);
  expect(found.map(({ what, status }) => [what, status])).toEqual([
    ['Node.js', 'ok'],
    ['npm packages', 'ok'],
    ['HTTPS_PROXY', 'ok'],
    ['NODE_EXTRA_CA_CERTS', 'warning'],
  ]);
});
