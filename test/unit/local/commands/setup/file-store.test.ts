import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSecrets } from '../../../../../local/commands/check/check-orgs.ts';
import { fileStore } from '../../../../../local/commands/setup/secret-store.ts';

const newFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'okta-synthetics-store-')), 'secrets.json');
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('a file of secrets', () => {
  it('is readable for its owner alone, also if it was not before', async () => {
    const file = newFile();
    await fileStore(file, 'mark').write('a/b/service', { privateKey: { kid: '1' } });
    expect(modeOf(file)).toBe(0o600);
    chmodSync(file, 0o644);
    await fileStore(file, 'mark').write('a/b/web', { privateKey: { kid: '2' } });
    expect(modeOf(file)).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['secrets.json']);
  });

  it('is read by npm run check', async () => {
    const file = newFile();
    await fileStore(file, 'mark').write('a/b/user', { password: 'canary' });
    expect((await fileSecrets(file).read('a/b/user')).reveal()).toMatchObject({ password: 'canary' });
  });

  it('shows no value without the mark, and keeps it', async () => {
    const file = newFile();
    writeFileSync(file, JSON.stringify({ 'a/b/user': { password: 'of others' } }));
    const store = fileStore(file, 'mark');
    expect(await store.find('a/b/user')).toEqual({ isOwn: false, isDeleted: false });
    await store.write('a/b/web', { privateKey: {} });
    await store.remove('a/b/web');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'a/b/user': { password: 'of others' } });
  });

  it('is deleted with its last secret', async () => {
    const file = newFile();
    const store = fileStore(file, 'mark');
    await store.write('a/b/web', { privateKey: {} });
    const found = await store.find('a/b/web');
    expect(found).toMatchObject({ isOwn: true, isDeleted: false });
    expect(found?.value?.reveal()).toEqual({ privateKey: {} });
    expect(JSON.stringify(found)).not.toContain('privateKey');
    await store.remove('a/b/web');
    await store.remove('a/b/web');
    expect(existsSync(file)).toBe(false);
  });

  it('is refused if it is not JSON, without a word of it', async () => {
    const file = newFile();
    writeFileSync(file, 'canary');
    await expect(fileStore(file, 'mark').find('a')).rejects.toThrow(/cannot be read: it is not JSON\.$/);
  });
});
