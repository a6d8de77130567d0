import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { type Alarm, alarmsIn } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { awsMetrics } from '../alarms/aws-metrics.ts';
import type { Deployment, TemplateIssue } from './deployment.ts';

type Lint = (deployment: Omit<Deployment, 'ineffective'>) => readonly TemplateIssue[];

/**
 * Finds what AWS deploys without an error although it can never work: an alarm without an action, or on a function or
 * topic that does not exist; a topic that has no subscribers or rejects its alarms; a function that rejects its topic or
 * that nothing invokes; a disabled schedule; a custom widget of a function that does not exist.
 */
export const lintTemplate: Lint = (deployment) =>
  [lintAlarms, lintMetrics, lintTopics, lintSchedules, lintFunctions, lintDashboards].flatMap((lint) =>
    lint(deployment),
  );

const lintAlarms: Lint = ({ alarms: { alarms }, topics }) => {
  const composites = alarms.filter((alarm) => alarm.kind === 'composite');
  const referenced = new Set(composites.flatMap(({ rule, suppressor }) => [...alarmsIn(rule), suppressor?.alarm]));
  return alarms.flatMap(({ logicalId, name, actions }) => {
    if (actions.ALARM.length === 0 && !referenced.has(name)) {
      return [{ logicalId, reason: `${name} has no alarm action` }];
    }
    return [...new Set(Object.values(actions).flat())].flatMap((topicId) => {
      const topic = topics.find((each) => each.logicalId === topicId);
      const reason = `${name} is not allowed to publish to ${topic?.name}`;
      return topic && !topic.acceptsAlarms ? [{ logicalId, reason }] : [];
    });
  });
};

/** AWS publishes these metrics with a single dimension, and only for resources that exist. */
const lintMetrics: Lint = ({ alarms: { alarms }, functions, topics, queues }) => {
  const resourceNames = {
    'AWS/Lambda': functions.map(({ name }) => name),
    'AWS/SNS': topics.map(({ name }) => name),
    'AWS/SQS': queues,
  };
  return alarms.flatMap((alarm) =>
    awsSeriesOf(alarm).flatMap(({ namespace, name, dimensions }) => {
      const resource = dimensions[awsMetrics[namespace].dimension] ?? '';
      const exists = Object.keys(dimensions).length === 1 && resourceNames[namespace].includes(resource);
      const reason = `${alarm.name} watches ${name} of ${JSON.stringify(dimensions)}, which AWS does not publish`;
      return exists ? [] : [{ logicalId: alarm.logicalId, reason }];
    }),
  );
};

type AwsSeries = MetricIdentity & { readonly namespace: keyof typeof awsMetrics };

function awsSeriesOf(alarm: Alarm): readonly AwsSeries[] {
  if (alarm.kind === 'composite') return [];
  return Object.values(alarm.queries).flatMap((query) =>
    query.kind === 'metric' && query.identity.namespace in awsMetrics ? [query.identity as AwsSeries] : [],
  );
}

const lintTopics: Lint = ({ topics }) =>
  topics.flatMap(({ logicalId, name, subscriptions }) => [
    ...(subscriptions.length === 0 ? [{ logicalId, reason: `${name} has no subscribers` }] : []),
    ...subscriptions
      .filter(({ permitted }) => !permitted)
      .map(({ endpoint }) => ({ logicalId, reason: `${name} is not allowed to invoke ${endpoint}` })),
  ]);

const lintSchedules: Lint = ({ schedules }) =>
  schedules.filter(({ enabled }) => !enabled).map(({ name }) => ({ logicalId: name, reason: `${name} is disabled` }));

const lintFunctions: Lint = ({ functions, schedules, topics, dashboards }) => {
  const invoked = new Set([
    ...schedules.map(({ target }) => target),
    ...topics.flatMap(({ subscriptions }) => subscriptions.map(({ endpoint }) => endpoint)),
    ...dashboards.flatMap(({ invokes }) => invokes),
  ]);
  return functions
    .filter(({ name }) => !invoked.has(name))
    .map(({ name }) => ({ logicalId: name, reason: `no schedule, topic or dashboard invokes ${name}` }));
};

const lintDashboards: Lint = ({ dashboards, functions }) =>
  dashboards.flatMap(({ logicalId, name, invokes }) =>
    invokes
      .filter((each) => !functions.some((lambda) => lambda.name === each))
      .map((each) => ({ logicalId, reason: `a widget of ${name} invokes ${each}, which does not exist` })),
  );
