import { Parser } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { toJunit, xmlText } from '../../../../local/reporters/junit.ts';
import { drillOf, rowOf } from '../../../support/traces.ts';

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
}

/** The elements of a document, in order. Throws where tags do not match: a reader of HTML would mend that. */
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
const wrong = rowOf({
  scenario: drillOf({ kind: 'scenario', name: 'noise', title: hostile }),
  verification: { passed: false, failures: [hostile, 'and more'], notifications: [], unexpectedAlarms: [] },
});
const report = {
  runs: [rowOf(), wrong],
  skipped: [{ id: 'K5', title: 'cannot sign in', because: 'needs a probe' }],
  ...{ virtualMinutes: 62, seconds: 3 },
};

describe('the report for CI', () => {
  it('is a suite of cases and one of scenarios, with their counts', () => {
    const elements = read(toJunit(report));
    const [whole, cases, , , , scenarios] = elements;
    expect(whole).toMatchObject({ name: 'testsuites', attributes: { tests: '3', failures: '1', skipped: '1' } });
    expect(cases).toMatchObject({ name: 'testsuite', attributes: { name: 'drill cases', tests: '2', failures: '0' } });
    expect(scenarios).toMatchObject({ attributes: { name: 'drill scenarios', tests: '1', failures: '1' } });
    expect(elements.filter(({ name }) => name === 'testcase')).toHaveLength(3);
    expect(elements.find(({ name }) => name === 'skipped')?.attributes).toEqual({ message: 'needs a probe' });
  });

  it('keeps every text as it is, but for what XML cannot hold', () => {
    const kept = hostile.replace('\u0000', '\ufffd').replace('\u001b', '\ufffd').replace('\ud800', '\ufffd');
    const elements = read(toJunit(report));
    const failure = elements.find(({ name }) => name === 'failure');
    expect(failure?.attributes.message).toBe(kept);
    expect(failure?.text).toBe(`${kept}\nand more`);
    expect(elements.filter(({ name }) => name === 'testcase')[2]?.attributes.name).toBe(`noise: ${kept}`);
  });

  it('leaves no character in a text that could end it, nor one that XML 1.0 forbids', () => {
    const written = xmlText(String.fromCharCode(...Array.from({ length: 0x10000 }, (_, code) => code)));
    expect(written).not.toMatch(/[<>"'\t\n\r]|&(?!(?:amp|lt|gt|quot|apos|#9|#10|#13);)/);
    expect([...written].filter((each) => !isXml(each.codePointAt(0) ?? 0))).toEqual([]);
  });
});

/** https://www.w3.org/TR/xml/#charsets */
function isXml(code: number): boolean {
  return (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
}
