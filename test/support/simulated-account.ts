import { storedItem } from '../../functions/state/state-table.ts';
import type { DeployedAccount } from '../../local/commands/game-day/deployed-account.ts';
import type { Simulation } from '../../local/lab/simulation/simulation.ts';

const minuteMs = 60_000;

/** The account of a simulated deployment, in virtual time: waiting lets minutes pass. It has one stack, of any name. */
export function simulatedAccount(
  simulation: Simulation,
  stack = 'OktaSynthetics',
  onMinute: () => Promise<unknown> | undefined = () => undefined,
): DeployedAccount {
  const { deployment } = simulation;
  const topicBy = (key: 'arn' | 'logicalId', value: string) => deployment.topics.find((each) => each[key] === value);
  return {
    now: () => simulation.now,
    async wait(ms, signal) {
      for (let passed = 0; passed < Math.max(1, Math.round(ms / minuteMs)); passed += 1) {
        signal.throwIfAborted();
        await simulation.tick();
        await onMinute();
      }
      signal.throwIfAborted();
    },
    caller: async () => ({ account: '123456789012', region: 'us-east-1', by: 'user/jane' }),
    resources: async (name) =>
      name === stack
        ? [
            ...deployment.topics.map(({ arn }) => ({ type: 'AWS::SNS::Topic', physicalId: arn })),
            ...deployment.queues.map((queue) => ({ type: 'AWS::SQS::Queue', physicalId: `https://sqs/${queue}` })),
            ...deployment.functions.map((each) => ({ type: 'AWS::Lambda::Function', physicalId: each.name })),
          ]
        : undefined,
    async subscriptions(topicArn) {
      const { name = '', subscriptions = [] } = topicBy('arn', topicArn) ?? {};
      return subscriptions.map(({ protocol, endpoint }) => ({
        ...{ protocol, endpoint },
        isConfirmed: simulation.isConfirmed(name, endpoint),
      }));
    },
    schedules: async (group) =>
      deployment.schedules
        .filter((each) => each.group === group)
        .map(({ name, target }) => ({ name, lambda: target, isEnabled: simulation.isEnabled(name) })),
    inputOf: async (group, name) =>
      JSON.stringify(deployment.schedules.find((each) => each.group === group && each.name === name)?.input),
    variables: async (lambda) => deployment.functions.find(({ name }) => name === lambda)?.variables ?? {},
    async invoke(lambda, event) {
      const { error, value } = await simulation.invoke(lambda, event);
      return error === undefined ? { value } : { error };
    },
    async alarm(name) {
      const found = deployment.alarms.alarms.find((each) => each.name === name);
      if (!found || found.kind === 'composite') return undefined;
      const last = simulation.transitions.findLast(({ alarm }) => alarm === name);
      const topics = found.actions.ALARM.flatMap((id) => topicBy('logicalId', id)?.arn ?? []);
      const { periodMs, evaluationPeriods, datapointsToAlarm } = found;
      return {
        ...{ state: simulation.alarmState(name).state, since: last?.at ?? simulation.startedAt },
        ...{ areActionsEnabled: topics.length > 0, topicArns: topics, periodMs, evaluationPeriods, datapointsToAlarm },
      };
    },
    async values(identity, statistic, from, to) {
      const start = Math.floor(from / minuteMs) * minuteMs;
      const values = simulation.store.statistic(identity, statistic, minuteMs, { start, end: to });
      return values.flatMap((value, index) => (value === undefined ? [] : [{ at: start + index * minuteMs, value }]));
    },
    async items(table, partition, beginning) {
      const all = (await simulation.aws.tables.items(table)).map((item) => storedItem(item as never));
      return all.filter(({ org, item }) => org === partition && item.startsWith(beginning));
    },
  };
}
