import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFile, ownerOnly, ownFile, replaceFile } from '../../../lib/replace-file.ts';
import { writeReport } from '../../../local/commands/command.ts';
import { fileStore } from '../../../local/commands/setup/secret-store.ts';
import { openHistory } from '../../../local/self-hosted/history/open-history.ts';

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'okta-synthetics-files-'));
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('a file that is replaced', () => {
  it('has the mode of the one before, and nothing else is left in its folder', () => {
    const folder = newFolder();
    const file = path.join(folder, 'my.jsonc');
    writeFileSync(file, 'old');
    for (const mode of [0o600, 0o640, 0o664]) {
      chmodSync(file, mode);
      replaceFile(file, 'new');
      expect([readFileSync(file, 'utf8'), modeOf(file)]).toEqual(['new', mode]);
    }
    replaceFile(file, 'newer', ownerOnly);
    expect([modeOf(file), readdirSync(folder)]).toEqual([0o600, ['my.jsonc']]);
  });

  it('is as it was if the new one cannot be written, and nothing is left', () => {
    const folder = newFolder();
    const file = path.join(folder, 'secrets.json');
    writeFileSync(file, 'old');
    expect(() => replaceFile(file, undefined as never)).toThrow();
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['old', ['secrets.json']]);
  });

  it('is made under a name that nobody could take before', () => {
    const folder = newFolder();
    const file = path.join(folder, 'secrets.json');
    const trap = path.join(folder, 'trap');
    writeFileSync(trap, 'of others');
    for (const name of ['secrets.json.tmp', `secrets.json.${process.pid}.tmp`, `secrets.json.${process.ppid}.tmp`])
      symlinkSync(trap, path.join(folder, name));
    replaceFile(file, 'canary', ownerOnly);
    expect([readFileSync(trap, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['of others', 'canary']);
    // Even under the right name, nothing that is there is opened.
    expect(() => createFile(path.join(folder, 'secrets.json.tmp'))).toThrow('EEXIST');
  });
});

describe('a link in the place of a file', () => {
  const linked = (name: string, isDangling: boolean) => {
    const folder = newFolder();
    const [file, target] = [path.join(folder, name), path.join(folder, 'target')];
    if (!isDangling) writeFileSync(target, '{}');
    symlinkSync(target, file);
    return { file, target, text: () => (existsSync(target) ? readFileSync(target, 'utf8') : undefined) };
  };

  describe.each([
    ['that leads to a file', false],
    ['that leads nowhere', true],
  ])('%s', (_, isDangling) => {
    it('is not followed, and stays', async () => {
      const { file, text } = linked('secrets.json', isDangling);
      const before = text();
      expect(() => replaceFile(file, 'canary', ownerOnly)).toThrow(expect.objectContaining({ name: 'LinkError' }));
      expect(() => ownFile(file)).toThrow(expect.objectContaining({ name: 'LinkError' }));
      expect(() => openHistory(file)).toThrow(expect.objectContaining({ name: 'LinkError' }));
      expect(() => writeReport(file, '<a/>')).toThrow(/it is a link|is no report/);
      const store = fileStore(file, 'mark');
      await expect(store.find('a')).rejects.toThrow('it is a link: name the file that it leads to');
      await expect(store.write('a', { password: 'canary' })).rejects.toThrow('it is a link');
      await expect(store.remove('a')).rejects.toThrow('it is a link');
      expect(text()).toBe(before);
    });
  });

  it('is followed to a device, as /dev/stdout is', () => {
    const file = path.join(newFolder(), 'report.xml');
    symlinkSync('/dev/null', file);
    writeReport(file, '<a/>');
    expect(statSync(file).isCharacterDevice()).toBe(true);
  });
});

describe('a file that others must not read', () => {
  it('is a history from its first byte on, also in a folder that they can read', () => {
    const folder = newFolder();
    chmodSync(folder, 0o755);
    const file = path.join(folder, 'history.sqlite');
    using _ = openHistory(file);
    for (const name of readdirSync(folder)) expect(modeOf(path.join(folder, name))).toBe(0o600);
  });
});
