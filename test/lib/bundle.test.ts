import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { groups } from '../../functions/model/probe.ts';
import { bundle, neverRun } from '../../lib/bundle.ts';

const bundles = groups.map((group) => [group, bundle(group)] as const);

describe.each(bundles)('the bundle of %s', (_, { file, metafile }) => {
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
    expect(readFileSync(file).length).toBeLessThan(700_000);
  });
});

test('the status page needs no credentials, so its bundle holds no code that reads or uses a secret', () => {
  const [output] = Object.values(Object.fromEntries(bundles).status?.metafile.outputs ?? {});
  const held = Object.entries(output?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
    bytesInOutput > 0 ? input : [],
  );
  expect(held.length).toBeGreaterThan(0);
  expect(held.filter((input) => /secrets|runtime\/credentials|oauth4webapi|jose/.test(input))).toEqual([]);
});

function isBuiltIn(name: string): boolean {
  return name.startsWith('node:') || process.getBuiltinModule(name) !== undefined;
}
