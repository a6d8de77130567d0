import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Where each TypeScript block of docs/contributing.md goes, in its order: below a line of a file. */
const places = [
  ['functions/findings/rules.ts', 'export const answerRules: readonly Rule[] = ['],
  ['functions/findings/tables/okta.ts', 'export const oktaFindings = {'],
  ['local/lab/scenarios/cases/okta.ts', "const okta = (code: string): Expected => ({ code, domain: 'okta' });"],
  ['local/lab/scenarios/cases/okta.ts', 'export const oktaCases: readonly Case[] = ['],
] as const;

const run = promisify(execFile);

/** A copy of the sources, in which the worked example was followed. */
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'contributing-'));
  const copied = ['functions', 'lib', 'local', 'package.json', 'tsconfig.json'];
  await Promise.all(copied.map((part) => cp(part, path.join(copy, part), { recursive: true })));
  for (const linked of ['packages', 'node_modules']) await symlink(path.resolve(linked), path.join(copy, linked));
});
afterAll(() => rm(copy, { recursive: true }));

async function blocks(): Promise<readonly string[]> {
  const page = await readFile('docs/contributing.md', 'utf8');
  return [...page.matchAll(/^ *```ts\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
}

describe('the worked example of docs/contributing.md', () => {
  it('compiles, every block in its place', async () => {
    const all = await blocks();
    expect(all).toHaveLength(places.length);
    for (const [index, [file, line]] of places.entries()) {
      const target = path.join(copy, file);
      const text = await readFile(target, 'utf8');
      expect(text).toContain(`${line}\n`);
      await writeFile(
        target,
        text.replace(`${line}\n`, () => `${line}\n${all[index]}`),
      );
    }
    const project = path.join(copy, 'tsconfig.json');
    const files = [...new Set(places.map(([file]) => file))];
    const settings = JSON.parse(await readFile(project, 'utf8'));
    await writeFile(
      project,
      JSON.stringify({ ...settings, include: [...files, 'functions/**/*.d.ts', 'local/**/*.d.ts'] }),
    );
    const said = await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', project]).then(
      () => '',
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
    expect(said).toBe('');
  });
});
