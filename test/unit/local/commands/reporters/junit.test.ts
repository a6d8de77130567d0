import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { toJunit, xmlText } from '../../../../../local/commands/reporters/pipelines.ts';

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
}

/** The elements of a document, in order. Throws if tags do not match, which an HTML parser would repair. */
function read(xml: string): readonly Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        const element = { name, attributes, text: '' };
        elements.push(element);
        open.push(element);
      },
      ontext(text) {
        const [element] = open.slice(-1);
        if (element) element.text += text;
      },
      onclosetag(name, isImplied) {
        const closed = open.pop();
        const isSelfClosing = xml.includes('/>');
        if (closed?.name !== name || (isImplied && !isSelfClosing)) throw new Error(`${name} closes ${closed?.name}`);
      },
      onerror: (error) => {
        throw error;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  return elements;
}

const hostile = `it's <b>"wrong"</b> & ]]> broken\n\tby \u0000\u001b[31m\ud800 and ✗`;
const document = {
  command: 'drill',
  results: [
    { suite: 'cases', name: 'O1', title: 'internal error', passed: true, failures: [], seconds: 1.5 },
    {
      suite: 'scenarios',
      name: 'flapping',
      title: hostile,
      passed: false,
      failures: [hostile, 'and more'],
      seconds: 1,
    },
  ],
  skipped: [{ id: 'K5', title: 'cannot sign in', reason: 'needs a probe' }],
  seconds: 3,
};

describe('the JUnit document', () => {
  it('has a suite for each suite of results, with their counts', () => {
    const elements = read(toJunit(document));
    const [whole, cases, , , , scenarios] = elements;
    expect(whole).toMatchObject({ name: 'testsuites', attributes: { tests: '3', failures: '1', skipped: '1' } });
    expect(cases).toMatchObject({ name: 'testsuite', attributes: { name: 'drill cases', tests: '2', failures: '0' } });
    expect(scenarios).toMatchObject({ attributes: { name: 'drill scenarios', tests: '1', failures: '1' } });
    expect(elements.filter(({ name }) => name === 'testcase')).toHaveLength(
      document.results.length + document.skipped.length,
    );
    expect(elements.find(({ name }) => name === 'skipped')?.attributes).toEqual({ message: 'needs a probe' });
  });

  it('keeps every text except for characters that XML cannot hold', () => {
    const kept = hostile.replace('\u0000', '\ufffd').replace('\u001b', '\ufffd').replace('\ud800', '\ufffd');
    const elements = read(toJunit(document));
    const failure = elements.find(({ name }) => name === 'failure');
    expect(failure?.attributes.message).toBe(kept);
    expect(failure?.text).toBe(`${kept}\nand more`);
    expect(elements.filter(({ name }) => name === 'testcase')[2]?.attributes.name).toBe(`flapping: ${kept}`);
  });

  it('escapes every character that could end a text and replaces those that XML 1.0 forbids', () => {
    const written = xmlText(String.fromCharCode(...Array.from({ length: 0x10000 }, (_, code) => code)));
    expect(written).not.toMatch(/[<>"'\t\n\r]|&(?!(?:amp|lt|gt|quot|apos|#9|#10|#13);)/);
    expect([...written].filter((each) => !isXml(each.codePointAt(0) ?? 0))).toEqual([]);
  });
});

/** https://www.w3.org/TR/xml/#charsets */
function isXml(code: number): boolean {
  return (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}
