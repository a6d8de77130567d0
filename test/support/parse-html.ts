import { Parser } from 'htmlparser2';

/** An element of some markup, with all of its text. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface ParsedHtml {
  readonly elements: readonly Element[];
  /** All text in the order of the document, without that of `style`. */
  readonly text: string;
  /** The problems of the nesting and closing of tags. */
  readonly problems: readonly string[];
}

const voidElements = new Set(['br']);

/** Reads markup with a parser that is not ours, and says where it had to guess. */
export function parseHtml(markup: string): ParsedHtml {
  const elements: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: (typeof elements)[number][] = [];
  const problems: string[] = [];
  let text = '';
  const parser = new Parser({
    onopentag(name, attributes) {
      const element = { name, attributes, text: '' };
      elements.push(element);
      open.push(element);
    },
    ontext(data) {
      if (open.at(-1)?.name !== 'style') text += data;
      for (const element of open) element.text += data;
    },
    onclosetag(name, isImplied) {
      const element = open.pop();
      if (element?.name !== name) problems.push(`</${name}> ends <${element?.name}>`);
      if (isImplied && !voidElements.has(name)) problems.push(`<${name}> is not closed`);
    },
    oncomment: () => problems.push('a comment'),
    onprocessinginstruction: (name) => problems.push(`a declaration ${name}`),
  });
  parser.end(markup);
  return { elements, text, problems };
}

/** The elements and attributes that the board consists of. Each of them is inert. */
const ours: Readonly<Record<string, readonly string[]>> = {
  style: [],
  div: ['class', 'role', 'aria-label', 'tabindex'],
  section: ['aria-label'],
  ...{ h2: [], h3: [], p: ['class'], ul: [], li: [], br: [], bdi: [] },
  span: ['class', 'aria-hidden'],
  a: ['href', 'target', 'rel'],
  ...{ table: [], caption: [], thead: [], tbody: [], tr: [], th: ['scope'], td: [] },
  svg: ['role', 'width', 'height', 'viewbox', 'aria-label'],
  rect: ['x', 'y', 'width', 'height', 'class'],
  path: ['class', 'd'],
};

/** What in some markup of the board is not the board's: a tag, an attribute, a link, or tags that do not fit together. */
export function foreignMarkup(markup: string): readonly string[] {
  const { elements, problems } = parseHtml(markup);
  return [
    ...problems,
    ...elements.flatMap(({ name, attributes }) => {
      const known = ours[name];
      if (!known) return [`<${name}>`];
      const links = attributes.href?.startsWith('https://') === false ? [`a link to ${attributes.href}`] : [];
      return [
        ...Object.keys(attributes).flatMap((each) => (known.includes(each) ? [] : [`${name} ${each}`])),
        ...links,
      ];
    }),
  ];
}

/** The text of each row of the tables, by the first word of its row header. */
export function rowsOf(markup: string): ReadonlyMap<string, string> {
  const { elements } = parseHtml(markup);
  return new Map(
    elements.flatMap(({ name, text }, index) => {
      const header = elements.slice(index).find((each) => each.name === 'th');
      return name === 'tr' && header ? [[header.text.split(' ')[0] ?? '', text] as const] : [];
    }),
  );
}
