import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watch } from '../../../../local/commands/watch.ts';
import { lockFolder } from '../../../../local/self-hosted/history/lock.ts';
import { runCommand } from '../../../support/run-command.ts';

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-watch-'));
  config = path.join(folder, 'my.jsonc');
  await writeFile(config, '{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }');
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run watch', () => {
  it('ends with 2 without a configuration, or with one that cannot be read, and makes no folder', async () => {
    const data = path.join(folder, 'none');
    expect(await runCommand(watch, '--data', data)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--config is required'),
    });
    const missing = await runCommand(watch, '--config', 'missing.jsonc', '--data', data);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('missing.jsonc') });
    expect(await readdir(folder)).toEqual(['my.jsonc']);
  });

  it('ends with 2 when another watch has the folder, and says which', async () => {
    const data = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-taken-'));
    using _ = lockFolder(data);
    const { code, stdout, stderr } = await runCommand(watch, '--config', config, '--data', data);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${data} is in use by another watch, process ${process.pid}.`);
    expect(stderr).toContain('--data');
    await rm(data, { recursive: true });
  });

  it('ends with 2 when its folder cannot be made, or holds no history, and says why', async () => {
    const { code, stderr } = await runCommand(watch, '--config', config, '--data', path.join(config, 'data'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot hold the history (ENOTDIR')]);
    const data = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-no-history-'));
    await writeFile(path.join(data, 'history.sqlite'), 'x'.repeat(200));
    const broken = await runCommand(watch, '--config', config, '--data', data);
    expect(broken.stderr).toContain(
      'cannot hold the history (file is not a database): use another folder with --data.',
    );
    expect(broken.code).toBe(2);
    // It has given the folder back.
    lockFolder(data)[Symbol.dispose]();
    await rm(data, { recursive: true });
  });

  it('ends with 2 when its port is taken, before it asks anybody anything', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const data = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-port-'));
    const { code, stderr } = await runCommand(watch, ...['--config', config, '--data', data, '--port', String(port)]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE)`),
    ]);
    // It has given the folder back.
    lockFolder(data)[Symbol.dispose]();
    other.close();
    await rm(data, { recursive: true });
  });
});
