import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../../../../local/commands/report.ts';
import { openHistory } from '../../../../local/self-hosted/history/open-history.ts';
import { runCommand } from '../../../support/run-command.ts';

let folder: string;

/** A history in which nothing has run yet. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-report-'));
  openHistory(path.join(folder, 'history.sqlite'))[Symbol.dispose]();
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => runCommand(report, ...args);

const config = ['--config', 'lib/config/example.jsonc'];
const day = ['--from', '2026-10-01', '--to', '2026-10-02'];

describe('npm run report', () => {
  it('calls a time in which nothing ran unknown', async () => {
    const { code, stdout } = await run(...config, ...day, '--data', folder);
    expect(stdout).toContain('Unknown: no minute has data');
    expect(stdout).toMatch(/not known: no run reported anything +1,440 min/);
    expect(code).toBe(0);
  });

  it('writes each file in the format of its name', async () => {
    const files = ['report.html', 'report.md', 'report.json'].map((name) => path.join(folder, name));
    const { code } = await run(...config, ...day, '--data', folder, ...files.flatMap((file) => ['--out', file]));
    const [html = '', markdown = '', json = ''] = files.map((file) => readFileSync(file, 'utf8'));
    expect(html).toMatch(/^<!doctype html>/);
    expect(markdown).toMatch(/^# acme/);
    expect(JSON.parse(json)).toMatchObject({ version: 1, orgs: [{ org: 'acme', availability: { unknown: 1_440 } }] });
    expect(code).toBe(0);
  });

  it.each([
    [[], '--config is required'],
    [config, '--month or --from is required'],
    [[...config, '--month', '2026-13'], "--month must be like 2026-10, not '2026-13'."],
    [[...config, '--month', '2999-01'], 'The report must begin in the past'],
    [[...config, '--month', '2026-10', '--from', '2026-10-01'], '--month and --from are mutually exclusive.'],
    [[...config, '--from', 'yesterday'], '--from must be like 2026-10-03'],
    [[...config, '--from', '2026-02-30'], '--from must be like 2026-10-03'],
    [[...config, '--from', '2026-10-02', '--to', '2026-10-01'], 'The report must end after it begins.'],
    [[...config, ...day, '--org', 'other'], '--org other: the configuration has acme.'],
    [[...config, ...day, '--out', 'report.pdf'], '--out report.pdf: the name must end in .html, .md, .json.'],
    [[...config, ...day, '--data', '/nonexistent'], 'there is no history.sqlite'],
  ])('ends with 2 and says what is wrong: %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('tells nothing of the last five minutes of a deployment, whose points may not be there yet', async () => {
    const from = new Date(Date.now() - 3 * 60_000).toISOString().slice(0, 16);
    const deployed = await run(...config, '--from', from);
    expect([deployed.code, deployed.stderr]).toEqual([2, expect.stringContaining('more than 5 minutes ago')]);
    expect((await run(...config, '--from', from, '--data', folder)).code).toBe(0);
  });

  it('ends with 2 when the history is no database', async () => {
    const data = mkdtempSync(path.join(folder, 'no-database-'));
    writeFileSync(path.join(data, 'history.sqlite'), 'x'.repeat(200));
    const { code, stdout, stderr } = await run(...config, ...day, '--data', data);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('history.sqlite cannot be read (file is not a database).');
  });

  it('ends with 2 when a file cannot be written', async () => {
    const out = path.join(folder, 'none', 'report.md');
    const { code, stderr } = await run(...config, ...day, '--data', folder, '--out', out);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${out} cannot be written (ENOENT)`)]);
  });
});
