import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Template } from '../../../../local/emulators/cloudwatch/template-reader.ts';
import { openSimulation } from '../../../../local/simulator/open-simulation.ts';
import type { Simulation } from '../../../../local/simulator/simulation.ts';
import { smallAlarm, smallBundles, smallTemplate } from '../../../support/small-template.ts';

const minuteMs = 60_000;
const noon = Date.UTC(2026, 10, 21, 12);
const alarm = 'okta-synthetics/acme/okta/page';

let bundles: Awaited<ReturnType<typeof smallBundles>>;
let open: Simulation | undefined;
beforeEach(async () => {
  bundles = await smallBundles();
});
afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  await rm(bundles.directory, { recursive: true });
});

async function rehearse(template: Template = smallTemplate()): Promise<Simulation> {
  open = await openSimulation({ template, bundleOf: bundles.bundleOf, startsAt: noon });
  return open;
}

async function pass(rehearsal: Simulation, minutes: number, severity?: number) {
  if (severity !== undefined) await bundles.measure(severity);
  for (let minute = 0; minute < minutes; minute += 1) await rehearsal.tick();
}

const minuteOf = (at: number) => Math.floor((at - noon) / minuteMs);
const heard = ({ inbox }: Simulation) =>
  inbox.map(({ at, from, state, deliveries }) => ({
    minute: minuteOf(at),
    from,
    state,
    by: deliveries.map(({ protocol }) => protocol),
  }));
const rises = ({ transitions }: Simulation) =>
  transitions.filter(({ to }) => to === 'ALARM').map(({ at }) => minuteOf(at));

describe('an alarm', () => {
  it('rises by what a function logged, calls the function that writes to people, and is over again', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 3);
    await pass(rehearsal, 3, 2);
    await pass(rehearsal, 4, 0);
    expect(rises(rehearsal)).toEqual([5]);
    expect(heard(rehearsal)).toEqual([
      { minute: 1, from: 'function', state: 'OK', by: ['email'] },
      { minute: 5, from: 'function', state: 'ALARM', by: ['email'] },
      { minute: 8, from: 'function', state: 'OK', by: ['email'] },
    ]);
    const [, message] = rehearsal.inbox;
    expect(message).toMatchObject({
      route: 'page',
      topic: 'okta-synthetics-pages',
      alarm,
      subject: `ALARM ${alarm}`,
    });
    expect(message?.text).toBe('short');
    // The function that writes is told the time by the rehearsal's clock.
    expect(message?.deliveries[0]?.text).toMatch(/^It is 2026-11-21T12:05:0/);
  });

  it('sees in its history what it was at any time', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 2, 2);
    expect(rehearsal.aws.alarmHistory(alarm, noon, noon + 5 * minuteMs)).toEqual([
      { timestamp: noon + minuteMs, summary: 'Alarm updated from INSUFFICIENT_DATA to OK', data: expect.any(String) },
      { timestamp: noon + 2 * minuteMs, summary: 'Alarm updated from OK to ALARM', data: expect.any(String) },
    ]);
  });

  it('that watches another dimension than is published stays silent, and is known by it', async () => {
    const Dimensions = [{ Name: 'Organization', Value: 'acme' }];
    const rehearsal = await rehearse(smallTemplate(smallAlarm({ Dimensions })));
    await pass(rehearsal, 5, 2);
    expect(rises(rehearsal)).toEqual([]);
    expect(rehearsal.unpublished()).toEqual([
      { alarm, identity: { namespace: 'Small', name: 'Severity', dimensions: { Organization: 'acme' } } },
    ]);
  });

  it('without an action rises and tells nobody, which is known beforehand', async () => {
    const rehearsal = await rehearse(smallTemplate(smallAlarm({ AlarmActions: [], OKActions: [] })));
    expect(rehearsal.deployment.ineffective).toContainEqual({
      logicalId: 'Alarm',
      reason: `${alarm} has no alarm action`,
    });
    await pass(rehearsal, 5, 2);
    expect(rises(rehearsal)).toEqual([2]);
    expect(rehearsal.inbox).toEqual([]);
  });

  it('that no run of points could ever raise is refused, as AWS would', async () => {
    await expect(rehearse(smallTemplate(smallAlarm({ DatapointsToAlarm: 4 })))).rejects.toThrow(
      'Alarm: DatapointsToAlarm 4 is more than EvaluationPeriods 3',
    );
  });

  it('rises later by as much as its points are late', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 3);
    const inTime = rehearsal.delayPoints(({ source }) => (source === 'log' ? 2 * minuteMs : 0));
    await pass(rehearsal, 5, 2);
    inTime();
    expect(rises(rehearsal)).toEqual([7]);
  });
});

describe('a function that fails', () => {
  it('to write is tried once more after a minute, and then people get the alarm itself', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 2);
    using _ = { [Symbol.dispose]: rehearsal.crash('notify-page') };
    await pass(rehearsal, 4, 2);
    const tries = rehearsal.invocations.filter(({ lambda }) => lambda.endsWith('notify-page'));
    expect(tries.map(({ at, attempt, status }) => [minuteOf(at), attempt, status])).toEqual([
      [1, 1, 'succeeded'],
      [4, 1, 'failed'],
      [5, 2, 'failed'],
    ]);
    const message = rehearsal.inbox.at(-1);
    expect(message).toMatchObject({ from: 'failed invocation', alarm, state: 'ALARM', topic: 'okta-synthetics-pages' });
    expect(minuteOf(message?.at ?? 0)).toBe(5);
    const record = JSON.parse(message?.deliveries[0]?.text ?? '');
    expect(record.requestContext).toMatchObject({ condition: 'RetriesExhausted', approximateInvokeCount: 2 });
    expect(JSON.parse(record.requestPayload.Records[0].Sns.Message)).toMatchObject({ AlarmName: alarm });
  });

  it('is an error of Lambda’s own, and one that succeeds is none', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 1);
    const mended = rehearsal.crash('flows');
    await pass(rehearsal, 1);
    mended();
    await pass(rehearsal, 1);
    const series = (name: string) =>
      rehearsal.store.statistic(
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

  it('because it is throttled is no invocation, and its event is given up when it is too old', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 1);
    const letIn = rehearsal.throttle('flows');
    await pass(rehearsal, 2);
    letIn();
    await pass(rehearsal, 2);
    const tries = rehearsal.invocations.filter(({ lambda }) => lambda === 'okta-synthetics-flows');
    expect(tries.map(({ at, status }) => [minuteOf(at), status])).toEqual([
      [0, 'succeeded'],
      [1, 'throttled'],
      [2, 'throttled'],
      [3, 'succeeded'],
      [4, 'succeeded'],
    ]);
  });

  it('starts cold after its containers are gone, and only then', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 2);
    await rehearsal.coldStart('flows');
    await pass(rehearsal, 2);
    const tries = rehearsal.invocations.filter(({ lambda }) => lambda === 'okta-synthetics-flows');
    expect(tries.map(({ cold }) => cold)).toEqual([true, false, true, false]);
  });
});

describe('a topic', () => {
  it('that cannot deliver is counted, and what was lost can be read', async () => {
    const rehearsal = await rehearse();
    await pass(rehearsal, 2);
    using _ = { [Symbol.dispose]: rehearsal.failDeliveries('okta-synthetics-pages', 'email') };
    await pass(rehearsal, 2, 2);
    expect(rehearsal.inbox.at(-1)?.deliveries).toMatchObject([{ protocol: 'email', failed: true }]);
    const identity = {
      namespace: 'AWS/SNS',
      name: 'NumberOfNotificationsFailed',
      dimensions: { TopicName: 'okta-synthetics-pages' },
    };
    const window = { start: noon, end: noon + 5 * minuteMs };
    expect(rehearsal.store.statistic(identity, 'Sum', 5 * minuteMs, window)).toEqual([1]);
  });

  it('that nobody subscribed to keeps what it was sent', async () => {
    const { Mail: _, ...rest } = smallTemplate().Resources;
    const rehearsal = await rehearse({ Resources: rest });
    await pass(rehearsal, 1);
    expect(rehearsal.inbox.map(({ deliveries }) => deliveries)).toMatchObject([
      [{ protocol: 'none', text: expect.stringContaining('It is ') }],
    ]);
    expect(rehearsal.deployment.ineffective).toContainEqual({
      logicalId: 'People',
      reason: 'okta-synthetics-pages has no subscribers',
    });
  });

  it('that may not call its function reaches nobody', async () => {
    const { NotifyPermission: _, ...rest } = smallTemplate().Resources;
    const rehearsal = await rehearse({ Resources: rest });
    await pass(rehearsal, 3, 2);
    expect(rises(rehearsal)).toEqual([2]);
    expect(rehearsal.inbox).toEqual([]);
  });
});

it('a schedule that is switched off runs nothing, until it is switched on again', async () => {
  const rehearsal = await rehearse();
  const resume = rehearsal.disable('acme-flows');
  await pass(rehearsal, 2);
  resume();
  await pass(rehearsal, 1);
  const runs = rehearsal.invocations.filter(({ lambda }) => lambda === 'okta-synthetics-flows');
  expect(runs.map(({ at }) => minuteOf(at))).toEqual([2]);
});

it('whatever is not there cannot be meddled with', async () => {
  const rehearsal = await rehearse();
  expect(() => rehearsal.disable('acme-flow')).toThrow('no schedule is called acme-flow');
  expect(() => rehearsal.throttle('flow')).toThrow('no function is named flow');
  expect(() => rehearsal.failDeliveries('pages')).toThrow('no topic is named pages');
  await expect(rehearsal.inject('acme', [])).rejects.toThrow('no org is called acme');
});
