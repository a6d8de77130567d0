import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle, neverLoaded } from '../../../lib/functions/bundle.ts';
import { type Entry, entries } from '../../../lib/functions/entries.ts';

const bundles = entries.map((entry) => [entry, bundle(entry)] as const);

/**
 * The maximum size of each bundle in bytes, a little more than its size now: loading is most of a cold start. The AWS SDK takes
 * some 200 kB, undici's client as much, and the texts of all findings are in each, as are Okta's own texts (23 kB) where answers are read. The journey's has the library for SAML,
 * which runs only where there are such applications.
 */
const maxBytes: Readonly<Record<Entry, number>> = {
  flows: 840_000,
  limits: 800_000,
  status: 750_000,
  journey: 1_430_000,
  health: 840_000,
  'system-log': 845_000,
  'negative-tests': 800_000,
  notify: 510_000,
  sweep: 510_000,
  widget: 410_000,
};

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

  it(`the ${entry} bundle is small enough to start quickly`, () => {
    expect(readFileSync(file).length).toBeLessThan(maxBytes[entry]);
  });

  it(`the ${entry} bundle contains no code for AWS profiles, single sign-on and instance metadata`, () => {
    const unused = /credential-provider|nested-clients|token-providers/;
    expect(Object.keys(metafile.inputs).filter((input) => unused.test(input))).toEqual([]);
  });

  it(`the ${entry} bundle contains no parser of undici except the one that Node.js 24 uses`, () => {
    const parsers = Object.keys(metafile.inputs).filter((input) => /undici\/.*(milo|wasm|parser-h1|web\/)/.test(input));
    expect(parsers.filter((input) => !input.endsWith('/llhttp_simd-wasm.js'))).toEqual([]);
  });

  it(`the import of the ${entry} bundle reads no file, makes no key and opens nothing`, async () => {
    const { done, open } = await importAlone(file);
    expect({ done, open }).toEqual({ done: [], open: [] });
  });

  it(`the ${entry} bundle does not load the slowest parts of Node.js: its fetch, and HTTP/2`, async () => {
    const { loaded } = await importAlone(file);
    expect(loaded.filter((name) => /undici|http2/.test(name))).toEqual([]);
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
    const oktaCode = /secrets|runtime\/(credentials|http|connection)|oauth4webapi|jose/;
    expect(filesIn(entry).filter((input) => oktaCode.test(input))).toEqual([]);
  },
);

interface Import {
  readonly done: readonly string[];
  readonly loaded: readonly string[];
  readonly open: readonly string[];
}

/** Imports a bundle, with the smallest environment in which that works. */
async function importAlone(file: string): Promise<Import> {
  const script = path.join(import.meta.dirname, '../../support/import-bundle.mjs');
  const env = { ROUTE: 'page', PEOPLE_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:people', DASHBOARD: 'org' };
  const settings = { LOG_GROUPS: '/aws/lambda/flows', RUNBOOK: 'https://example.com', DEPLOYMENT: 'okta-synthetics' };
  const { stdout } = await execute(process.execPath, [script, file], {
    env: { ...env, ...settings, STATE_TABLE: 'state' },
  });
  return JSON.parse(stdout) as Import;
}

const execute = promisify(execFile);

function isBuiltIn(name: string): boolean {
  return name.startsWith('node:') || process.getBuiltinModule(name) !== undefined;
}
