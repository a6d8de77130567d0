import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardPage } from '../../../../../local/self-hosted/board/page.ts';
import { renderDocument, renderMain } from '../../../../../local/self-hosted/board/render-page.ts';
import { boardStyles } from '../../../../../local/self-hosted/board/styles.ts';
import { hostileText } from '../../../../support/hostile-text.ts';
import { parseHtml } from '../../../../support/parse-html.ts';
import { samplePage } from '../../../../support/sample-page.ts';

const textOf = (page: ReturnType<typeof samplePage>) => parseHtml(renderMain(page).toString()).text;

describe('the page of the board', () => {
  it('has no script but its own file, and no style in its markup', () => {
    const { elements } = parseHtml(renderDocument(samplePage({ isFailing: true }), '/events/'));
    expect(elements.filter(({ name }) => name === 'script').map(({ attributes }) => attributes)).toEqual([
      { type: 'module', src: '/live.js' },
    ]);
    expect(elements.flatMap(({ name, attributes }) => (attributes.style || name === 'style' ? [name] : []))).toEqual(
      [],
    );
    expect(boardStyles).not.toMatch(/url\(|@import|[<>](?!div)/);
  });

  it('keeps any text a text', () => {
    const plainCount = parseHtml(renderMain(withTexts('a')).toString()).elements.length;
    fc.assert(
      fc.property(hostileText, (text) => {
        const { elements, problems } = parseHtml(renderMain(withTexts(text)).toString());
        expect([problems, elements.length]).toEqual([[], plainCount]);
      }),
      { numRuns: 20 },
    );
  });

  it('says nothing of orgs when it knows none', () => {
    expect(textOf({ at: 0, orgs: [] })).toMatch(/Nothing is known yet\./);
    expect(textOf({ at: 0, orgs: [] })).not.toMatch(/well/i);
  });

  it('says for how long nothing ran, and that what happened is unknown', () => {
    expect(textOf(samplePage({ isFailing: true }))).toContain('Nothing ran for 30 min. What happened is unknown.');
  });

  it('leads to the page of each org, if there are several', () => {
    const { orgs, detail: _, ...page } = samplePage();
    const [acme = expect.fail('the sample has no org')] = orgs;
    const { elements } = parseHtml(renderMain({ ...page, orgs: [acme, { ...acme, org: 'ö & co' }] }).toString());
    const links = elements.flatMap(({ name, attributes }) => (name === 'a' ? [attributes.href] : []));
    expect(links).toEqual(['/orgs/acme', '/orgs/%C3%B6%20%26%20co']);
  });
});

/** The sample with a text of somebody else in a message, a request, an alarm, and the name of a check. */
function withTexts(text: string): BoardPage {
  const { detail, ...page } = samplePage({ isFailing: true });
  const [request = expect.fail('the sample has no request')] = detail?.requests ?? [];
  const latency = [{ target: text, phase: 'DNS', periodMs: 60_000, points: [{ at: 0, value: 1 }] }] as const;
  return {
    ...page,
    orgs: page.orgs.map((org) => ({ ...org, org: text, sentence: text })),
    ...(detail && {
      detail: {
        board: { ...detail.board, org: text, measured: { ...detail.board.measured, latency } },
        timeline: [
          {
            ...{
              kind: 'message' as const,
              route: 'page' as const,
              id: 'message-1',
              at: 0,
              subject: text,
              deliveries: [text],
            },
            // One line, whatever ends a line.
            text: text.replaceAll('\n', ' '),
          },
        ],
        alarms: detail.alarms.map((alarm) => ({ ...alarm, name: text, rule: text })),
        requests: [
          {
            ...request,
            ...{ target: text, exchange: { ...request.exchange, url: text, requestId: text, at: text } },
            ascription: { by: 'intermediary', because: [text] } as const,
          },
        ],
      },
    }),
  };
}
