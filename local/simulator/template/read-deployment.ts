import type { Alarm } from '../../emulators/cloudwatch/alarm-definition.ts';
import { parseAlarms } from '../../emulators/cloudwatch/parse-alarm.ts';
import type { Template } from '../../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../../emulators/cloudwatch/unsupported-error.ts';
import { isRehearsed } from '../alarms/aws-metrics.ts';
import type { Deployment, Remark } from './deployment.ts';
import { lintTemplate } from './lint-template.ts';
import { readFunction } from './read-function.ts';
import { readSchedule } from './read-schedule.ts';
import { readTopic } from './read-topic.ts';

/** What would call functions or make metrics too, and is not rehearsed. */
const unknown = [
  ...['AWS::Events::Rule', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'],
  ...['AWS::Logs::SubscriptionFilter', 'AWS::Logs::MetricFilter', 'AWS::SQS::Queue'],
];

/**
 * What a template deploys.
 *
 * Trap: what is not understood must not look like what is quiet. It is in `unsupported`, with everything that AWS itself
 * would refuse; what AWS takes although it can never work is in `silent`.
 */
export function readDeployment(template: Template): Deployment {
  const unsupported: Remark[] = [];
  const all = <Part>(type: string, read: (logicalId: string) => Part): readonly Part[] =>
    Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
      if (resource.Type !== type) return [];
      try {
        if (resource.Condition) throw new UnsupportedError(`it exists only under the condition ${resource.Condition}`);
        return [read(logicalId)];
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        unsupported.push({ logicalId, reason: error.message });
        return [];
      }
    });
  const schedules = all('AWS::Scheduler::Schedule', (id) => readSchedule(template, id));
  const functions = all('AWS::Lambda::Function', (id) => readFunction(template, id));
  const topics = all('AWS::SNS::Topic', (id) => readTopic(template, id));
  for (const type of unknown) {
    all(type, () => {
      throw new UnsupportedError(`${type} is not rehearsed`);
    });
  }
  const alarms = parseAlarms(template);
  unsupported.push(...alarms.unsupported, ...alarms.alarms.flatMap(notRehearsed));
  const read = { schedules, functions, topics, alarms, unsupported };
  return { ...read, ineffective: lintTemplate(read) };
}

function notRehearsed(alarm: Alarm): readonly Remark[] {
  if (alarm.kind === 'composite') return [];
  return Object.values(alarm.queries).flatMap((query) =>
    query.kind === 'metric' && !isRehearsed(query.identity)
      ? [{ logicalId: alarm.logicalId, reason: `${query.identity.namespace} ${query.identity.name} is not rehearsed` }]
      : [],
  );
}
