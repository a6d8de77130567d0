import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreign, html, link } from '../../../../functions/board/html.ts';
import { pageStyles, palettes, widgetStyles } from '../../../../functions/board/styles.ts';
import { hostileText } from '../../../support/hostile-text.ts';
import { foreignMarkup, parseHtml } from '../../../support/parse-html.ts';

describe('markup from a template', () => {
  it('keeps any text a text, in an element and in an attribute', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markup = html`<p class="${text}">${text}</p>`.toString();
        const { elements, problems } = parseHtml(markup);
        expect(problems).toEqual([]);
        expect(elements.map(({ name }) => name)).toEqual(['p']);
        expect(Object.keys(elements[0]?.attributes ?? {})).toEqual(['class']);
      }),
    );
  });

  it('shows what was written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseHtml(html`<p>${text}</p>`.toString()).text).toBe(text);
      }),
    );
  });

  it('takes markup, lists and numbers as they are, and leaves out what is not there', () => {
    const items = ['a', 'b'].map((each) => html`<li>${each}</li>`);
    expect(html`<ul>${items}</ul>${7}${undefined}${false}`.toString()).toBe('<ul><li>a</li><li>b</li></ul>7');
  });

  it('refuses an attribute without quotes', () => {
    expect(() => html`<p class=${'a b'}></p>`).toThrow('has no quotes');
  });
});

describe('a text of somebody else', () => {
  it('is isolated, on one line, without marks of direction and at most two hundred characters long', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = foreign(text).toString();
        expect(foreignMarkup(shown)).toEqual([]);
        expect(shown).toMatch(/^<bdi>[^<]*<\/bdi>$/);
        const { text: seen } = parseHtml(shown);
        expect(seen.length).toBeLessThanOrEqual(200);
        expect(seen).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'docs/runbook.md'])(
    '%s becomes no link',
    (href) => {
      expect(parseHtml(link(href, 'Log').toString()).elements.map(({ name }) => name)).toEqual(['bdi']);
    },
  );

  it('is a link if it is an https address', () => {
    expect(parseHtml(link('https://example.com/?a="b"', 'Log').toString()).elements[0]).toMatchObject({
      name: 'a',
      attributes: { href: 'https://example.com/?a="b"', rel: 'noopener noreferrer' },
    });
  });
});

/** The contrast of two colors, 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((start) => Number.parseInt(color.slice(start, start + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(palettes))('the %s colors', (scheme, { background, line, ...colors }) => {
  it(`the ${scheme} colors of texts have a contrast of 4.5, and those of lines of 3`, () => {
    for (const [name, color] of Object.entries(colors)) {
      expect([name, contrast(color, background)]).toEqual([name, expect.toSatisfy((ratio: number) => ratio >= 4.5)]);
    }
    expect(contrast(line, background)).toBeGreaterThanOrEqual(3);
  });
});

it('styles contain nothing that a template would escape, and load nothing', () => {
  for (const styles of [pageStyles, widgetStyles('dark')]) {
    expect(styles).not.toMatch(/[<>&"'`]|url\(|@import/);
    expect(html`<style>${styles}</style>`.toString()).toBe(`<style>${styles}</style>`);
  }
});
