import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { Alarm } from '../../emulators/cloudwatch/alarm-definition.ts';
import { alarmsIn } from '../../emulators/cloudwatch/composite-rule.ts';
import { awsMetrics } from '../alarms/aws-metrics.ts';
import type { Deployment, Remark } from './deployment.ts';

type Part = (deployment: Omit<Deployment, 'ineffective'>) => readonly Remark[];

/**
 * What AWS deploys without a word although it can never work: an alarm that tells nobody, or watches a function or topic
 * that is not there; a topic that an alarm may not publish to or that nobody listens to; a subscription that may not call
 * its function; a function that nothing calls.
 */
export const lintTemplate: Part = (deployment) =>
  [ofAlarms, ofMetrics, ofTopics, ofSchedules, ofFunctions].flatMap((part) => part(deployment));

const ofAlarms: Part = ({ alarms: { alarms }, topics }) => {
  const composites = alarms.filter((alarm) => alarm.kind === 'composite');
  const asked = new Set(composites.flatMap(({ rule, suppressor }) => [...alarmsIn(rule), suppressor?.alarm]));
  return alarms.flatMap(({ logicalId, name, actions }) => {
    if (actions.ALARM.length === 0 && !asked.has(name)) {
      return [{ logicalId, reason: `${name} tells nobody that it rose` }];
    }
    return [...new Set(Object.values(actions).flat())].flatMap((topicId) => {
      const topic = topics.find((each) => each.logicalId === topicId);
      return topic && !topic.takesAlarms ? [{ logicalId, reason: `${name} may not publish to ${topic.name}` }] : [];
    });
  });
};

/** AWS publishes with one dimension, and for what there is. */
const ofMetrics: Part = ({ alarms: { alarms }, functions, topics }) => {
  const known = {
    'AWS/Lambda': functions.map(({ name }) => name),
    'AWS/SNS': topics.map(({ name }) => name),
  };
  return alarms.flatMap((alarm) =>
    seriesOfAws(alarm).flatMap(({ namespace, name, dimensions }) => {
      const { dimension } = awsMetrics[namespace];
      const isThere = Object.keys(dimensions).length === 1 && known[namespace].includes(dimensions[dimension] ?? '');
      const reason = `${alarm.name} watches ${name} of ${JSON.stringify(dimensions)}, which AWS never publishes`;
      return isThere ? [] : [{ logicalId: alarm.logicalId, reason }];
    }),
  );
};

type SeriesOfAws = MetricIdentity & { readonly namespace: keyof typeof awsMetrics };

function seriesOfAws(alarm: Alarm): readonly SeriesOfAws[] {
  if (alarm.kind === 'composite') return [];
  return Object.values(alarm.queries).flatMap((query) =>
    query.kind === 'metric' && query.identity.namespace in awsMetrics ? [query.identity as SeriesOfAws] : [],
  );
}

const ofTopics: Part = ({ topics }) =>
  topics.flatMap(({ logicalId, name, subscriptions }) => [
    ...(subscriptions.length === 0 ? [{ logicalId, reason: `nobody listens to ${name}` }] : []),
    ...subscriptions
      .filter(({ permitted }) => !permitted)
      .map(({ endpoint }) => ({ logicalId, reason: `${endpoint} lets no message of ${name} in` })),
  ]);

const ofSchedules: Part = ({ schedules }) =>
  schedules.filter(({ enabled }) => !enabled).map(({ name }) => ({ logicalId: name, reason: `${name} is disabled` }));

const ofFunctions: Part = ({ functions, schedules, topics }) => {
  const called = new Set([
    ...schedules.map(({ target }) => target),
    ...topics.flatMap(({ subscriptions }) => subscriptions.map(({ endpoint }) => endpoint)),
  ]);
  return functions.flatMap(({ name }) =>
    called.has(name) ? [] : [{ logicalId: name, reason: `nothing calls ${name}` }],
  );
};
