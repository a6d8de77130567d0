import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Simulation } from '../../../../local/lab/simulation/simulation.ts';
import type { Template } from '../../../../packages/cloudwatch-alarms/src/index.ts';
import { smallAlarm, smallBundles, smallTemplate } from '../../../support/small-template.ts';

const minuteMs = 60_000;
const noon = Date.UTC(2026, 10, 21, 12);
const alarm = 'okta-synthetics/acme/okta/page';

let bundles: Awaited<ReturnType<typeof smallBundles>>;
let opened: Simulation | undefined;
beforeEach(async () => {
  bundles = await smallBundles();
});
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  await rm(bundles.directory, { recursive: true });
});

async function open(template: Template = smallTemplate()): Promise<Simulation> {
  opened = await Simulation.open({ template, bundleOf: bundles.bundleOf, startsAt: noon });
  return opened;
}

async function pass(simulation: Simulation, minutes: number, severity?: number) {
  if (severity !== undefined) await bundles.measure(severity);
  for (let minute = 0; minute < minutes; minute += 1) await simulation.tick();
}

const minuteOf = (at: number) => Math.floor((at - noon) / minuteMs);
const delivered = ({ inbox }: Simulation) =>
  inbox.map(({ at, from, state, deliveries }) => ({
    minute: minuteOf(at),
    from,
    state,
    by: deliveries.map(({ protocol }) => protocol),
  }));
const firedAt = ({ transitions }: Simulation) =>
  transitions.filter(({ to }) => to === 'ALARM').map(({ at }) => minuteOf(at));

describe('simulated alarms', () => {
  it('an alarm fires on a logged metric, invokes the notifier, and resolves', async () => {
    const simulation = await open();
    await pass(simulation, 3);
    await pass(simulation, 3, 2);
    await pass(simulation, 4, 0);
    expect(firedAt(simulation)).toEqual([5]);
    expect(delivered(simulation)).toEqual([
      { minute: 1, from: 'function', state: 'OK', by: ['email'] },
      { minute: 5, from: 'function', state: 'ALARM', by: ['email'] },
      { minute: 8, from: 'function', state: 'OK', by: ['email'] },
    ]);
    const [, message] = simulation.inbox;
    expect(message).toMatchObject({
      route: 'page',
      topic: 'okta-synthetics-pages',
      alarm,
      subject: `ALARM ${alarm}`,
    });
    expect(message?.text).toBe('short');
    // The function that writes is told the time by the simulation's clock.
    expect(message?.deliveries[0]?.text).toMatch(/^It is 2026-11-21T12:05:0/);
  });

  it('the history of an alarm has its state at any time', async () => {
    const simulation = await open();
    await pass(simulation, 2, 2);
    expect(simulation.aws.alarmHistory(alarm, noon, noon + 5 * minuteMs)).toEqual([
      { timestamp: noon + minuteMs, summary: 'Alarm updated from INSUFFICIENT_DATA to OK', data: expect.any(String) },
      { timestamp: noon + 2 * minuteMs, summary: 'Alarm updated from OK to ALARM', data: expect.any(String) },
    ]);
  });

  it('an alarm on a dimension that nothing publishes never fires, and the deployment says so', async () => {
    const Dimensions = [{ Name: 'Organization', Value: 'acme' }];
    const simulation = await open(smallTemplate(smallAlarm({ Dimensions })));
    await pass(simulation, 5, 2);
    expect(firedAt(simulation)).toEqual([]);
    expect(simulation.unpublished()).toEqual([
      { alarm, identity: { namespace: 'Small', name: 'Severity', dimensions: { Organization: 'acme' } } },
    ]);
  });

  it('an alarm without an action fires and notifies no one, and the deployment says so', async () => {
    const simulation = await open(smallTemplate(smallAlarm({ AlarmActions: [], OKActions: [] })));
    expect(simulation.deployment.ineffective).toContainEqual({
      logicalId: 'Alarm',
      reason: `${alarm} has no alarm action`,
    });
    await pass(simulation, 5, 2);
    expect(firedAt(simulation)).toEqual([2]);
    expect(simulation.inbox).toEqual([]);
  });

  it('an alarm that no number of datapoints can fire is rejected, as AWS rejects it', async () => {
    await expect(open(smallTemplate(smallAlarm({ DatapointsToAlarm: 4 })))).rejects.toThrow(
      'Alarm: DatapointsToAlarm 4 is more than EvaluationPeriods 3',
    );
  });

  it('an alarm fires as much later as its datapoints arrive late', async () => {
    const simulation = await open();
    await pass(simulation, 3);
    const inTime = simulation.delayPoints(({ source }) => (source === 'log' ? 2 * minuteMs : 0));
    await pass(simulation, 5, 2);
    inTime();
    expect(firedAt(simulation)).toEqual([7]);
  });
});

describe('simulated functions', () => {
  it('a failed notifier is retried after a minute, and then people get the raw event', async () => {
    const simulation = await open();
    await pass(simulation, 2);
    using _ = { [Symbol.dispose]: simulation.crash('notify-page') };
    await pass(simulation, 4, 2);
    const tries = simulation.invocations.filter(({ lambda }) => lambda.endsWith('notify-page'));
    expect(tries.map(({ at, attempt, status }) => [minuteOf(at), attempt, status])).toEqual([
      [1, 1, 'succeeded'],
      [4, 1, 'failed'],
      [5, 2, 'failed'],
    ]);
    const message = simulation.inbox.at(-1);
    expect(message).toMatchObject({ from: 'failed invocation', alarm, state: 'ALARM', topic: 'okta-synthetics-pages' });
    expect(minuteOf(message?.at ?? 0)).toBe(5);
    const record = JSON.parse(message?.deliveries[0]?.text ?? '');
    expect(record.requestContext).toMatchObject({ condition: 'RetriesExhausted', approximateInvokeCount: 2 });
    expect(JSON.parse(record.requestPayload.Records[0].Sns.Message)).toMatchObject({ AlarmName: alarm });
  });

  it('a failed invocation is an error in the metrics of Lambda, and a successful one is not', async () => {
    const simulation = await open();
    await pass(simulation, 1);
    const mended = simulation.crash('flows');
    await pass(simulation, 1);
    mended();
    await pass(simulation, 1);
    const series = (name: string) =>
      simulation.store.statistic(
        { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: 'okta-synthetics-flows' } },
        'Sum',
        minuteMs,
        { start: noon, end: noon + 3 * minuteMs },
      );
    expect([series('Invocations'), series('Errors'), series('Throttles')]).toEqual([
      [1, 1, 1],
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });

  it('a throttled event is not an invocation, and is dropped when it is too old', async () => {
    const simulation = await open();
    await pass(simulation, 1);
    const letIn = simulation.throttle('flows');
    await pass(simulation, 2);
    letIn();
    await pass(simulation, 2);
    const tries = simulation.invocations.filter(({ lambda }) => lambda === 'okta-synthetics-flows');
    const statuses = [0, 1, 2, 3, 4].map((minute) => [
      ...new Set(tries.filter(({ at }) => minuteOf(at) === minute).map(({ status }) => status)),
    ]);
    expect(statuses).toEqual([['succeeded'], ['throttled'], ['throttled'], ['succeeded'], ['succeeded']]);
  });

  it('a function starts cold only after its containers are gone', async () => {
    const simulation = await open();
    await pass(simulation, 2);
    await simulation.coldStart('flows');
    await pass(simulation, 2);
    const tries = simulation.invocations.filter(({ lambda }) => lambda === 'okta-synthetics-flows');
    expect(tries.map(({ cold }) => cold)).toEqual([true, false, true, false]);
  });
});

describe('simulated topics', () => {
  it('a failed delivery is counted, and its message can be read', async () => {
    const simulation = await open();
    await pass(simulation, 2);
    using _ = { [Symbol.dispose]: simulation.failDeliveries('okta-synthetics-pages', 'email') };
    await pass(simulation, 2, 2);
    expect(simulation.inbox.at(-1)?.deliveries).toMatchObject([{ protocol: 'email', failed: true }]);
    await pass(simulation, 1);
    const identity = {
      namespace: 'AWS/SNS',
      name: 'NumberOfNotificationsFailed',
      dimensions: { TopicName: 'okta-synthetics-pages' },
    };
    const window = { start: noon, end: noon + 5 * minuteMs };
    expect(simulation.store.statistic(identity, 'Sum', 5 * minuteMs, window)).toEqual([1]);
  });

  it('a topic without subscribers keeps its messages', async () => {
    const { Mail: _, ...rest } = smallTemplate().Resources;
    const simulation = await open({ Resources: rest });
    await pass(simulation, 1);
    expect(simulation.inbox.map(({ deliveries }) => deliveries)).toMatchObject([
      [{ protocol: 'none', text: expect.stringContaining('It is ') }],
    ]);
    expect(simulation.deployment.ineffective).toContainEqual({
      logicalId: 'People',
      reason: 'okta-synthetics-pages has no subscribers',
    });
  });

  it('a topic without the right to invoke its function delivers nothing', async () => {
    const { NotifyPermission: _, ...rest } = smallTemplate().Resources;
    const simulation = await open({ Resources: rest });
    await pass(simulation, 3, 2);
    expect(firedAt(simulation)).toEqual([2]);
    expect(simulation.inbox).toEqual([]);
  });
});

it('a disabled schedule runs nothing until it is enabled again', async () => {
  const simulation = await open();
  const resume = simulation.disable('acme-flows');
  await pass(simulation, 2);
  resume();
  await pass(simulation, 1);
  const runs = simulation.invocations.filter(({ lambda }) => lambda === 'okta-synthetics-flows');
  expect(runs.map(({ at }) => minuteOf(at))).toEqual([2]);
});

it('a fault at something that does not exist is an error that names it', async () => {
  const simulation = await open();
  expect(() => simulation.disable('acme-flow')).toThrow('there is no schedule acme-flow');
  expect(() => simulation.throttle('flow')).toThrow('no function is named flow');
  expect(() => simulation.failDeliveries('pages')).toThrow('no topic is named pages');
  await expect(simulation.inject('acme', [])).rejects.toThrow('there is no org acme');
});
