import { App, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type CfnAlarm,
  CfnCompositeAlarm,
  ComparisonOperator,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { compositeKey, heartbeatKey, validateAlarms } from '../../../lib/alarms/validate-alarms.ts';
import { parseConfig } from '../../../lib/config/load-config.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';

interface Plain {
  readonly name: string;
  readonly missing?: TreatMissingData;
  readonly heartbeat?: string;
  readonly actions?: readonly ('alarm' | 'ok')[];
  readonly warmUp?: boolean;
}

function addAlarm(
  stack: Stack,
  topic: Topic,
  { name, missing, heartbeat, actions = ['alarm', 'ok'], warmUp = false }: Plain,
): CfnAlarm {
  const alarm = new Alarm(stack, name, {
    alarmName: name,
    metric: new Metric({ namespace: 'Sample', metricName: name }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapointsToAlarm: 2,
    evaluationPeriods: 3,
    ...(missing && { treatMissingData: missing }),
  });
  const action = new SnsAction(topic);
  if (actions.includes('alarm')) alarm.addAlarmAction(action);
  if (actions.includes('ok')) alarm.addOkAction(action);
  const resource = alarm.node.defaultChild as CfnAlarm;
  if (heartbeat) resource.addMetadata(heartbeatKey, heartbeat);
  if (warmUp) resource.warmUpConfiguration = { warmUpPeriodDurationInMinutes: 10 };
  return resource;
}

/** The message with which a synth of these alarms fails; empty if it succeeds. */
function errorOf(...alarms: readonly Plain[]): string {
  const stack = new Stack(new App(), 'Sample');
  const topic = new Topic(stack, 'Topic');
  validateAlarms(stack);
  for (const alarm of alarms) addAlarm(stack, topic, alarm);
  return messageOf(() => (stack.node.root as App).synth());
}

function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const beating: Plain = { name: 'beating', missing: TreatMissingData.BREACHING, warmUp: true };

describe('a synth', () => {
  test('succeeds with an alarm that tolerates missing data and its heartbeat', () => {
    expect(errorOf(beating, { name: 'failing', missing: TreatMissingData.IGNORE, heartbeat: 'beating' })).toBe('');
  });

  test.each([undefined, TreatMissingData.IGNORE, TreatMissingData.MISSING, TreatMissingData.NOT_BREACHING])(
    'fails when an alarm tolerates missing data (%s) and has no heartbeat',
    (missing) => {
      expect(errorOf(beating, { name: 'failing', ...(missing && { missing }) })).toContain(
        '[Sample] failing tolerates missing data: set Metadata.Heartbeat to an alarm that treats it as breaching',
      );
    },
  );

  test('fails when a heartbeat does not exist, tolerates missing data itself or notifies no one', () => {
    const failing: Plain = { name: 'failing', heartbeat: 'beating' };
    expect(errorOf(failing)).toContain(
      'failing tolerates missing data, but its heartbeat beating is not an alarm of this monitor',
    );
    const lenient: Plain = { ...beating, missing: TreatMissingData.NOT_BREACHING, heartbeat: 'other' };
    expect(errorOf(failing, lenient)).toContain(
      'failing tolerates missing data, but its heartbeat beating tolerates it too',
    );
    expect(errorOf(failing, { ...beating, actions: ['ok'] })).toContain(
      'failing tolerates missing data, but its heartbeat beating notifies nobody',
    );
  });

  test('fails when a heartbeat would fire before its first data can come', () => {
    expect(errorOf({ ...beating, warmUp: false })).toContain(
      '[Sample] beating fires when it is new, because it has no data yet: set WarmUpConfiguration',
    );
  });

  test('fails when an alarm needs more datapoints than it evaluates', () => {
    const stack = new Stack(new App(), 'Sample');
    validateAlarms(stack);
    addAlarm(stack, new Topic(stack, 'Topic'), beating).datapointsToAlarm = 4;
    expect(messageOf(() => (stack.node.root as App).synth())).toContain(
      'beating needs 4 breaching datapoints but evaluates 3: it cannot fire',
    );
  });

  test('fails when an alarm has no action for firing or resolving, or has its actions disabled', () => {
    expect(errorOf({ ...beating, actions: ['ok'] })).toContain(
      'beating has no alarm action, so its alarm is never sent: add one',
    );
    expect(errorOf({ ...beating, actions: ['alarm'] })).toContain(
      'beating has no OK action, so its recovery is never sent: add one',
    );
    const stack = new Stack(new App(), 'Sample');
    validateAlarms(stack);
    addAlarm(stack, new Topic(stack, 'Topic'), beating).actionsEnabled = false;
    expect(messageOf(() => (stack.node.root as App).synth())).toContain(
      'beating has no alarm action, so its alarm is never sent: add one',
    );
  });

  test('fails when the periods of an alarm cover more than CloudWatch allows', () => {
    const stack = new Stack(new App(), 'Sample');
    validateAlarms(stack);
    addAlarm(stack, new Topic(stack, 'Topic'), beating).evaluationPeriods = 289;
    expect(messageOf(() => (stack.node.root as App).synth())).toContain(
      'beating looks back 86700 seconds, and CloudWatch allows 86400 for periods of 300',
    );
  });

  test('fails when an alarm relies on a composite alarm that does not exist or notifies no one', () => {
    const errorWith = (composite: string) => {
      const stack = new Stack(new App(), 'Sample');
      validateAlarms(stack);
      const part = addAlarm(stack, new Topic(stack, 'Topic'), { ...beating, actions: [] });
      part.addMetadata(compositeKey, composite);
      new CfnCompositeAlarm(stack, 'Both', { alarmName: 'both', alarmRule: 'ALARM("beating")' });
      return messageOf(() => (stack.node.root as App).synth());
    };
    expect(errorWith('other')).toContain(
      'beating leaves it to other to notify, which is not a composite alarm of this monitor',
    );
    expect(errorWith('both')).toContain('both has no alarm action, so its alarm is never sent: add one');
    expect(errorWith('both')).not.toContain('beating has no');
  });

  test('fails with the problems of all alarms', () => {
    const message = errorOf({ name: 'one' }, { name: 'two' }, { name: 'three', actions: [] });
    for (const name of ['one', 'two', 'three']) expect(message).toContain(`${name} tolerates missing data`);
  });
});

test('a synth of the monitor fails with an added alarm without a heartbeat', () => {
  const config = parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }');
  const { stack } = synthesize(config);
  addAlarm(stack, new Topic(stack, 'Topic'), { name: 'theirs', missing: TreatMissingData.NOT_BREACHING });
  // Without `force`, a stack that was synthesized before returns the previous result.
  const synth = () => (stack.node.root as App).synth({ force: true });
  expect(messageOf(synth)).toContain('theirs tolerates missing data: set Metadata.Heartbeat');
});
