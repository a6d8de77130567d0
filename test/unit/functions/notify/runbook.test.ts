import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findings } from '../../../../functions/diagnosis/finding.ts';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import { meaningOf } from '../../../../functions/notify/meaning.ts';

const headings = new Set(
  [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  ),
);

it('every link of a message leads to a heading of the runbook', () => {
  const monitor = [
    'flows-broken',
    'flows-throttled',
    'flows-not-running',
    'notify-page-broken',
    'notify-page-not-running',
    'messages-undelivered-page',
  ];
  const linked = [
    ...Object.keys(findings),
    ...faultDomains.map(
      (domain) => meaningOf({ kind: 'findings', org: 'acme', domain, severity: 'page' }, undefined).heading,
    ),
    ...monitor.map((id) => meaningOf({ kind: 'monitor', id }, undefined).heading),
    meaningOf({ kind: 'not-running', org: 'acme' }, undefined).heading,
    meaningOf({ kind: 'probe', org: 'acme', probe: 'refuses-unknown-redirect-uri' }, undefined).heading,
  ];
  expect(linked.filter((heading) => !headings.has(heading))).toEqual([]);
});
