import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundle, neverLoaded } from '../../../lib/functions/bundle.ts';
import { type Entry, entries } from '../../../lib/functions/entries.ts';

const bundles = entries.map((entry) => [entry, bundle(entry)] as const);

/**
 * The size limit for a fast cold start. The notifier has no HTTP client for Okta and signs nothing. The texts of all findings
 * are in each bundle. The sign-in and the library for SAML, which is loaded only where there are such applications, are in that of
 * the journey alone.
 */
const maxBytes = (entry: Entry) =>
  (({ notify: 475_000, journey: 1_378_000, health: 785_000 }) as Partial<Record<Entry, number>>)[entry] ?? 782_000;

describe.each(bundles)('the %s bundle', (entry, { file, metafile }) => {
  it(`the ${entry} bundle exports a handler`, () => {
    const [output] = Object.values(metafile.outputs);
    expect(output?.exports).toContain('handler');
  });

  it(`the ${entry} bundle contains no CDK code and no code from lib or local`, () => {
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((input) => /aws-cdk-lib|constructs|^lib\/|^local\//.test(input))).toEqual([]);
  });

  it(`the ${entry} bundle imports only Node.js modules and modules that are never loaded`, () => {
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const external = imports.map((each) => each.path).filter((each) => !isBuiltIn(each));
    expect(external.filter((each) => !neverLoaded.some((pattern) => path.matchesGlob(each, pattern)))).toEqual([]);
  });

  it(`the ${entry} bundle contains no WebAssembly parser except the one that Node.js 24 uses`, () => {
    const parsers = Object.keys(metafile.inputs).filter((input) => /\/(milo|llhttp)\/.*wasm/.test(input));
    expect(parsers.filter((input) => !input.endsWith('/llhttp_simd-wasm.js'))).toEqual([]);
  });

  it(`the ${entry} bundle is small enough to start quickly`, () => {
    expect(readFileSync(file).length).toBeLessThan(maxBytes(entry));
  });
});

/** The source files with code in a bundle. */
function filesIn(entry: Entry): readonly string[] {
  const [output] = Object.values(Object.fromEntries(bundles)[entry]?.metafile.outputs ?? {});
  const files = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  expect(files.length).toBeGreaterThan(0);
  return files.map(([input]) => input);
}

it('the status bundle contains no code that reads or uses secrets', () => {
  const secretCode = /secrets|runtime\/credentials|oauth4webapi|jose/;
  expect(filesIn('status').filter((input) => secretCode.test(input))).toEqual([]);
});

it.each(['notify', 'widget'] as const)(
  'the %s bundle contains no code that reads secrets or sends requests to Okta',
  (entry) => {
    const oktaCode = /secrets|runtime\/(credentials|http|connection)|undici|oauth4webapi|jose/;
    expect(filesIn(entry).filter((input) => oktaCode.test(input))).toEqual([]);
  },
);

function isBuiltIn(name: string): boolean {
  return name.startsWith('node:') || process.getBuiltinModule(name) !== undefined;
}
