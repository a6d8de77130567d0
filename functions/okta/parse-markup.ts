import { DomHandler, Parser, type ParserOptions } from 'htmlparser2';

/** Real pages nest a few dozen levels deep. */
const maxDepth = 256;

class TooDeep extends Error {}

class BoundedHandler extends DomHandler {
  #depth = 0;

  override onopentag(...tag: Parameters<DomHandler['onopentag']>): void {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new TooDeep();
    super.onopentag(...tag);
  }

  override onclosetag(): void {
    this.#depth -= 1;
    super.onclosetag();
  }
}

/**
 * Parses a page. Returns no nodes if it nests deeper than any real page: the parser's work grows with size
 * times depth, and a response may be hostile.
 */
export function parseMarkup(text: string, options: ParserOptions = {}): DomHandler['root']['children'] {
  const handler = new BoundedHandler(undefined, options);
  try {
    new Parser(handler, options).end(text);
  } catch (error) {
    if (error instanceof TooDeep) return [];
    throw error;
  }
  return handler.root.children;
}

/** The text directly inside an element, without that of nested elements: a hostile page may nest them without end. */
export function ownText(element: { readonly children: readonly object[] }): string {
  return element.children.map((child) => ('data' in child ? String(child.data) : '')).join('');
}
