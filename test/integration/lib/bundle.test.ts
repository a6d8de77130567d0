import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundle, type Entry, entries, neverRun } from '../../../lib/functions/bundle.ts';

const bundles = entries.map((entry) => [entry, bundle(entry)] as const);

/** What a cold start can afford to read. A notifier has no HTTP client of its own and no keys to sign with. */
const mostBytes = (entry: Entry) => (entry === 'notify' ? 350_000 : 700_000);

describe.each(bundles)('the bundle of %s', (entry, { file, metafile }) => {
  test('exports a handler', () => {
    const [output] = Object.values(metafile.outputs);
    expect(output?.exports).toContain('handler');
  });

  test('has no part of the CDK and nothing that runs on a laptop', () => {
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((input) => /aws-cdk-lib|constructs|^lib\/|^local\//.test(input))).toEqual([]);
  });

  test('needs nothing beside it but Node.js, and what never runs in Lambda', () => {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const beside = imports.map((each) => each.path).filter((each) => !isBuiltIn(each));
    expect(beside.filter((each) => !neverRun.some((pattern) => path.matchesGlob(each, pattern)))).toEqual([]);
  });

  test('carries no WebAssembly parser but the one that Node.js 24 runs', () => {
    const parsers = Object.keys(metafile.inputs).filter((input) => /\/(milo|llhttp)\/.*wasm/.test(input));
    expect(parsers.filter((input) => !input.endsWith('/llhttp_simd-wasm.js'))).toEqual([]);
  });

  test('stays small enough to start quickly', () => {
    expect(readFileSync(file).length).toBeLessThan(mostBytes(entry));
  });
});

/** The files of which a bundle holds any code. */
function heldBy(entry: Entry): readonly string[] {
  const [output] = Object.values(Object.fromEntries(bundles)[entry]?.metafile.outputs ?? {});
  const held = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  expect(held.length).toBeGreaterThan(0);
  return held.map(([input]) => input);
}

test('the status page needs no credentials, so its bundle holds no code that reads or uses a secret', () => {
  const reading = /secrets|runtime\/credentials|oauth4webapi|jose/;
  expect(heldBy('status').filter((input) => reading.test(input))).toEqual([]);
});

test('a notifier asks Okta nothing, so its bundle holds no code to reach it, nor a secret', () => {
  const reaching = /secrets|runtime\/(credentials|http|connection)|undici|oauth4webapi|jose/;
  expect(heldBy('notify').filter((input) => reaching.test(input))).toEqual([]);
});

function isBuiltIn(name: string): boolean {
  return name.startsWith('node:') || process.getBuiltinModule(name) !== undefined;
}
