import { DomHandler, Parser, type ParserOptions } from 'htmlparser2';

/** Pages of people nest a few dozen deep. */
const deepest = 256;

class TooDeep extends Error {}

class BoundedHandler extends DomHandler {
  #depth = 0;

  override onopentag(...tag: Parameters<DomHandler['onopentag']>): void {
    this.#depth += 1;
    if (this.#depth > deepest) throw new TooDeep();
    super.onopentag(...tag);
  }

  override onclosetag(): void {
    this.#depth -= 1;
    super.onclosetag();
  }
}

/**
 * The nodes of a page or a feed; none where it nests deeper than any honest one. The parser's work grows with size
 * times depth, and an answer may be hostile.
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
