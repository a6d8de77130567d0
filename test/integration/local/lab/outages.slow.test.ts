import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import { metricIdentity } from '../../../../functions/model/metric.ts';
import { bundle } from '../../../../lib/functions/bundle.ts';
import { intercept } from '../../../../local/lab/scenarios/faults/answers.ts';
import { shortTimeouts } from '../../../../local/lab/scenarios/faults/configuration.ts';
import { atEach, token } from '../../../../local/lab/scenarios/targets.ts';
import type { Fault } from '../../../../local/lab/simulation/environment.ts';
import { Simulation } from '../../../../local/lab/simulation/simulation.ts';
import type { DeliveredMessage } from '../../../../local/self-hosted/sns/sns.ts';
import { samples } from '../../../support/synthesized.ts';

const minuteMs = 60_000;

/** A period of the simulation. */
interface Period {
  readonly from: number;
  readonly to: number;
}

let simulation: Simulation;
const periods = new Map<string, Period>();

/** Simulates minutes with a fault, and then minutes without it, until everything was sent. */
async function simulate(name: string, minutes: number, after: number, fault?: () => Promise<() => unknown>) {
  const from = simulation.now;
  const restore = await fault?.();
  for (let minute = 0; minute < minutes; minute += 1) await simulation.tick();
  await restore?.();
  for (let minute = 0; minute < after; minute += 1) await simulation.tick();
  periods.set(name, { from, to: simulation.now });
}

const noToken: readonly Fault[] = [shortTimeouts, ...atEach(token, intercept({ status: 503, body: 'no backend' }))];

const refusesMetrics: Fault = ({ aws }) => {
  const fault = { status: 403, type: 'AccessDeniedException', message: 'not authorized' };
  return { restore: aws.injectFault('PutMetricData', fault) };
};

const injected = (steps: readonly Fault[]) => async () => (await simulation.inject('acme', steps)).restore;

/** One simulation with one fault after the other. The tests only read its record. */
beforeAll(async () => {
  simulation = await Simulation.open({
    template: JSON.parse(samples.example?.text ?? ''),
    bundleOf: (entry) => bundle(entry).file,
  });
  await simulate('healthy', 12, 0);
  await simulate('no token', 4, 14, injected(noToken));
  await simulate('no token, and the notifier crashes', 4, 14, async () => {
    const restore = await injected(noToken)();
    const restart = simulation.crash('notify-page');
    return () => Promise.all([restore(), restart()]);
  });
  await simulate('PutMetricData is refused', 5, 14, injected([refusesMetrics]));
  await simulate('a schedule is disabled', 6, 4, async () => simulation.disable('acme-flows'));
});
afterAll(() => simulation?.[Symbol.asyncDispose]());

function periodOf(name: string) {
  const { from, to } = periods.get(name) ?? { from: 0, to: 0 };
  const within = ({ at }: { readonly at: number }) => at > from && at <= to;
  return {
    messages: simulation.inbox.filter(within),
    fired: simulation.transitions.filter((each) => within(each) && each.to === 'ALARM'),
    minuteOf: ({ at }: { readonly at: number }) => Math.ceil((at - from) / minuteMs),
    from,
    to,
  };
}

/** The sweep announces a recovery before the alarm changes: then only the message's data names its subject. */
const summarize = ({ from, context, route, ...message }: DeliveredMessage) => {
  const { alarm = context?.alarm, state = context?.state === 'resolved' ? 'OK' : 'ALARM' } = message;
  return { from, alarm, state, route };
};

test('the simulator supports everything in the template, and everything has an effect', () => {
  expect(simulation.deployment.unsupported).toEqual([]);
  expect(simulation.deployment.ineffective).toEqual([]);
  expect(simulation.unpublished()).toEqual([]);
});

test('a healthy org fires no alarm, fails no run and sends no message', () => {
  const { messages, fired, to } = periodOf('healthy');
  expect(fired).toEqual([]);
  expect(messages.filter(({ from }) => from !== 'alarm')).toEqual([]);
  // The messages from alarms themselves are their first changes, from INSUFFICIENT_DATA to OK.
  expect(messages.filter(({ state }) => state !== 'OK')).toEqual([]);
  const runs = simulation.invocations.filter(({ at }) => at < to);
  expect(runs.filter(({ status, findings }) => status !== 'succeeded' || findings.length > 0)).toEqual([]);
});

test('schedules invoke functions at their rates, and at once the first time', () => {
  for (const { name, intervalMinutes } of simulation.deployment.schedules) {
    const runs = simulation.invocations.filter(({ by, at }) => {
      return 'schedule' in by && by.schedule === name && at < simulation.startedAt + 60 * minuteMs;
    });
    const minutes = runs.map(({ at }) => (at - simulation.startedAt) / minuteMs);
    expect(minutes.slice(0, 3), name).toEqual([0, 1, 2].map((run) => run * intervalMinutes).slice(0, minutes.length));
  }
});

test('an outage is one page with the finding, and one message that it is resolved', () => {
  const { messages, minuteOf } = periodOf('no token');
  const alarm = 'okta-synthetics/acme/okta/page';
  expect(messages.map(summarize)).toEqual([
    { from: 'function', alarm, state: 'ALARM', route: 'page' },
    { from: 'function', alarm, state: 'OK', route: 'page' },
  ]);
  const [page, resolved] = messages;
  expect(minuteOf(page ?? { at: 0 })).toBe(2);
  expect(page?.subject).toContain('Okta gateway error');
  expect(page?.deliveries).toMatchObject([{ protocol: 'email', endpoint: 'on-call@example.com', failed: false }]);
  expect(page?.deliveries[0]?.text).toContain('gateway-error');
  expect(resolved?.subject).toContain('RESOLVED');
});

test('the times in a message are those of the simulation', () => {
  const { messages, from } = periodOf('no token');
  const [text = ''] = messages.map(({ deliveries }) => deliveries[0]?.text ?? '');
  const [, since = ''] = /since (\d{4}-\d\d-\d\d \d\d:\d\d) UTC/.exec(text) ?? [];
  expect(Date.parse(`${since.replace(' ', 'T')}Z`)).toBe(from);
});

test('when the notifier crashes, people get the raw event after its second try', () => {
  const { messages, minuteOf } = periodOf('no token, and the notifier crashes');
  const rawEvents = messages.filter(({ from }) => from === 'failed invocation');
  expect(rawEvents.map((message) => [minuteOf(message), message.alarm, message.state, message.route])).toEqual([
    [3, 'okta-synthetics/acme/okta/page', 'ALARM', 'page'],
  ]);
});

test('while PutMetricData is refused metrics arrive by the log, and dense series miss no minute', () => {
  const { from, to, messages } = periodOf('PutMetricData is refused');
  const count = (to - from) / minuteMs;
  const dense = [
    metricIdentity('Retries', { org: 'acme' }),
    ...faultDomains.map((Domain) => ({
      namespace: 'OktaSynthetics',
      name: 'Severity',
      dimensions: { Domain, Org: 'acme' },
    })),
  ];
  for (const identity of dense) {
    const samplesByMinute = simulation.store.statistic(identity, 'SampleCount', minuteMs, { start: from, end: to });
    expect(samplesByMinute, JSON.stringify(identity)).not.toContain(undefined);
    expect(samplesByMinute).toHaveLength(count);
  }
  expect(messages.map(summarize)).toEqual([
    { from: 'function', alarm: 'okta-synthetics/acme/monitor/ticket', state: 'ALARM', route: 'ticket' },
    { from: 'function', alarm: 'okta-synthetics/acme/monitor/ticket', state: 'OK', route: 'ticket' },
  ]);
});

test('a schedule that stops is paged for within four minutes', () => {
  const { messages, minuteOf } = periodOf('a schedule is disabled');
  const alarm = 'okta-synthetics/acme/not-running';
  const [page] = messages.filter((message) => message.alarm === alarm);
  expect(page && summarize(page)).toEqual({ from: 'function', alarm, state: 'ALARM', route: 'page' });
  expect(minuteOf(page ?? { at: 0 })).toBeLessThanOrEqual(4);
});
