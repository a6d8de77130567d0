import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { App } from 'aws-cdk-lib';
import { parse } from 'jsonc-parser';
import { parseConfig } from '../../lib/config/load-config.ts';
import { synthesize } from '../../local/self-hosted/synthesize.ts';

export interface ReleasedTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** Templates by the path of their stack: its name, then the logical id of each nested stack. */
export type ReleasedTemplates = Readonly<Record<string, ReleasedTemplate>>;

/** Configurations as people write them, each with the templates that a release made of it. */
export type Release = Readonly<Record<string, { readonly config: object; readonly templates: ReleasedTemplates }>>;

const fileOf = (release: string) => `test/fixtures/templates-${release}.json.gz`;

export const readRelease = (release: string): Release =>
  JSON.parse(gunzipSync(readFileSync(fileOf(release))).toString());

/** Returns the templates that today's code makes of a configuration, without the hashes of assets. */
export function templatesOf(config: object): ReleasedTemplates {
  const { stack } = synthesize(parseConfig(JSON.stringify(config)));
  const { directory, stacks } = (stack.node.root as App).synth();
  const read = (name: string, file: string): readonly (readonly [string, ReleasedTemplate])[] => {
    const template = JSON.parse(readFileSync(path.join(directory, file), 'utf8'));
    const nested = Object.entries<{ Metadata?: Record<string, string> }>(template.Resources).flatMap(
      ([id, { Metadata }]) => {
        const file = Metadata?.['aws:asset:path'];
        return file === undefined ? [] : read(`${name}/${id}`, file);
      },
    );
    return [[name, JSON.parse(JSON.stringify(template).replaceAll(/\b[0-9a-f]{64}\b/g, 'hash'))], ...nested];
  };
  return Object.fromEntries(stacks.flatMap(({ stackName, templateFile }) => read(stackName, templateFile)));
}

/**
 * The properties that identify a resource to its service, for every type that a template may have. CloudFormation makes a
 * resource of another logical id before it deletes the old one: it refuses a second one of the same name, and a second
 * subscription or policy of the same topic would be deleted with the first.
 */
const identity: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudFormation::Stack': [],
  'AWS::CloudFormation::WaitConditionHandle': [],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::AlarmMuteRule': ['Name'],
  'AWS::CloudWatch::CompositeAlarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::Events::ApiDestination': ['Name'],
  'AWS::Events::Connection': ['Name'],
  'AWS::Events::Rule': ['EventBusName', 'Name'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName'],
  'AWS::IAM::Policy': [],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': [],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName', 'Qualifier'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Lambda::Permission': [],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SNS::Subscription': ['TopicArn', 'Protocol', 'Endpoint'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SNS::TopicPolicy': ['Topics'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SQS::QueuePolicy': ['Queues'],
  'AWS::Scheduler::Schedule': ['GroupName', 'Name'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
};

/** Other properties that CloudFormation changes only by a new resource, which would have the name of the old one. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['KeySchema'],
  'AWS::IAM::Role': ['Path'],
  'AWS::Lambda::Function': ['PackageType'],
  'AWS::SNS::Topic': ['FifoTopic'],
  'AWS::SQS::Queue': ['FifoQueue'],
};

/** The physical name of a resource with its type, as text; undefined if CloudFormation chooses the name. */
export function physicalName({ Type, Properties = {} }: ReleasedTemplate['Resources'][string]): string | undefined {
  const properties = identity[Type];
  if (properties === undefined) throw new Error(`say in ${import.meta.filename} what identifies an ${Type}`);
  const values = properties.map((property) => Properties[property]);
  return values.some((value) => value !== undefined) ? `${Type} ${JSON.stringify(values)}` : undefined;
}

/** Why CloudFormation would refuse, or silently break, an update from one release's templates to another's. */
export function refusedChanges(before: ReleasedTemplates, after: ReleasedTemplates): readonly string[] {
  const resourcesOf = (templates: ReleasedTemplates) =>
    Object.entries(templates).flatMap(([stack, { Resources }]) =>
      Object.entries(Resources).map(([id, resource]) => ({ at: `${stack}/${id}`, resource })),
    );
  const old = new Map(resourcesOf(before).map(({ at, resource }) => [at, resource]));
  const oldNames = new Map([...old].map(([at, resource]) => [physicalName(resource), at]));
  return resourcesOf(after).flatMap(({ at, resource }) => {
    const name = physicalName(resource);
    const from = name === undefined ? undefined : oldNames.get(name);
    if (from !== undefined && from !== at) return [`${name} moves from ${from} to ${at}`];
    const was = old.get(at);
    if (!was) return [];
    if (was.Type !== resource.Type) return [`${at} changes from ${was.Type} to ${resource.Type}`];
    return (fixed[was.Type] ?? [])
      .filter((key) => JSON.stringify(was.Properties?.[key]) !== JSON.stringify(resource.Properties?.[key]))
      .map((key) => `${at} changes its ${key}`);
  });
}

/** `npx node test/support/released-templates.ts 0.3.0` keeps the templates of a release, for later ones to be compared with. */
if (import.meta.main) {
  const release = process.argv[2];
  if (release === undefined) throw new Error('name the release: 0.3.0');
  const [example, full] = ['lib/config/example.jsonc', 'test/support/full.jsonc'].map((file) =>
    parse(readFileSync(file, 'utf8'), [], { allowTrailingComma: true }),
  );
  const { pages } = full.alerts;
  const [first, ...others] = full.orgs;
  const configs = {
    example,
    full: { ...full, orgs: [first, ...others.map((org: object) => ({ ...org, alerts: { pages, tickets: pages } }))] },
  };
  const samples = Object.entries(configs).map(([name, config]) => [name, { config, templates: templatesOf(config) }]);
  writeFileSync(fileOf(release), gzipSync(JSON.stringify(Object.fromEntries(samples)), { level: 9 }));
}
