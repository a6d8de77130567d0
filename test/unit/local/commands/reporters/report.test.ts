import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { writeReport } from '../../../../../local/commands/command.ts';
import type { OrgReport } from '../../../../../local/commands/report/org-report.ts';
import {
  reportDocument,
  reportJsonSchema,
  reportSchema,
  reportSchemaFile,
} from '../../../../../local/commands/report/report-document.ts';
import { formatReport, toHtml, toMarkdown } from '../../../../../local/commands/reporters/report/formats.ts';
import { headroomPlot, latencyPlot } from '../../../../../local/commands/reporters/report/plots.ts';
import { minutes, percentage } from '../../../../../local/commands/reporters/report/sections.ts';

const start = Date.UTC(2026, 9, 1);
const end = Date.UTC(2026, 10, 1);
const minuteMs = 60_000;
const hostile = '<script>alert(1)</script> [x](javascript:1) \u202Eabc \u001b[2J | `a` https://evil.example @all';
const exactly = (value: number) => ({ least: value, most: value });

const report: OrgReport = {
  ...{ org: 'acme', host: 'acme.okta.com', period: { start, end }, source: 'CloudWatch, eu-west-1', remarks: [] },
  resolutions: [{ start, end, minutes: 1 }],
  domains: [{ domain: 'okta', pageMinutes: { least: 8, most: 40 }, ticketMinutes: exactly(0) }],
  availability: {
    ...{ domains: ['okta'], total: 44_640, good: exactly(44_000), bad: exactly(8), unseen: 32, unknown: 600 },
    maintenance: 0,
    percent: { least: 99.9818, most: 99.9818 },
    objective: {
      ...{ objectivePercent: 99.5, windowDays: 30 },
      budget: { minutes: 223.2, used: exactly(8), leftPercent: exactly(96.4158) },
      rolling: { start, end, minutes: 216, used: exactly(300), leftPercent: exactly(-38.888) },
    },
  },
  incidents: [
    {
      ...{ start, end: start + 8 * minuteMs, domain: 'okta', severity: 'page' },
      ...{ pageMinutes: exactly(8), ticketMinutes: exactly(0), firedAt: start + 2 * minuteMs },
      findings: [
        {
          ...{ code: 'internal-error', summary: hostile, targets: ['token@default'] },
          requests: [
            {
              ...{ at: '2026-10-01T00:00:10.000Z', method: 'POST', url: 'https://acme.okta.com/oauth2/v1/token' },
              ...{ answer: '500', requestId: 'aBc-1' },
            },
          ],
        },
      ],
    },
  ],
  brief: { count: 0, minutes: exactly(0) },
  announcements: [
    {
      ...{
        start: start + 4 * minuteMs,
        end: start + 60 * minuteMs,
        isOwnCell: true,
        words: [hostile],
        everyMinutes: 5,
      },
      observedAt: start,
    },
  ],
  latency: [{ target: 'token@default', buckets: [{ start, end, requests: 10, p50: 80, p95: 200, p99: 900 }] }],
  headroom: [{ start, end: start + 60 * minuteMs, percent: 41.5 }],
  gaps: [{ start, end: start + 600 * minuteMs, reason: 'not running' }],
  timeline: [{ start, end: start + 86_400_000, badMinutes: exactly(8), unknownMinutes: 600 }],
};

const written = {
  html: toHtml([report], end),
  markdown: toMarkdown([report], end),
  terminal: formatReport([report]),
};

describe.each(Object.entries(written))('the report as %s', (_, text) => {
  it('says how much of the error budget is left, and that nothing is if too much was used', () => {
    expect(text).toContain('nothing');
    expect(text).toContain('-38.888');
  });

  it('says in its first sentence of how many minutes nothing is known', () => {
    expect(text.replaceAll(/\s+/g, ' ')).toContain('Nothing is known of 632 min');
  });

  it('says how much later than our first finding Okta announced its incident', () => {
    expect(text).toContain('4 min later than our first finding, give or take 5 min');
  });

  it('has the finding, the request id and when people were told', () => {
    for (const each of ['internal-error', 'aBc-1', 'after 2 min']) expect(text).toContain(each);
  });

  it('shows no control character and none that changes the direction of text', () => {
    const own = stripVTControlCharacters(text).replaceAll('\n', '');
    expect(own).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

it('an incident that somebody drilled is called a drill, and its minutes are said to count', () => {
  const [incident] = report.incidents;
  if (!incident) throw new Error('the report has no incident');
  const text = formatReport([{ ...report, incidents: [{ ...incident, findings: [], isDrill: true }] }]);
  expect(text).toContain('a drill');
  expect(text).toContain('its minutes are counted');
});

describe('the report as HTML', () => {
  it('is one page without a script, a link, or anything from another host', () => {
    expect(written.html).not.toMatch(/<script|<link|<img|<iframe|\bon\w+=|\bsrc=|\bhref=|url\(|@import/i);
    expect(written.html).toContain("default-src 'none'");
  });

  it('shows markup of Okta as text', () => {
    expect(written.html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;');
  });

  it('has a plot for each part that changes over time, with a name for those who do not see it', () => {
    expect(written.html.match(/<svg role="img" [^>]*aria-label="[^"]+"/g)).toHaveLength(4);
    expect(written.html).not.toMatch(/NaN|Infinity|undefined/);
  });
});

it('a plot has a place for each hour in which nothing was measured, and no line across it', () => {
  const hour = (index: number) => ({ start: start + index * 3_600_000, end: start + (index + 1) * 3_600_000 });
  const percentiles = { requests: 60, p50: 80, p95: 200, p99: 900 };
  const headroom = headroomPlot([0, 1, 3].map((index) => ({ ...hour(index), percent: 40 })));
  const latency = latencyPlot([
    { target: 'token@default', buckets: [{ ...hour(0), ...percentiles }] },
    { target: 'jwks@default', buckets: [{ ...hour(3), ...percentiles }] },
  ]);
  for (const { times } of [headroom, latency]) expect(times).toEqual([0, 1, 2, 3].map((index) => hour(index).start));
  expect(headroom.series[0]?.values).toEqual([40, 40, undefined, 40]);
  expect(latency.series.map(({ values }) => values)).toEqual([
    [200, undefined, undefined, undefined],
    [undefined, undefined, undefined, 200],
  ]);
});

it('Markdown shows markup, links, tables and mentions of Okta as text', () => {
  expect(written.markdown).toContain(String.raw`\<script\>alert(1)\</script\> \[x\](javascript:1)`);
  expect(written.markdown).not.toMatch(/https:\/\/evil|@all/);
});

it('the JSON document follows its schema, and the published schema is current (run `npm run docs`)', () => {
  const document = JSON.parse(reportDocument([report], end));
  expect(reportSchema.safeParse(document).error).toBeUndefined();
  expect(document.orgs[0].incidents[0].start).toBe('2026-10-01T00:00:00.000Z');
  expect(readFileSync(reportSchemaFile, 'utf8')).toBe(reportJsonSchema());
});

it.each([
  [exactly(99.99999), '99.999 %'],
  [exactly(100), '100 %'],
  [{ least: 99.1, most: 99.5 }, '99.1 to 99.5 %'],
])('percentages are cut and never rounded up: %o is %s', (range, text) => {
  expect(percentage(range)).toBe(text);
});

it('minutes that are known between bounds show both', () => {
  expect(minutes({ least: 2, most: 9 })).toBe('2 to 9 min');
});

it('a report is written over an earlier one, in each format', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-report-'));
  for (const [name, text] of Object.entries(written)) {
    for (const round of ['first', 'second']) {
      writeReport(path.join(folder, name), text);
      expect(readFileSync(path.join(folder, name), 'utf8'), round).toBe(text);
    }
  }
});
