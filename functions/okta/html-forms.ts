import { DomUtils } from 'htmlparser2';
import type { parseMarkup } from './parse-markup.ts';

/** A form of a page, with the values of its inputs by their names. */
export interface HtmlForm {
  readonly action: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** The forms in parsed markup, in their order. */
export function formsIn(nodes: ReturnType<typeof parseMarkup>): readonly HtmlForm[] {
  return DomUtils.getElementsByTagName('form', nodes, true).map((form) => ({
    action: form.attribs.action ?? '',
    fields: new Map(
      DomUtils.getElementsByTagName('input', form.children, true).map(({ attribs }) => [
        attribs.name ?? '',
        attribs.value ?? '',
      ]),
    ),
  }));
}
