import { App, Stack } from 'aws-cdk-lib';
import { Alarm, type CfnAlarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { heartbeatKey, validateAlarms } from '../../../lib/alarms/validate-alarms.ts';
import { parseConfig } from '../../../lib/config/load-config.ts';
import { synthesize } from '../../../local/simulator/synthesize.ts';

interface Plain {
  readonly name: string;
  readonly missing?: TreatMissingData;
  readonly heartbeat?: string;
  readonly breaching?: number;
  readonly tells?: readonly ('rising' | 'over')[];
}

function addAlarm(stack: Stack, topic: Topic, { name, missing, heartbeat, breaching = 2, tells }: Plain): CfnAlarm {
  const alarm = new Alarm(stack, name, {
    alarmName: name,
    metric: new Metric({ namespace: 'Sample', metricName: name }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapointsToAlarm: breaching,
    evaluationPeriods: 3,
    ...(missing && { treatMissingData: missing }),
  });
  const action = new SnsAction(topic);
  const told = tells ?? ['rising', 'over'];
  if (told.includes('rising')) alarm.addAlarmAction(action);
  if (told.includes('over')) alarm.addOkAction(action);
  const resource = alarm.node.defaultChild as CfnAlarm;
  if (heartbeat) resource.addMetadata(heartbeatKey, heartbeat);
  return resource;
}

/** What a synth of these alarms is refused for; nothing when it goes through. */
function refusalOf(...alarms: readonly Plain[]): string {
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

const beating: Plain = { name: 'beating', missing: TreatMissingData.BREACHING };

describe('a synth goes through', () => {
  test('with a heartbeat, and with an alarm that forgives missing data and names it', () => {
    expect(refusalOf(beating, { name: 'failing', missing: TreatMissingData.IGNORE, heartbeat: 'beating' })).toBe('');
  });
});

describe('a synth is refused for an alarm that', () => {
  test.each([undefined, TreatMissingData.IGNORE, TreatMissingData.MISSING, TreatMissingData.NOT_BREACHING])(
    'forgives missing data (%s) and names no heartbeat',
    (missing) => {
      expect(refusalOf(beating, { name: 'failing', ...(missing && { missing }) })).toContain(
        '[Sample] failing forgives missing data and names no heartbeat: an alarm that takes them for a breach (Metadata.Heartbeat)',
      );
    },
  );

  test('names a heartbeat that is not there, that forgives missing data itself, or that tells nobody', () => {
    const failing: Plain = { name: 'failing', heartbeat: 'beating' };
    expect(refusalOf(failing)).toContain(
      'failing forgives missing data and its heartbeat beating is no alarm of this stack',
    );
    const lenient: Plain = { ...beating, missing: TreatMissingData.NOT_BREACHING, heartbeat: 'other' };
    expect(refusalOf(failing, lenient)).toContain(
      'failing forgives missing data and its heartbeat beating forgives them too',
    );
    expect(refusalOf(failing, { ...beating, tells: ['over'] })).toContain(
      'failing forgives missing data and its heartbeat beating tells nobody',
    );
  });

  test('waits for more points than it looks at', () => {
    const stack = new Stack(new App(), 'Sample');
    validateAlarms(stack);
    addAlarm(stack, new Topic(stack, 'Topic'), beating).datapointsToAlarm = 4;
    expect(messageOf(() => (stack.node.root as App).synth())).toContain(
      'beating waits for 4 of 3 points and can never rise',
    );
  });

  test('tells nobody when it rises, or when it is over, or whose actions are switched off', () => {
    expect(refusalOf({ ...beating, tells: ['over'] })).toContain('beating tells nobody when it rises');
    expect(refusalOf({ ...beating, tells: ['rising'] })).toContain('beating tells nobody when it is over');
    const stack = new Stack(new App(), 'Sample');
    validateAlarms(stack);
    addAlarm(stack, new Topic(stack, 'Topic'), beating).actionsEnabled = false;
    expect(messageOf(() => (stack.node.root as App).synth())).toContain('beating tells nobody when it rises');
  });

  test('is one of several: all are listed at once', () => {
    const refusal = refusalOf({ name: 'one' }, { name: 'two' }, { name: 'three', tells: [] });
    for (const name of ['one', 'two', 'three']) expect(refusal).toContain(`${name} forgives missing data`);
  });
});

test('the monitor itself is synthesized by these rules: an alarm that somebody adds is refused unless it is paired', () => {
  const config = parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }');
  const { stack } = synthesize(config);
  addAlarm(stack, new Topic(stack, 'Topic'), { name: 'theirs', missing: TreatMissingData.NOT_BREACHING });
  // A stack that was synthesized once would give what it gave.
  const synth = () => (stack.node.root as App).synth({ force: true });
  expect(messageOf(synth)).toContain('theirs forgives missing data and names no heartbeat');
});
