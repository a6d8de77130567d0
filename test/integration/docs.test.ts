import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findings } from '../../functions/diagnosis/finding.ts';
import { fillMarkers } from '../../local/reporters/docs/fill-markers.ts';
import { generatedSections } from '../../local/reporters/docs/generated-sections.ts';
import { anchorOf, headingsOf } from '../support/headings.ts';
import { samples } from '../support/synthesized.ts';

describe('the docs', () => {
  it.each(Object.entries(generatedSections))(
    'the generated parts of %s are current (run `npm run docs`)',
    (file, sections) => {
      const page = readFileSync(file, 'utf8');
      expect(fillMarkers(page, sections)).toBe(page);
    },
  );

  it('every finding has its own heading in the runbook', () => {
    const headings = headingsOf('docs/runbook.md');
    expect(Object.keys(findings).filter((code) => !headings.includes(code))).toEqual([]);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('the runbook has a heading for the link of every alarm', () => {
    const headings = headingsOf('docs/runbook.md').map(anchorOf);
    const alarms = Object.values(samples).flatMap((sample) => sample.ofType('AWS::CloudWatch::Alarm'));
    const anchors = alarms.map(
      ({ Properties }) => /docs\/runbook\.md#([\w-]+)$/.exec(Properties.AlarmDescription)?.[1],
    );
    expect(anchors.filter((anchor = '') => !headings.includes(anchor))).toEqual([]);
  });

  it('the docs link only to files that exist', () => {
    const pages = ['README.md', 'SECURITY.md', ...readdirSync('docs').map((name) => `docs/${name}`)];
    for (const page of pages) {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
      for (const link of links)
        expect(() => readFileSync(new URL(link, new URL(page, `file://${process.cwd()}/`)))).not.toThrow();
    }
  });

  it('a page without the markers of a generated part is refused', () => {
    expect(() => fillMarkers('# nothing', { findings: () => 'x' })).toThrow('the markers of "findings" are missing');
  });
});
