import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findings } from '../../functions/diagnosis/finding.ts';
import { fillMarkers } from '../../local/reporters/docs/fill-markers.ts';
import { generatedSections } from '../../local/reporters/docs/generated-sections.ts';
import { samples } from '../support/synthesized.ts';

const headingsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);

/** As the hosts of repositories make a link's end of a heading. */
const anchorOf = (heading = '') =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

describe('the docs', () => {
  it.each(Object.entries(generatedSections))(
    '%s holds what follows from the definitions (npm run docs)',
    (file, sections) => {
      const page = readFileSync(file, 'utf8');
      expect(fillMarkers(page, sections)).toBe(page);
    },
  );

  it('give every finding one heading of its own in the runbook', () => {
    const headings = headingsOf('docs/runbook.md');
    expect(Object.keys(findings).filter((code) => !headings.includes(code))).toEqual([]);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it('have a heading for what every alarm links to', () => {
    const headings = headingsOf('docs/runbook.md').map(anchorOf);
    const alarms = Object.values(samples).flatMap((sample) => sample.ofType('AWS::CloudWatch::Alarm'));
    const anchors = alarms.map(
      ({ Properties }) => /docs\/runbook\.md#([\w-]+)$/.exec(Properties.AlarmDescription)?.[1],
    );
    expect(anchors.filter((anchor = '') => !headings.includes(anchor))).toEqual([]);
  });

  it('link only to files that are there', () => {
    const pages = ['README.md', ...Object.keys(generatedSections), 'docs/architecture.md', 'docs/decisions.md'];
    for (const page of pages) {
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
      for (const link of links)
        expect(() => readFileSync(new URL(link, new URL(page, `file://${process.cwd()}/`)))).not.toThrow();
    }
  });

  it('refuse a page whose markers are gone', () => {
    expect(() => fillMarkers('# nothing', { findings: () => 'x' })).toThrow('the markers of "findings" are missing');
  });
});
