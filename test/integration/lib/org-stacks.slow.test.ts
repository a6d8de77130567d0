import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { defaultDeployment } from '../../../functions/model/deployment.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import type { ConfigInput } from '../../../lib/config/schema.ts';
import { mostOrgStacks, mostResources } from '../../../lib/limits/fleet-limits.ts';
import { MonitorStack, stackName } from '../../../lib/monitor-stack.ts';
import { shardName, shardOf } from '../../../lib/orgs/shards.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import { buildConfig, minimalOrg } from '../../support/build-config.ts';
import type { Synthesized } from '../../support/synthesized.ts';

/** The warnings of the configurations are not tested here. */
const silent = { '@aws-cdk/core:annotationsInValidationReport': false };

interface Deployed {
  readonly monitor: MonitorStack['monitor'];
  /** The template of each stack by its path in the app, as text. */
  readonly templates: ReadonlyMap<string, string>;
}

const orgs = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `org-${at}`, domain: `org-${at}.okta.com` }));

function deploy(fields: Partial<ConfigInput>): Deployed {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context: { ...context, ...silent }, builtinCloudFormationValidation: false });
  const config = buildConfig(fields);
  const { monitor } = new MonitorStack(app, stackName(config), { config, code: () => Code.fromInline('//') });
  const { directory } = app.synth();
  const all = app.node.findAll().filter((each) => each instanceof Stack);
  const read = ({ templateFile }: Stack) => readFileSync(path.join(directory, templateFile), 'utf8');
  return { monitor, templates: new Map(all.map((stack) => [stack.node.path, read(stack)])) };
}

/** The stacks that are not the same in two deployments. */
function changed(before: Deployed, after: Deployed): readonly string[] {
  const paths = new Set([...before.templates.keys(), ...after.templates.keys()]);
  return [...paths].filter((each) => before.templates.get(each) !== after.templates.get(each));
}

describe.each([
  ['a few orgs, which are nested in one stack', orgs(3), undefined],
  ['orgs in further stacks', orgs(12), 3],
])('with %s', (_, before, orgStacks) => {
  const deploying = (orgs: ConfigInput['orgs']) => deploy({ orgs, ...(orgStacks && { orgStacks }) });
  const deployed = deploying(before);
  const added = { name: 'added', domain: 'added.okta.com' };

  it(`each of ${before.length} orgs has a stack of its own`, () => {
    expect(deployed.monitor.orgs.map(({ monitoredOrg }) => monitoredOrg.org.name)).toEqual(
      before.map(({ name }) => name),
    );
    expect(new Set(deployed.monitor.orgs.map(({ node }) => node.path)).size).toBe(before.length);
  });

  it(`adding an org to ${before.length} changes no stack of another`, () => {
    const after = deploying([...before, added]);
    expect(changed(deployed, after).filter((each) => each.includes('/Org-'))).toEqual([
      expect.stringMatching(/\/Org-added$/),
    ]);
  });

  it(`removing the last of ${before.length} orgs changes no stack of another`, () => {
    const touched = changed(deployed, deploying(before.slice(0, -1)));
    expect(touched.filter((each) => each.includes('/Org-'))).toEqual([
      expect.stringMatching(new RegExp(`/Org-${before.at(-1)?.name}$`)),
    ]);
  });

  it(`disabling the first of ${before.length} orgs removes its stack and changes no other`, () => {
    const [first, ...others] = before;
    const after = deploying([{ ...minimalOrg, ...first, enabled: false }, ...others]);
    expect([...after.templates.keys()].filter((each) => each.endsWith('/Org-org-0'))).toEqual([]);
    expect(changed(deployed, after).filter((each) => each.includes('/Org-'))).toEqual([
      expect.stringMatching(/\/Org-org-0$/),
    ]);
  });

  it(`renaming one of ${before.length} orgs changes no stack of another`, () => {
    const [first, ...others] = before;
    const touched = changed(deployed, deploying([{ ...minimalOrg, ...first, name: 'renamed' }, ...others]));
    expect(
      touched.flatMap((each) => (each.includes('/Org-') ? each.slice(each.lastIndexOf('/') + 1) : [])).toSorted(),
    ).toEqual(['Org-org-0', 'Org-renamed']);
  });

  it(`no stack of ${before.length} orgs takes anything from another that could change, or is larger than CloudFormation accepts`, () => {
    for (const template of deployed.templates.values()) {
      const { Resources, Outputs = {}, Parameters = {} } = JSON.parse(template);
      expect(JSON.stringify(Resources)).not.toContain('Fn::ImportValue');
      const exported = Object.values<{ Value: string; Export?: { Name: string } }>(Outputs).filter(
        (each) => each.Export,
      );
      for (const { Value, Export } of exported) expect(Value).toBe(Export?.Name);
      expect(Object.keys(Parameters).filter((name) => name.startsWith('reference'))).toEqual([]);
      expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
      expect(Buffer.byteLength(template)).toBeLessThan(1_000_000);
    }
  });
});

it('a further stack stays in the app when its last org is removed, and CloudFormation would refuse to drop it', () => {
  const orgStacks = 4;
  const all = orgs(9);
  const emptied = shardOf('org-0', orgStacks) ?? -1;
  const left = all.filter(({ name }) => shardOf(name, orgStacks) !== emptied);
  const [before, after] = [all, left].map((each) => deploy({ orgs: each, orgStacks }));
  const names = Array.from({ length: orgStacks }, (_, index) => shardName('OktaSynthetics', index));
  expect(before?.monitor.shards.map((shard) => shard.stackName)).toEqual(names);
  expect(after?.monitor.shards.map((shard) => shard.stackName)).toEqual(names);
  const read = ({ node }: Stack) => JSON.parse(after?.templates.get(node.path) ?? '{}');
  const { Resources: kept } = read(after?.monitor.shards[emptied] as Stack);
  expect(Object.values<{ Type: string }>(kept).map(({ Type }) => Type)).toEqual([
    'AWS::CloudFormation::WaitConditionHandle',
  ]);
  // CloudFormation deletes no stack and no output while another stack imports the export.
  const { Outputs } = read(after?.monitor.node.scope as Stack);
  const exports = Object.values<{ Export?: { Name: string } }>(Outputs).flatMap(({ Export }) => Export?.Name ?? []);
  const imports = after?.monitor.shards.map((shard) => JSON.stringify(read(shard).Outputs));
  expect(imports).toEqual(exports.map((name) => expect.stringContaining(`{"Fn::ImportValue":"${name}"}`)));
  expect(exports).toEqual(names);
});

const sns = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: `r${at}`,
    kind: 'json' as const,
    https: `https://r${at}.acme.test/sns`,
  }));
const windows = Array.from({ length: 60 }, (_, at) => ({
  ...{ name: `w${at}`, schedule: 'cron(0 2 * * SUN)', durationMinutes: 60 },
}));
const { orgs: [full = minimalOrg] = [] } = parse(readFileSync('test/support/full.jsonc', 'utf8')) as ConfigInput;

/** Orgs of many resources, so that few of them are too many for one stack, with the fields of the configuration around them. */
const kinds: Readonly<Record<string, { readonly org: object; readonly fields?: Partial<ConfigInput> }>> = {
  'all options and maintenance windows': { org: full, fields: { alerts: { maintenance: windows } } },
  'receivers of their own': { org: { alerts: { pages: sns(30), tickets: sns(5) } } },
};

/** The resources that CloudFormation changes in one operation on each stack, with what the command line adds to each. */
function operationsOf({ monitor, templates }: Deployed): readonly number[] {
  const count = ({ node }: Stack) => Object.keys(JSON.parse(templates.get(node.path) ?? '').Resources).length + 1;
  const heldBy = (stack: Stack) => monitor.orgs.filter((org) => org.nestedStackParent === stack);
  const main = monitor.node.scope as Stack;
  return [main, ...monitor.shards].map((stack) =>
    [stack, ...heldBy(stack)].map(count).reduce((sum, each) => sum + each),
  );
}

describe.each(Object.entries(kinds))('a configuration of orgs with %s', (_, { org, fields }) => {
  const of = (count: number, orgStacks?: number) =>
    deploy({
      ...fields,
      orgs: orgs(count).map((each) => ({ ...org, ...each })),
      ...(orgStacks && { orgStacks }),
    });
  const [one = 0, two = 0] = [1, 2].map((count) => operationsOf(of(count))[0]);
  const most = Math.floor((mostResources.inOperation - one) / (two - one)) + 1;

  it(`is synthesized up to the ${most} orgs that CloudFormation takes in one operation, and refused beyond`, () => {
    expect(operationsOf(of(most))[0]).toBeLessThanOrEqual(mostResources.inOperation);
    expect(() => of(most + 1)).toThrow(ConfigError);
    expect(() => of(most + 1)).toThrow(
      /OktaSynthetics and the stacks nested in it have \d+ resources, and CloudFormation changes at most 2500 in one operation: set "orgStacks" to \d+$/,
    );
  });

  it(`is synthesized with as many further stacks as the refusal of ${2 * most} orgs names, and with room in each`, () => {
    const orgStacks = Number(/set "orgStacks" to (\d+)/.exec(refusalOf(() => of(2 * most)))?.[1]);
    for (const operation of operationsOf(of(2 * most, orgStacks)).slice(1)) {
      expect(operation).toBeLessThanOrEqual(mostResources.inOperation / 2 + 2);
    }
    expect(refusalOf(() => of(2 * most, 1))).toMatch(/OktaSynthetics-Orgs-0 and .* set "orgStacks" to \d+$/);
  });
});

function refusalOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was refused');
}

it('an org and a deployment that need more resources than a stack may have are refused in words, all at once', () => {
  const org = { ...minimalOrg, alerts: { pages: sns(150), tickets: [] } };
  const refusal = refusalOf(() => deploy({ alerts: { pages: sns(120) }, orgs: [org, { ...org, name: 'globex' }] }));
  const lines = refusal.split('\n').slice(1);
  expect(lines).toEqual([
    expect.stringMatching(
      /^ {2}the org acme has \d+ resources, and CloudFormation allows 500 in a stack: give it fewer/,
    ),
    expect.stringMatching(/^ {2}the org globex has \d+ resources/),
    expect.stringMatching(
      /^ {2}OktaSynthetics has \d+ resources, and CloudFormation allows 500 in a stack: name fewer/,
    ),
  ]);
});

it('almost two thousand orgs are spread evenly over a hundred stacks', () => {
  const shards = Object.values(Object.groupBy(orgs(1_899), ({ name }) => `${shardOf(name, mostOrgStacks)}`));
  expect(shards).toHaveLength(mostOrgStacks);
  // Names of people's orgs are not random. These differ only in a number.
  for (const shard of shards) expect(shard?.length).toBeLessThanOrEqual(40);
});

it('secrets that one policy cannot name are in managed policies, within the quotas of IAM, and each org waits for these', () => {
  const secretOf = (name: string) => `${name}/${'x'.repeat(480)}`;
  const fleet = orgs(26).map((org) => ({ ...org, api: { token: { secret: secretOf(org.name) } } }));
  const templates = [...deploy({ orgs: fleet }).templates.values()].map((text) => JSON.parse(text).Resources);
  const [main] = templates;
  const nested = Object.keys(main).find((id) => /^MonitorlimitsSecretsNestedStack/.test(id)) ?? expect.fail('no stack');
  const orgStacks = Object.entries<{ readonly DependsOn?: readonly string[] }>(main).filter(([id]) =>
    /^MonitorOrgorg\d/.test(id),
  );
  expect(orgStacks).toHaveLength(fleet.length);
  for (const [, { DependsOn }] of orgStacks) expect(DependsOn).toContain(nested);

  const all = templates.flatMap((resources) => Object.values<Synthesized['resources'][number]>(resources));
  const role = all.find(
    ({ Properties }) =>
      Properties.Description ===
      'Allows okta-synthetics-limits to write its log, publish metrics, keep the state of its runs and read the secrets that it needs',
  );
  const managed = all.filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy');
  const documents = [
    role?.Properties.Policies[0].PolicyDocument,
    ...managed.map(({ Properties }) => Properties.PolicyDocument),
  ];
  const [inline = 0, ...others] = documents.map((document) => deployedSize(document));
  expect(inline).toBeLessThanOrEqual(10_240);
  expect(others).toHaveLength(2);
  expect(Math.max(...others)).toBeLessThanOrEqual(6_144);
  const text = JSON.stringify(documents);
  for (const { name } of fleet) expect(text).toContain(`:secret:${secretOf(name)}-??????`);
});

/** How long a policy is once CloudFormation has replaced its references, in the Region with the longest name. */
function deployedSize(document: unknown): number {
  const values: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws-us-gov',
    'AWS::Region': 'ap-southeast-99',
    'AWS::AccountId': '123456789012',
  };
  return JSON.stringify(document, (_, value) =>
    value?.['Fn::Join']
      ? value['Fn::Join'][1]
          .map((part: string | { Ref: string }) => (typeof part === 'string' ? part : values[part.Ref]))
          .join('')
      : value,
  ).length;
}

/** What names a resource in its account and Region, by type. Schedules are named in their group. */
const naming = ['AlarmName', 'AliasName', 'DashboardName', 'FunctionName', 'LogGroupName', 'Name', 'QueueName'];
const otherNaming = ['RoleName', 'TableName', 'TopicName'];

/** The physical names of everything in a deployment, with the types, and the names of its stacks. */
function namesIn(deployment: string): readonly string[] {
  const tricky = ['b', 'c', 'b-c', 'pages', 'x-pages', 'us-east-1'];
  const https = 'https://hooks.acme.test/sns';
  const receivers = ['x', 'pages-x', 'x-pages-x'].map((name) => ({ name, kind: 'json' as const, https }));
  const pages = [...receivers, { kind: 'pagerduty' as const, secret: 'pagerduty' }];
  const window = { schedule: 'cron(0 2 * * SUN)', durationMinutes: 60 };
  const config = buildConfig({
    deployment,
    alerts: { pages, maintenance: ['b', 'b-b', 'x'].map((name) => ({ ...window, name })) },
    orgs: tricky.map((name) => ({ name, domain: `${name}.okta.com`, dashboard: true, alerts: { pages } })),
  });
  const { template } = synthesize(config);
  const own = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) => {
    const [name] = [...naming, ...otherNaming].flatMap((property) => Properties[property] ?? []);
    const { GroupName = '' } = Properties;
    const text = JSON.stringify(name);
    // A reference is to another resource's name.
    const isOwn = name !== undefined && !/^\{"(Ref|Fn::GetAtt)"/.test(text);
    return isOwn ? [`${Type} ${JSON.stringify(GroupName)} ${text}`] : [];
  });
  const first = stackName({ deployment });
  const stacks = Array.from({ length: mostOrgStacks }, (_, index) => shardName(first, index));
  return [...own, ...[first, ...stacks].map((name) => `stack ${name}`)];
}

it('no two orgs of any deployments in one account and Region share a physical name, however they are named', () => {
  const deployments = ['a', 'a-b', 'a-b-c', 'a-pages', 'a-us-east-1', 'a-orgs-3', defaultDeployment];
  const names = deployments.flatMap(namesIn);
  expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
});
