import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../../lib/config/config-error.ts';
import { loadConfig, parseConfig } from '../../../../lib/config/load-config.ts';
import { problemsOf, problemsOfText } from '../../../support/problems-of.ts';

const minimal = { orgs: [{ name: 'acme', domain: 'acme.okta.com' }] };

describe('a configuration', () => {
  test('needs no more than a name and a domain', () => {
    expect(parseConfig(JSON.stringify(minimal))).toEqual({
      alerts: { pages: [], tickets: [], routes: {}, maintenance: [] },
      logRetentionDays: 30,
      statusPage: { page: 'https://status.okta.com/', feed: 'https://feeds.feedburner.com/OktaTrustRSS' },
      orgs: [
        {
          name: 'acme',
          domain: 'acme.okta.com',
          intervalMinutes: { flows: 1, status: 5, negativeTests: 60 },
          negativeTests: false,
          slowAfterMs: 3_000,
          timeoutMs: 10_000,
          servers: [{ id: 'org' }],
        },
      ],
    });
  });

  test('is accepted as the example shows it', () => {
    const config = loadConfig('lib/config/example.jsonc');
    expect(config.orgs.map(({ name }) => name)).toEqual(['acme']);
    expect(config.orgs[0]?.servers.map(({ id }) => id)).toEqual(['org', 'default']);
  });

  test('may have comments and trailing commas', () => {
    const text = '// ours\n{ "orgs": [{ "name": "acme", /* host */ "domain": "acme.okta.com", }], }';
    expect(problemsOfText(text)).toEqual([]);
  });

  test('is refused with line and column where it is no JSON', () => {
    expect(problemsOfText('{\n  "orgs": [}\n}')[0]).toBe('2:12: Value expected.');
  });

  test('is refused when it is empty', () => {
    expect(problemsOfText('')).not.toEqual([]);
  });

  test.each([null, 3, 'orgs', [], [minimal]])('is refused when it is no object: %j', (value) => {
    expect(problemsOf(value)[0]).toMatch(/^the file must be an object/);
  });

  test('that cannot be read is named, with what to do', () => {
    expect(() => loadConfig('no/such/file.jsonc')).toThrow(/no\/such\/file\.jsonc .*ENOENT.*example\.jsonc/);
  });

  test('lists all mistakes of a file at once, by path and in the order of the file', () => {
    const config = {
      logRetentionDays: 31,
      alerts: { pages: [{ email: 'nobody' }] },
      orgs: [
        { name: 'acme', domain: 'https://acme.okta.com' },
        { name: 'acme', domian: 'acme.okta.com', servers: [{ id: 'org' }, { id: 'default', service: {} }] },
      ],
    };
    expect(problemsOf(config).map((line) => line.split(' ')[0])).toEqual([
      'logRetentionDays',
      'alerts.pages[0].email',
      'orgs[0].domain',
      'orgs[1].domain',
      'orgs[1].name',
      'orgs[1].domian',
      'orgs[1].servers[1]',
      'orgs[1].servers[1].service.clientId',
      'orgs[1].servers[1].service.secret',
    ]);
  });

  test('names the file and the line of a mistake', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'ours.jsonc');
    writeFileSync(file, '{\n  "orgs": [\n    { "name": "acme",\n      "domain": "acme_okta" }\n  ]\n}');
    expect(() => loadConfig(file)).toThrow(`${file} has a problem:\n  orgs[0].domain (line 4) must be`);
  });
});

describe('an unknown key', () => {
  test.each([
    [{ orgs: [{ name: 'acme', domian: 'acme.okta.com' }] }, 'orgs[0].domian is no known key: did you mean "domain"?'],
    [{ ...minimal, alert: {} }, 'alert is no known key: did you mean "alerts"?'],
    [{ ...minimal, logretentiondays: 30 }, 'logretentiondays is no known key: did you mean "logRetentionDays"?'],
  ])('is answered by the nearest known one', (config, problem) => {
    expect(problemsOf(config)).toContain(problem);
  });

  test('that is near to none is answered by those which may stand there', () => {
    expect(problemsOf({ ...minimal, statusPage: { colour: 'red' } })).toEqual([
      'statusPage.colour is no known key. Here may stand page, feed.',
    ]);
  });

  test.each(['clientSecret', 'privateKey', 'apiToken', 'password'])('%s is sent to Secrets Manager', (key) => {
    const service = { clientId: 'a', secret: 'name', [key]: 'hush-hush' };
    const org = { ...minimal.orgs[0], servers: [{ id: 'default', scopes: ['monitor'], service }] };
    const [problem] = problemsOf({ orgs: [org] });
    expect(problem).toContain('put it into AWS Secrets Manager');
    expect(problem).not.toContain('hush-hush');
  });
});

describe('whatever a file holds', () => {
  const keys = [
    'orgs',
    'name',
    'domain',
    'servers',
    'service',
    'secret',
    'api',
    'token',
    'alerts',
    'pages',
    'maintenance',
    'routes',
    '__proto__',
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('acme', 'acme.okta.com', 'org', 'default', 30),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5, noNullPrototype: false }),
    ),
  }));

  test('is a configuration or a ConfigError, never another error', () => {
    fc.assert(
      fc.property(fc.oneof(value, fc.record({ orgs: fc.array(value) })), (any) => {
        try {
          expect(parseConfig(JSON.stringify(any)).orgs.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a text that is no JSON is a ConfigError too', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseConfig(text)).toThrow(ConfigError);
      }),
    );
  });
});
