import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type FindingCode, finding, findings } from '../../../../../functions/findings/finding.ts';
import type { Outcome } from '../../../../../functions/model/outcome.ts';
import { probes } from '../../../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../../../functions/probes/plan.ts';
import { brokenProbes, type CheckedOrg } from '../../../../../local/commands/check/check-orgs.ts';
import { problemsOf } from '../../../../../local/commands/problems.ts';
import { checkDocument, checkResults, formatChecked, isFine } from '../../../../../local/commands/reporters/check.ts';
import { buildOrg } from '../../../../support/build-config.ts';
import { checked, failAt } from '../../../../support/checked-org.ts';
import { fullOrg } from '../../../../support/full-org.ts';
import { tooLong } from '../../../../support/run-command.ts';

const plan = planProbes(fullOrg, probes);
const startedAt = Date.UTC(2030, 0, 1);
const call = { config: 'my.jsonc', isFiltered: false };

const textOf = (...orgs: CheckedOrg[]) => stripVTControlCharacters(formatChecked(orgs, call));

describe('the report of a check', () => {
  it('shows one wrong client once, with every probe that it fails', () => {
    const result = checked(failAt(/^token@/, 'client-refused', (target) => `401 of ${target}`));
    expect(problemsOf(result)).toMatchObject([
      { client: 'service', details: ['401 of token@org', '401 of token@default'] },
    ]);
    expect(textOf(result).match(/client-refused \(credentials\), ticket/g)).toHaveLength(1);
    expect(textOf(result)).toContain('token@org, token@default');
  });

  it('shows two clients that are wrong in the same way as two problems', () => {
    const org = buildOrg({
      servers: [
        { id: 'org', scopes: ['okta.users.read'], service: { clientId: 'first', secret: 'one' } },
        { id: 'default', scopes: ['monitor'], service: { clientId: 'second', secret: 'two' } },
      ],
    });
    expect(problemsOf(checked(failAt(/^token@/, 'client-refused'), org)).map(({ client }) => client)).toEqual([
      'first',
      'second',
    ]);
  });

  it('says in one sentence what is wrong with several secrets, without general causes and without a support case', () => {
    const why = 'there are no AWS credentials: sign in to AWS, or set AWS_PROFILE';
    const result = checked(
      failAt(/^token@|^rate-limits/, 'secret-unreadable', (target) => {
        return `secret "acme/${target.startsWith('token') ? 'key' : 'api'}": ${why}`;
      }),
    );
    const text = textOf(result).replaceAll(/\n +/g, ' ');
    expect(text).toContain('Secrets "acme/key", "acme/api": there are no AWS credentials: sign in');
    expect(text.match(/no AWS credentials/g)).toHaveLength(1);
    for (const noise of ['likely', 'to do', 'support']) expect(text).not.toContain(` ${noise} `);
    expect(text).toContain('--secrets <file>, or --from lambda, which needs none');
  });

  it.each<[FindingCode, boolean]>([
    ['internal-error', true],
    ['connect-timeout', true],
    ['client-refused', false],
    ['scope-unknown', false],
  ])('has the text for Okta Support only where Okta may have to help: %s', (code, isForSupport) => {
    expect(/^ +support +org: /m.test(textOf(checked(failAt(/^token@/, code))))).toBe(isForSupport);
  });

  it('tells an unreadable status page as not known, which is no problem', () => {
    const result = checked(failAt(/^status-page$/, 'status-unknown', () => 'status 503'));
    expect(isFine([result])).toBe(true);
    expect(checkResults([result]).every(({ passed }) => passed)).toBe(true);
    const text = textOf(result);
    expect(text).toMatch(/status-page +\? not known/);
    expect(text).toContain('status-page: status 503');
    expect(text).toMatch(/Verdict {2}No problem\. .* not\s+known\./);
  });

  it('is not fine if a probe that passed warns', () => {
    const result = checked((target) =>
      target === 'keys@org' ? ({ warnings: [finding('slow-answer')] } as Partial<Outcome>) : undefined,
    );
    expect(isFine([result])).toBe(false);
    expect(textOf(result)).toMatch(/keys +! warned/);
  });

  it('ends with a verdict and a command that runs what failed again', () => {
    const text = formatChecked([checked(failAt(/^token@/, 'client-refused'))], { ...call, secrets: 'my secrets.json' });
    expect(text).toContain('1 problem (credentials).');
    const [, command = ''] = /(npm run check --.*)$/s.exec(stripVTControlCharacters(text)) ?? [];
    expect(command.replaceAll(/\\\n */g, '')).toBe(
      "npm run check -- --config my.jsonc --secrets 'my secrets.json' --org acme --probe token@org --probe token@default",
    );
  });

  it('ends with the doctor if all is well, or with a complete check after a part of one', () => {
    expect(textOf(checked())).toMatch(/Verdict {2}No problem\..*npm run doctor -- --config my.jsonc$/s);
    const withFile = formatChecked([checked()], { ...call, secrets: 'secrets.json' });
    expect(withFile).toMatch(/npm run watch -- --config my.jsonc --secrets secrets.json$/);
    const withoutFile = formatChecked([checked()], { ...call, config: undefined, domain: 'acme.okta.com' });
    expect(withoutFile).toMatch(/npm run setup -- --domain acme.okta.com$/);
    expect(formatChecked([checked()], { ...call, isFiltered: true })).toMatch(/npm run check -- --config my.jsonc$/);
  });

  it.each(Object.keys(findings) as FindingCode[])('fits 80 columns with the finding %s at every probe', (code) => {
    const org = {
      ...fullOrg,
      servers: fullOrg.servers.map((server) => ({ ...server, id: `aus${server.id.repeat(5)}` })),
    };
    const result = checked(
      failAt(/./, code, () => 'https://acme.okta.com/'.repeat(12)),
      { ...org, negativeTests: true },
    );
    expect(tooLong(textOf(result), 80)).toEqual([]);
  });

  it('has the same in its document: verdict, next step and each problem once', () => {
    expect(checkDocument([checked(failAt(/^token@/, 'client-refused'))], call)).toMatchObject({
      verdict: expect.stringMatching(/^1 problem \(credentials\)\./),
      next: 'npm run check -- --config my.jsonc --org acme --probe token@org --probe token@default',
      orgs: [{ problems: [{ targets: ['token@org', 'token@default'], client: 'service' }] }],
    });
  });
});

it('a probe that a bug ended has an outcome, without the message of the error', () => {
  const [first, second, ...others] = enabledProbes(plan);
  const outcomes = others.map(({ probe, target }) => ({ ...target, probe: probe.id })) as Outcome[];
  const report = {
    ...{ org: fullOrg, startedAt, minute: startedAt, plan, outcomes },
    monitorErrors: [new TypeError('canary'), 'canary'],
  };
  const broken = brokenProbes(report);
  expect(broken.map(({ probe }) => probe)).toEqual([first?.probe.id, second?.probe.id]);
  expect(broken).toMatchObject([
    { status: 'failed', finding: { code: 'monitor-error', summary: expect.stringContaining('the probe: TypeError') } },
    { status: 'failed', finding: { summary: expect.stringContaining('unknown error') } },
  ]);
  expect(JSON.stringify(broken)).not.toContain('canary');
});
