import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { MonitorStack, stackName } from '../../../lib/monitor-stack.ts';
import { mostOrgsPerStack, shardCount, shardsOf } from '../../../lib/orgs/shards.ts';
import { buildConfig, minimalOrg } from '../../support/build-config.ts';

interface Deployed {
  readonly monitor: MonitorStack['monitor'];
  /** The template of each stack by its path in the app, as text. */
  readonly templates: ReadonlyMap<string, string>;
}

const orgs = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `org-${at}`, domain: `org-${at}.okta.com` }));

function deploy(names: readonly { name: string; domain: string; enabled?: boolean }[], deployment?: string): Deployed {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context, builtinCloudFormationValidation: false });
  const config = buildConfig({ orgs: [...names], ...(deployment && { deployment }) });
  const { monitor } = new MonitorStack(app, stackName(config), { config, code: () => Code.fromInline('//') });
  const { directory } = app.synth();
  const all: readonly Stack[] = [monitor.node.scope as Stack, ...monitor.shards, ...monitor.orgs];
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

it('two deployments in one account and Region share no physical name', () => {
  const namesOf = ({ templates }: Deployed) =>
    [...templates.values()]
      .flatMap((template) =>
        Object.values<{ Properties?: Record<string, unknown> }>(JSON.parse(template).Resources).flatMap(
          ({ Properties = {} }) =>
            ['AlarmName', 'Name', 'FunctionName', 'TopicName', 'LogGroupName', 'DashboardName', 'RoleName'].flatMap(
              (property) => (property in Properties ? JSON.stringify(Properties[property]) : []),
            ),
        ),
      )
      .filter((name) => !/^\{"(Ref|Fn::GetAtt)"/.test(name));
  const [ours, theirs] = [namesOf(deploy(few)), namesOf(deploy(few, 'staging'))];
  // Schedules are in the deployment's own group.
  const isSchedule = (name: string) => /^"(org-\d-|notify-|sweep"$)/.test(name);
  expect(ours.filter((name) => !isSchedule(name) && theirs.includes(name))).toEqual([]);
  expect(theirs.filter((name) => !isSchedule(name) && !name.includes('staging'))).toEqual([]);
});
