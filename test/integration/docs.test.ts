import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../functions/findings/definition.ts';
import { findings } from '../../functions/findings/finding.ts';
import { environmentVariables } from '../../local/commands/check/environment-config.ts';
import { check } from '../../local/commands/check.ts';
import { folders, withFolderRules } from '../../local/commands/reporters/docs/folders.ts';
import { generatedSections } from '../../local/commands/reporters/docs/generated-sections.ts';
import { fillMarkers } from '../../local/commands/reporters/docs/markdown.ts';
import { rightsTable } from '../../local/commands/reporters/docs/rights-table.ts';
import { setup, tokenVariable } from '../../local/commands/setup.ts';
import { anchorOf, headingsOf } from '../support/headings.ts';
import { samples } from '../support/synthesized.ts';

const pages = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file)),
];

describe('the docs', () => {
  it.each(Object.entries(generatedSections))(
    'the generated parts of %s are current (run `npm run docs`)',
    async (file, sections) => {
      const page = readFileSync(file, 'utf8');
      expect(await fillMarkers(page, sections)).toBe(page);
    },
  );

  it("the linter's rules for imports are those of the table of folders (run `npm run docs`)", () => {
    const text = readFileSync('biome.json', 'utf8');
    expect(JSON.parse(withFolderRules(text))).toEqual(JSON.parse(text));
  });

  it('the table of folders names every folder that has code, or one above it', () => {
    const named = folders.map(({ folder }) => folder);
    const isNamed = (folder: string): boolean =>
      named.includes(folder) || (folder.includes('/') && isNamed(path.dirname(folder)));
    const roots = ['functions', 'lib', 'packages', 'local', 'test'];
    const all = roots.flatMap((root) =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
        .map((entry) => entry.parentPath),
    );
    expect([...new Set(all)].filter((folder) => !isNamed(folder))).toEqual([]);
    expect(named.filter((folder) => !existsSync(folder))).toEqual([]);
  });

  it.each(pages)('%s names no file of ours that does not exist', (page) => {
    const named = readFileSync(page, 'utf8').match(/(?<![\w./-])(functions|lib|local|test)\/[\w./-]+\.\w+/g) ?? [];
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('every finding has its own heading in the runbook', () => {
    const headings = headingsOf('docs/runbook.md');
    expect(Object.keys(findings).filter((code) => !headings.includes(code))).toEqual([]);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('the runbook repeats no cause and no step of a message', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    const said = Object.values(findings).flatMap(({ causes, remedy }) => [...causes, ...remedy].map(textOf));
    expect(said.filter((text) => text.length > 40 && runbook.includes(text))).toEqual([]);
  });

  it('the runbook shows no command that would put a secret into the history of a shell', () => {
    const commands = readFileSync('docs/runbook.md', 'utf8').match(/^\$ .*put-secret-value.*$/gm) ?? [];
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((command) => !command.includes('--secret-string file://'))).toEqual([]);
  });

  it('the runbook has a heading for the link of every alarm', () => {
    const headings = headingsOf('docs/runbook.md').map(anchorOf);
    const alarms = Object.values(samples).flatMap((sample) => [
      ...sample.ofType('AWS::CloudWatch::CompositeAlarm'),
      // The windows of a composite alarm link to nothing.
      ...sample.ofType('AWS::CloudWatch::Alarm').filter(({ Metadata }) => Metadata?.Composite === undefined),
    ]);
    const anchors = alarms.map(
      ({ Properties }) => /docs\/runbook\.md#([\w-]+)$/.exec(Properties.AlarmDescription)?.[1],
    );
    expect(anchors.filter((anchor = '') => !headings.includes(anchor))).toEqual([]);
  });

  it('the page about npm run check names each of its variables and flags', () => {
    const page = readFileSync('docs/check.md', 'utf8');
    const flags = Object.keys(check.options).filter((flag) => flag !== 'secrets');
    const names = [...Object.values(environmentVariables), ...flags.map((flag) => `--${flag}`)];
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });

  it('the page about npm run setup names its variable, and the page of the commands each of its flags', () => {
    expect(readFileSync('docs/setup.md', 'utf8')).toContain(tokenVariable);
    const page = readFileSync('docs/commands.md', 'utf8');
    const names = Object.keys(setup.options).map((flag) => `--${flag}`);
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });

  it.each([...pages, 'CHANGELOG.md'])('%s links only to files and headings that exist', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const dead = links.filter(([, link = '', anchor]) => {
      const file = link === '' ? page : path.join(path.dirname(page), link);
      return !existsSync(file) || (anchor !== undefined && !headingsOf(file).map(anchorOf).includes(anchor));
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it('every page of the docs is linked from the README', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(pages.filter((page) => page.startsWith('docs/') && !readme.includes(`](${page}`))).toEqual([]);
  });

  it('the table of rights has every function and every action of the templates', () => {
    const page = readFileSync('SECURITY.md', 'utf8');
    const [table = ''] = /<!-- generated: rights -->.*<!-- end: rights -->/s.exec(page) ?? [];
    const names = Object.values(samples).flatMap((sample) => [
      ...sample.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName),
      ...sample
        .ofType('AWS::IAM::Role')
        .flatMap(({ Properties }) => JSON.stringify(Properties).match(/\b[a-z]+:[A-Z]\w+/g) ?? []),
    ]);
    expect(names).toContain('dynamodb:Scan');
    expect([...new Set(names)].filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
  });

  it('a right with a pattern for which no construct gives a reason has no place in the table', () => {
    const { stack, text } = samples.example ?? expect.fail('no sample');
    const wider = text.replace(':table/okta-synthetics-state', ':table/okta-synthetics-*');
    expect(() => rightsTable(stack, JSON.parse(text))).not.toThrow();
    expect(() => rightsTable(stack, JSON.parse(wider))).toThrow(/no reason is given for table/);
  });

  it('the table of rights shows each condition that is gone', () => {
    const { stack, text } = samples.full ?? expect.fail('no sample');
    const table = rightsTable(stack, JSON.parse(text));
    const count = text.split('"Condition":{').length - 1;
    expect(count).toBeGreaterThan(20);
    for (let index = 0; index < count; index += 1) {
      let at = -1;
      const changed = JSON.parse(text, (key, value) => (key === 'Condition' && ++at === index ? undefined : value));
      expect([index, rightsTable(stack, changed) === table]).toEqual([index, false]);
    }
  });

  it('a page without the markers of a generated part is refused', async () => {
    await expect(fillMarkers('# nothing', { findings: () => 'x' })).rejects.toThrow(
      'the markers of "findings" are missing',
    );
  });
});
