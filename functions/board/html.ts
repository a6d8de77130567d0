import { text } from '../model/read.ts';

/** Markup that `html` made. Nothing else can be one, so a text never becomes markup by mistake. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  static of(strings: readonly string[], values: readonly HtmlValue[]): Html {
    const parts = strings.map((part, index) => {
      // An unquoted attribute could end at any space of its value.
      if (index < values.length && part.endsWith('=')) throw new Error(`the attribute after ${part} has no quotes`);
      return index < values.length ? part + markupOf(values[index]) : part;
    });
    return new Html(parts.join(''));
  }

  toString(): string {
    return this.#markup;
  }
}

/** The values of a template. `undefined` and `false` render as nothing. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | undefined | false;

/** Markup from a template. Each value that is not markup itself is escaped, in a text and in a quoted attribute alike. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.of(strings, values);
}

function markupOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(markupOf).join('');
  return String(value)
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\t]/gu, ' ')
    .replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The most characters that are shown of foreign text. */
const mostCharacters = 200;

/**
 * A text of Okta or of the configuration: one line, clipped, without control characters, and isolated, so that letters that
 * are written from right to left do not change the order of what is around them.
 */
export function foreign(value: string | undefined, most = mostCharacters): Html {
  return html`<bdi>${plain(value, most)}</bdi>`;
}

/** The same for an attribute, which has no markup. */
export function plain(value: string | undefined, most = mostCharacters): string {
  return text(value, most) ?? '';
}

/** A link to another page. Anything but an https address stays text. */
export function link(href: string | undefined, label: string): Html {
  return href?.startsWith('https://')
    ? html`<a href="${href}" target="_blank" rel="noopener noreferrer">${label}</a>`
    : foreign(href === undefined ? label : `${label}: ${href}`);
}

interface SvgSize {
  readonly width: number;
  readonly height: number;
}

/** An SVG drawing without script or inline style. Its colors are classes of the page, and `label` is its text. */
export function svg({ width, height }: SvgSize, label: string, content: HtmlValue): Html {
  return html`<svg role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-label="${label}">${content}</svg>`;
}
