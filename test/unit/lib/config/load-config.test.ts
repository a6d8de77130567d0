import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../lib/config/config-error.ts';
import { checkConfig, loadConfig, parseConfig } from '../../../../lib/config/load-config.ts';
import { buildConfig, minimalOrg } from '../../../support/build-config.ts';
import { problemsOf, problemsOfText } from '../../../support/problems-of.ts';

const minimal = { orgs: [minimalOrg] };

describe('a configuration', () => {
  it('a name and a domain are a complete configuration', () => {
    expect(parseConfig(JSON.stringify(minimal))).toEqual(buildConfig());
  });

  it('the example is a valid configuration', () => {
    const config = loadConfig('lib/config/example.jsonc');
    expect(config.orgs.map(({ name }) => name)).toEqual(['acme']);
    expect(config.orgs[0]?.servers.map(({ id }) => id)).toEqual(['org', 'default']);
  });

  it.each([
    '00canaryToken_abcdefghijklmnopqrstuvwxyz012',
    'eyJhbGciOiJSUzI1NiJ9.canary.c',
    'canary pass word!',
    'c\n\u001b[2J',
  ])('a secret that was entered in the place of a key is not repeated: %j', (key) => {
    for (const config of [{ ...minimal, [key]: 1 }, { orgs: [{ ...minimalOrg, [key]: { [key]: key } }] }]) {
      const problems = problemsOfText(JSON.stringify(config)).join('\n');
      expect(problems).not.toContain(key);
      expect(problems).toContain('not a valid key');
    }
  });

  it('a configuration may have comments and trailing commas', () => {
    const text = '// ours\n{ "orgs": [{ "name": "acme", /* host */ "domain": "acme.okta.com", }], }';
    expect(problemsOfText(text)).toEqual([]);
  });

  it('a configuration that code has written means what the same file means', () => {
    const org = { ...minimalOrg, cell: undefined, servers: undefined, service: undefined };
    expect(checkConfig({ deployment: undefined, orgs: [org] })).toEqual(buildConfig());
  });

  it('all problems of a configuration that code has written are reported at once', () => {
    const orgs = [{ ...minimalOrg, domain: 'https://acme.okta.com', slowAfterMs: 9_000, timeoutMs: 5_000 }, minimalOrg];
    expect(() => checkConfig({ orgs }, 'the configuration of Ours/Monitor')).toThrow(
      new ConfigError(
        [
          'the configuration of Ours/Monitor has 3 problems:',
          '  orgs[0].domain must be a host without a scheme: remove https://.',
          '  orgs[1].name is the name of another org: org names must be unique, because metrics are stored by name.',
          '  orgs[0].slowAfterMs must be less than timeoutMs (5000): a response that takes as long is not slow, it times out.',
        ].join('\n'),
      ),
    );
  });

  it('a value that only the deployment knows is refused as such', () => {
    const secret = Lazy.string({ produce: () => 'okta/service' });
    const service = { clientId: '0oa', secret };
    const orgs = [{ ...minimalOrg, service, servers: [{ id: 'default', scopes: ['monitor'] }] }];
    expect(() => checkConfig({ orgs })).toThrow(
      /orgs\[0\]\.service\.secret is a CDK token, .*: write the value itself\.$/,
    );
  });

  it('a syntax error is reported with its line and column', () => {
    expect(problemsOfText('{\n  "orgs": [}\n}')[0]).toBe('2:12: Value expected.');
  });

  it('an empty configuration is refused', () => {
    expect(() => parseConfig('')).toThrow('the configuration has 1 problem:\n  1:1: Value expected.');
  });

  it.each([null, 3, 'orgs', [], [minimal]])('a configuration must be an object, not %j', (value) => {
    expect(problemsOf(value)[0]).toMatch(/^the file must be an object/);
  });

  it('a file that cannot be read is reported with its path and a remedy', () => {
    expect(() => loadConfig('no/such/file.jsonc')).toThrow(/no\/such\/file\.jsonc .*ENOENT.*example\.jsonc/);
  });

  it('all problems of a file are reported at once, by path and in file order', () => {
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

  it('a problem is reported with its file and line', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'config-')), 'ours.jsonc');
    writeFileSync(file, '{\n  "orgs": [\n    { "name": "acme",\n      "domain": "acme_okta" }\n  ]\n}');
    expect(() => loadConfig(file)).toThrow(`${file} has 1 problem:\n  orgs[0].domain (line 4) must be`);
  });
});

describe('an unknown key', () => {
  it.each([
    [
      { orgs: [{ name: 'acme', domian: 'acme.okta.com' }] },
      'orgs[0].domian is not a valid key: did you mean "domain"?',
    ],
    [{ ...minimal, alert: {} }, 'alert is not a valid key: did you mean "alerts"?'],
    [{ ...minimal, logretentiondays: 30 }, 'logretentiondays is not a valid key: did you mean "logRetentionDays"?'],
  ])('an unknown key is reported with the most similar valid key: %j', (config, problem) => {
    expect(problemsOf(config)).toContain(problem);
  });

  it('an unknown key that resembles no valid key is reported with all valid keys', () => {
    expect(problemsOf({ ...minimal, statusPage: { page: 'https://status.example.com', colour: 'red' } })).toEqual([
      'statusPage.colour is not a valid key. Valid keys: page, tell.',
    ]);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    '%s, which every object inherits, is reported as any other',
    (key) => {
      const statusPage: unknown = JSON.parse(`{ "page": "https://status.example.com", "${key}": 1 }`);
      expect(problemsOf({ ...minimal, statusPage })).toEqual([
        `statusPage.${key} is not a valid key. Valid keys: page, tell.`,
      ]);
    },
  );

  it("the removed key of the status page's feed is refused with the reason", () => {
    expect(problemsOf({ ...minimal, statusPage: { feed: 'https://status.example.com/feed' } })).toEqual([
      "statusPage.feed was removed, because Okta's feed has had no entry since April 2025: delete it.",
    ]);
  });

  const window = { name: 'patching', schedule: 'cron(0 2 * * *)', durationMinutes: 60 };
  const { schedule, durationMinutes, ...unscheduled } = window;

  it.each([
    ['orgs[0]', 'everyMinutes', 'intervalMinutes', { orgs: [{ ...minimalOrg, everyMinutes: { flows: 2 } }] }],
    ['orgs[0]', 'giveUpAfterMs', 'timeoutMs', { orgs: [{ ...minimalOrg, giveUpAfterMs: 5_000 }] }],
    ['orgs[0]', 'contracts', 'negativeTests', { orgs: [{ ...minimalOrg, contracts: true }] }],
    [
      'orgs[0].intervalMinutes',
      'contracts',
      'negativeTests',
      { orgs: [{ ...minimalOrg, intervalMinutes: { contracts: 30 } }] },
    ],
    [
      'alerts.maintenance[0]',
      'starts',
      'schedule',
      { ...minimal, alerts: { maintenance: [{ ...unscheduled, durationMinutes, starts: schedule }] } },
    ],
    [
      'alerts.maintenance[0]',
      'minutes',
      'durationMinutes',
      { ...minimal, alerts: { maintenance: [{ ...unscheduled, schedule, minutes: durationMinutes }] } },
    ],
  ])('in %s, the old key %s is refused with its new name, %s', (path, oldKey, newKey, config) => {
    expect(problemsOf(config)).toContain(`${path}.${oldKey} is not a valid key: did you mean "${newKey}"?`);
  });

  it.each(['clientSecret', 'privateKey', 'apiToken', 'password'])(
    'the key %s is refused with a hint to use Secrets Manager',
    (key) => {
      const service = { clientId: 'a', secret: 'name', [key]: 'hush-hush' };
      const org = { ...minimal.orgs[0], servers: [{ id: 'default', scopes: ['monitor'], service }] };
      const [problem] = problemsOf({ orgs: [org] });
      expect(problem).toContain('store them in AWS Secrets Manager');
      expect(problem).not.toContain('hush-hush');
    },
  );
});

describe('arbitrary input', () => {
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

  it('any JSON is either a valid configuration or a ConfigError', () => {
    fc.assert(
      fc.property(fc.oneof(value, fc.record({ orgs: fc.array(value) })), (any) => {
        try {
          expect(parseConfig(JSON.stringify(any)).orgs.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('any other text is a ConfigError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseConfig(text)).toThrow(ConfigError);
      }),
    );
  });
});
