import { routes } from '../../../functions/model/finding.ts';
import type { Org } from '../../../functions/model/org.ts';
import { entries } from '../../../lib/functions/entries.ts';
import type { Alarm } from '../../../packages/cloudwatch-alarms/src/index.ts';
import {
  parseAlarms,
  readList,
  readNumber,
  readObject,
  type Template,
  UnsupportedError,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import { isSimulated } from '../alarms/aws-metrics.ts';
import type { AsynchronousRules, Dashboard, DeployedFunction, Deployment, Table, TemplateIssue } from './deployment.ts';
import { lintTemplate } from './lint-template.ts';
import { readRule } from './read-rule.ts';
import { readSchedule } from './read-schedule.ts';
import { readTopic } from './read-topic.ts';
import { arnFor, physicalName, referencedId, resolveText } from './resolve-text.ts';

/** Resources that would also invoke functions or publish metrics. */
const notSimulated = [
  ...['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'],
  ...['AWS::Logs::SubscriptionFilter', 'AWS::Logs::MetricFilter'],
];

/**
 * Reads the deployment of a template.
 *
 * Trap: a resource that cannot be read must not pass for one that does nothing. It goes into `unsupported`, together
 * with everything that AWS would reject. What AWS accepts although it can never work goes into `ineffective`.
 */
export function readDeployment(template: Template): Deployment {
  const known = deployments.get(template) ?? read(template);
  deployments.set(template, known);
  return known;
}

/** A template of a hundred orgs takes seconds to read. */
const deployments = new WeakMap<Template, Deployment>();

function read(template: Template): Deployment {
  const unsupported: TemplateIssue[] = [];
  const readAll = <Part>(type: string, read: (logicalId: string) => Part): readonly Part[] =>
    Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
      if (resource.Type !== type) return [];
      try {
        if (resource.Condition) throw new UnsupportedError(`the condition ${resource.Condition} is not evaluated`);
        return [read(logicalId)];
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        unsupported.push({ logicalId, reason: error.message });
        return [];
      }
    });
  const schedules = readAll('AWS::Scheduler::Schedule', (id) => readSchedule(template, id));
  const functions = readAll('AWS::Lambda::Function', (id) => readFunction(template, id));
  const topics = readAll('AWS::SNS::Topic', (id) => readTopic(template, id));
  const queues = readAll('AWS::SQS::Queue', (id) => physicalName(template, id));
  const rules = readAll('AWS::Events::Rule', (id) => readRule(template, id));
  const tables = readAll('AWS::DynamoDB::Table', (id) => readTable(template, id));
  const dashboards = readAll('AWS::CloudWatch::Dashboard', (id) => readDashboard(template, id));
  for (const type of notSimulated) {
    readAll(type, () => {
      throw new UnsupportedError(`${type} is not simulated`);
    });
  }
  const alarms = parseAlarms(template);
  unsupported.push(...alarms.unsupported, ...alarms.alarms.flatMap(unsupportedMetrics));
  const parts = { schedules, functions, topics, queues, rules, alarms, tables, dashboards, unsupported };
  return { ...parts, ineffective: lintTemplate(parts) };
}

function unsupportedMetrics(alarm: Alarm): readonly TemplateIssue[] {
  if (alarm.kind === 'composite') return [];
  return Object.values(alarm.queries).flatMap((query) =>
    query.kind === 'metric' && !isSimulated(query.identity)
      ? [{ logicalId: alarm.logicalId, reason: `${query.identity.namespace} ${query.identity.name} is not simulated` }]
      : [],
  );
}

/** A deployment, and the template that it was read from. */
export interface Deployed {
  readonly template: Template;
  readonly deployment: Deployment;
}

/** Reads the deployment of a template. Throws `UnsupportedError` for anything that cannot run here. */
export function readDeployed(json: object): Deployed {
  const template = json as Template;
  const deployment = readDeployment(template);
  if (deployment.unsupported.length > 0) {
    throw new UnsupportedError(
      deployment.unsupported.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join('\n'),
    );
  }
  return { template, deployment };
}

/** Returns the events of the probe functions' schedules. */
export function eventsIn({ deployment }: Deployed): readonly Org[] {
  return deployment.schedules.flatMap(({ input }) => (isOrg(input) ? [input] : []));
}

/** Returns the names of the monitored orgs. */
export function orgsIn(deployed: Deployed): readonly string[] {
  return [...new Set(eventsIn(deployed).map(({ name }) => name))];
}

/** Whether a schedule's input is the event of a probe function. Every other function is invoked with something else. */
export function isOrg(input: unknown): input is Org {
  return typeof input === 'object' && input !== null && 'servers' in input && 'domain' in input;
}

const keys = [
  ...['TableName', 'KeySchema', 'AttributeDefinitions', 'BillingMode', 'TimeToLiveSpecification'],
  ...['Tags', 'PointInTimeRecoverySpecification', 'SSESpecification', 'DeletionProtectionEnabled'],
];

/**
 * Reads a table with two keys, both of them strings.
 *
 * Trap: items do not expire here.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
export function readTable(template: Template, logicalId: string): Table {
  const { KeySchema, AttributeDefinitions } = readObject(template.Resources[logicalId]?.Properties, keys);
  const schema = readList(KeySchema).map((each) => readObject(each, ['AttributeName', 'KeyType']));
  const isNumeric = readList(AttributeDefinitions).some(
    (each) => readObject(each, ['AttributeName', 'AttributeType']).AttributeType !== 'S',
  );
  const nameOf = (type: string) => {
    const key = schema.find(({ KeyType }) => KeyType === type);
    if (!key || isNumeric) throw new UnsupportedError('only a partition key and a sort key of strings are simulated');
    return resolveText(template, key.AttributeName);
  };
  return { name: physicalName(template, logicalId), partition: nameOf('HASH'), sort: nameOf('RANGE') };
}

/**
 * Reads which functions a dashboard's custom widgets invoke. Nothing else of a dashboard is simulated.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function readDashboard(template: Template, logicalId: string): Dashboard {
  const { widgets } = readBody(resolveText(template, template.Resources[logicalId]?.Properties?.DashboardBody));
  if (!Array.isArray(widgets)) throw new UnsupportedError('a dashboard has no widgets');
  const endpoints: readonly string[] = widgets.flatMap(({ type, properties }) =>
    type === 'custom' ? [String(properties?.endpoint)] : [],
  );
  return { logicalId, name: physicalName(template, logicalId), invokes: endpoints.map((arn) => nameOf(template, arn)) };
}

function readBody(text: string): { readonly widgets?: unknown } {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnsupportedError('the body of a dashboard is not valid JSON');
  }
}

/** Returns the name of the function, or its ARN. */
function nameOf(template: Template, arn: string): string {
  const id = Object.keys(template.Resources).find(
    (each) => template.Resources[each]?.Type === 'AWS::Lambda::Function' && arnFor(template, each) === arn,
  );
  return id === undefined ? arn : physicalName(template, id);
}

/**
 * Reads a function and the rules for its asynchronous events.
 *
 * Trap: the function's name determines which bundle it runs. The template's assets are named by hash only.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function readFunction(template: Template, logicalId: string): DeployedFunction {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  const name = physicalName(template, logicalId);
  // After the name of the deployment. `notify` is one bundle, deployed once per route: notify-page, notify-ticket.
  const entry = entries.find((each) => new RegExp(`-${each}(-(${routes.join('|')}))?$`).test(name));
  if (!entry) throw new UnsupportedError(`no bundle matches the function name ${name}`);
  const { Variables = {} } = readObject(properties.Environment ?? {}, ['Variables']);
  const { LogGroup } = (properties.LoggingConfig ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name,
    entry,
    timeoutMs: readNumber(properties.Timeout ?? 3) * 1000,
    memoryMb: readNumber(properties.MemorySize ?? 128),
    variables: Object.fromEntries(
      Object.entries(Variables as object).map(([key, value]) => [key, resolveText(template, value)]),
    ),
    logGroup: LogGroup === undefined ? `/aws/lambda/${name}` : resolveText(template, LogGroup),
    asynchronous: asynchronousRules(template, logicalId),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
function asynchronousRules(template: Template, functionId: string): AsynchronousRules {
  const configs = Object.values(template.Resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventInvokeConfig' &&
      referencedId(template, Properties?.FunctionName, 'AWS::Lambda::Function') === functionId,
  );
  if (configs.length > 1) throw new UnsupportedError('it has more than one EventInvokeConfig');
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig, Qualifier } = readObject(
    configs[0]?.Properties ?? {},
    ['FunctionName', 'Qualifier', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'],
  );
  if (Qualifier !== undefined && Qualifier !== '$LATEST')
    throw new UnsupportedError('only the qualifier $LATEST is simulated');
  const { OnFailure } = readObject(DestinationConfig ?? {}, ['OnFailure']);
  const { Destination } = readObject(OnFailure ?? {}, ['Destination']);
  return {
    retries: readNumber(MaximumRetryAttempts ?? 2),
    maxAgeMs: readNumber(MaximumEventAgeInSeconds ?? 6 * 3_600) * 1000,
    ...(Destination !== undefined && { onFailure: destinationOf(template, Destination) }),
  };
}

function destinationOf(template: Template, destination: unknown): string {
  if (referencedId(template, destination, 'AWS::SNS::Topic') === undefined) {
    throw new UnsupportedError(
      `the on-failure destination ${JSON.stringify(destination)} is not a topic in the template`,
    );
  }
  return resolveText(template, destination);
}
