import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { networkSettings } from '../../../../local/commands/proxy.ts';
import { formatChecked } from '../../../../local/commands/reporters/check.ts';
import { checked } from '../../../support/checked-org.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'network-settings-'));
afterAll(() => rm(directory, { recursive: true }));

describe('the variables that change how this machine connects', () => {
  it('are listed if they are set, without the password of the proxy', async () => {
    const file = path.join(directory, 'ca.pem');
    await writeFile(file, rootCertificates[0] ?? '');
    const env = { HTTPS_PROXY: 'http://me:canary@proxy:3128', no_proxy: '.internal', NODE_EXTRA_CA_CERTS: file };
    expect(networkSettings(env)).toEqual([
      { variable: 'HTTPS_PROXY', value: 'http://proxy:3128' },
      { variable: 'NO_PROXY', value: '.internal' },
      { variable: 'NODE_EXTRA_CA_CERTS', value: file },
    ]);
    expect(networkSettings({})).toEqual([]);
  });

  it('are said to have no effect where they have none', async () => {
    const file = path.join(directory, 'empty.pem');
    await writeFile(file, 'no certificate');
    const [noProxy, certificates] = networkSettings({ NO_PROXY: 'localhost', NODE_EXTRA_CA_CERTS: file });
    expect(noProxy?.ignored).toBe('there is no HTTPS_PROXY');
    expect(certificates?.ignored).toBe('the file contains no certificate in PEM format');
    const missing = networkSettings({ NODE_EXTRA_CA_CERTS: path.join(directory, 'none.pem') });
    expect(missing[0]?.ignored).toContain('ENOENT');
  });

  it('are in the output of a check', () => {
    const network = [{ variable: 'HTTPS_PROXY', value: 'http://proxy:3128' }] as const;
    const text = formatChecked([checked()], { config: 'my.jsonc', isFiltered: false, network });
    expect(text).toContain('HTTPS_PROXY is obeyed: http://proxy:3128');
  });
});
