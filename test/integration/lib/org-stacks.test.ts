import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { defaultDeployment } from '../../../functions/model/deployment.ts';
import { MonitorStack, stackName } from '../../../lib/monitor-stack.ts';
import { mostOrgsPerStack, shardCount, shardName, shardsOf } from '../../../lib/orgs/shards.ts';
import { synthesize } from '../../../local/simulator/synthesize.ts';
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

interface FewFields {
  readonly name: string;
  readonly domain: string;
  readonly enabled?: boolean;
  readonly api?: { readonly token: { readonly secret: string } };
}

function deploy(names: readonly FewFields[], deployment?: string): Deployed {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context: { ...context, ...silent }, builtinCloudFormationValidation: false });
  const config = buildConfig({ orgs: [...names], ...(deployment && { deployment }) });
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

const few = orgs(3);
const many = orgs(mostOrgsPerStack + 5);

describe.each([
  ['a few orgs, which are nested in one stack', few],
  ['more orgs than one stack bears', many],
])('with %s', (_, before) => {
  const deployed = deploy(before);
  const added = { name: 'added', domain: 'added.okta.com' };

  it(`each of ${before.length} orgs has a stack of its own`, () => {
    expect(deployed.monitor.orgs.map(({ monitoredOrg }) => monitoredOrg.org.name)).toEqual(
      before.map(({ name }) => name),
    );
    expect(new Set(deployed.monitor.orgs.map(({ node }) => node.path)).size).toBe(before.length);
  });

  it(`adding an org to ${before.length} changes no stack of another`, () => {
    const after = deploy([...before, added]);
    expect(changed(deployed, after).filter((each) => each.includes('/Org-'))).toEqual([
      expect.stringMatching(/\/Org-added$/),
    ]);
  });

  it(`removing the last of ${before.length} orgs changes no stack of another`, () => {
    const touched = changed(deployed, deploy(before.slice(0, -1)));
    expect(touched.filter((each) => each.includes('/Org-'))).toEqual([
      expect.stringMatching(new RegExp(`/Org-${before.at(-1)?.name}$`)),
    ]);
  });

  it(`disabling the first of ${before.length} orgs removes its stack and changes no other`, () => {
    const [first, ...others] = before;
    const after = deploy([{ ...minimalOrg, ...first, enabled: false }, ...others]);
    expect([...after.templates.keys()].filter((each) => each.endsWith('/Org-org-0'))).toEqual([]);
    expect(changed(deployed, after).filter((each) => each.includes('/Org-'))).toEqual([
      expect.stringMatching(/\/Org-org-0$/),
    ]);
  });

  it(`renaming one of ${before.length} orgs changes no stack of another`, () => {
    const [first, ...others] = before;
    const touched = changed(deployed, deploy([{ ...minimalOrg, ...first, name: 'renamed' }, ...others]));
    expect(
      touched.flatMap((each) => (each.includes('/Org-') ? each.slice(each.lastIndexOf('/') + 1) : [])).toSorted(),
    ).toEqual(['Org-org-0', 'Org-renamed']);
  });

  it(`no stack of ${before.length} orgs exports or imports anything, or is larger than CloudFormation accepts`, () => {
    for (const template of deployed.templates.values()) {
      const { Resources, Outputs = {}, Parameters = {} } = JSON.parse(template);
      expect(template).not.toContain('Fn::ImportValue');
      expect(Object.values(Outputs).filter((output) => (output as { Export?: object }).Export)).toEqual([]);
      expect(Object.keys(Parameters).filter((name) => name.startsWith('reference'))).toEqual([]);
      expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
      expect(Buffer.byteLength(template)).toBeLessThan(1_000_000);
    }
  });
});

it('a stack changes at most as many nested resources in one operation as CloudFormation accepts', () => {
  const { templates } = deploy(orgs(mostOrgsPerStack));
  const counts = [...templates.values()].map((template) => Object.keys(JSON.parse(template).Resources).length);
  expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(2_500);
});

it('an org that is appended to as many as one stack bears moves none of them', () => {
  const full = deploy(orgs(mostOrgsPerStack));
  const grown = deploy(orgs(mostOrgsPerStack + 1));
  expect(grown.monitor.shards).toHaveLength(1);
  const [added] = grown.monitor.orgs.slice(-1);
  expect(changed(full, grown).filter((each) => each.includes('/Org-'))).toEqual([added?.node.path]);
});

it('almost two thousand orgs are spread so evenly that every stack bears its own', () => {
  const shards = Object.values(Object.groupBy(shardsOf(orgs(1_900)).values(), (shard) => shard));
  expect(shards).toHaveLength(shardCount);
  // Names of people's orgs are not random. These differ only in a number.
  for (const shard of shards) expect(shard?.length).toBeLessThanOrEqual(mostOrgsPerStack);
});

it('secrets that one policy cannot name are in managed policies, within the quotas of IAM, and each org waits for these', () => {
  const secretOf = (name: string) => `${name}/${'x'.repeat(480)}`;
  const fleet = orgs(26).map((org) => ({ ...org, api: { token: { secret: secretOf(org.name) } } }));
  const templates = [...deploy(fleet).templates.values()].map((text) => JSON.parse(text).Resources);
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
  const stacks = Array.from({ length: shardCount }, (_, index) => shardName(first, index));
  return [...own, ...[first, ...stacks].map((name) => `stack ${name}`)];
}

it('no two orgs of any deployments in one account and Region share a physical name, however they are named', () => {
  const deployments = ['a', 'a-b', 'a-b-c', 'a-pages', 'a-us-east-1', 'a-orgs-3', defaultDeployment];
  const names = deployments.flatMap(namesIn);
  expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
});
