import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import { metricIdentity } from '../../../../functions/model/metric.ts';
import { bundle, type Entry } from '../../../../lib/functions/bundle.ts';
import { intercept } from '../../../../local/scenarios/faults/answers.ts';
import { shortTimeouts } from '../../../../local/scenarios/faults/configuration.ts';
import { token } from '../../../../local/scenarios/targets.ts';
import type { Fault } from '../../../../local/simulator/environment.ts';
import { openSimulation } from '../../../../local/simulator/open-simulation.ts';
import type { Simulation } from '../../../../local/simulator/simulation.ts';
import type { DeliveredMessage } from '../../../../local/simulator/sns/sns.ts';
import { samples } from '../../../support/synthesized.ts';

const minuteMs = 60_000;

/** What happened between two moments of the story. */
interface Chapter {
  readonly from: number;
  readonly to: number;
}

let rehearsal: Simulation;
const chapters = new Map<string, Chapter>();

/** Lets minutes pass while something is wrong, and more until all is told. */
async function tell(name: string, minutes: number, after: number, goWrong?: () => Promise<() => unknown>) {
  const from = rehearsal.now;
  const mend = await goWrong?.();
  for (let minute = 0; minute < minutes; minute += 1) await rehearsal.tick();
  await mend?.();
  for (let minute = 0; minute < after; minute += 1) await rehearsal.tick();
  chapters.set(name, { from, to: rehearsal.now });
}

const noToken: readonly Fault[] = [
  shortTimeouts,
  ...token.map((target) => intercept(target, { status: 503, body: 'no backend' })),
];

const refusesMetrics: Fault = ({ aws }) => {
  const fault = { status: 403, type: 'AccessDeniedException', message: 'not authorized' };
  return { restore: aws.injectFault('PutMetricData', fault) };
};

const staged = (steps: readonly Fault[]) => async () => (await rehearsal.inject('acme', steps)).restore;

/** One world for all, in which one thing after the other goes wrong. The tests only look back at it. */
beforeAll(async () => {
  const bundles = new Map<string, string>();
  const bundleOf = (entry: Entry) => {
    const file = bundles.get(entry) ?? bundle(entry).file;
    bundles.set(entry, file);
    return file;
  };
  rehearsal = await openSimulation({ template: JSON.parse(samples.example?.text ?? ''), bundleOf });
  await tell('all is well', 12, 0);
  await tell('no token', 4, 14, staged(noToken));
  await tell('no token, and nobody to tell', 4, 14, async () => {
    const mend = await staged(noToken)();
    const repair = rehearsal.crash('notify-page');
    return () => Promise.all([mend(), repair()]);
  });
  await tell('metrics are refused', 5, 14, staged([refusesMetrics]));
  await tell('the clock stands still', 6, 4, async () => rehearsal.disable('acme-flows'));
}, 60_000);
afterAll(() => rehearsal?.[Symbol.asyncDispose]());

function chapter(name: string) {
  const { from, to } = chapters.get(name) ?? { from: 0, to: 0 };
  const within = ({ at }: { readonly at: number }) => at > from && at <= to;
  return {
    messages: rehearsal.inbox.filter(within),
    rises: rehearsal.transitions.filter((each) => within(each) && each.to === 'ALARM'),
    minuteOf: ({ at }: { readonly at: number }) => Math.ceil((at - from) / minuteMs),
    from,
    to,
  };
}

const briefly = ({ from, alarm, state, route }: DeliveredMessage) => ({ from, alarm, state, route });

test('a template is taken whole, and nothing in it is without effect', () => {
  expect(rehearsal.deployment.unsupported).toEqual([]);
  expect(rehearsal.deployment.ineffective).toEqual([]);
  expect(rehearsal.unpublished()).toEqual([]);
});

test('while all is well no alarm rises, no run fails and nobody is told anything by a function', () => {
  const { messages, rises, to } = chapter('all is well');
  expect(rises).toEqual([]);
  expect(messages.filter(({ from }) => from !== 'alarm')).toEqual([]);
  // What nobody wrote are the first changes of alarms that come raw: out of INSUFFICIENT_DATA.
  expect(messages.filter(({ state }) => state !== 'OK')).toEqual([]);
  const runs = rehearsal.invocations.filter(({ at }) => at < to);
  expect(runs.filter(({ status, findings }) => status !== 'succeeded' || findings.length > 0)).toEqual([]);
});

test('schedules call functions at their rates, and the first time at once', () => {
  for (const { name, intervalMinutes } of rehearsal.deployment.schedules) {
    const runs = rehearsal.invocations.filter(({ by, at }) => {
      return 'schedule' in by && by.schedule === name && at < rehearsal.startedAt + 60 * minuteMs;
    });
    const minutes = runs.map(({ at }) => (at - rehearsal.startedAt) / minuteMs);
    expect(minutes.slice(0, 3), name).toEqual([0, 1, 2].map((run) => run * intervalMinutes).slice(0, minutes.length));
  }
});

test('an outage is one page with the finding, and one word that it is over', () => {
  const { messages, minuteOf } = chapter('no token');
  const alarm = 'okta-synthetics/acme/okta/page';
  expect(messages.map(briefly)).toEqual([
    { from: 'function', alarm, state: 'ALARM', route: 'page' },
    { from: 'function', alarm, state: 'OK', route: 'page' },
  ]);
  const [page, recovery] = messages;
  expect(minuteOf(page ?? { at: 0 })).toBe(2);
  expect(page?.subject).toContain('gateway-error');
  expect(page?.deliveries).toMatchObject([{ protocol: 'email', endpoint: 'on-call@example.com', failed: false }]);
  expect(page?.deliveries[0]?.text).toContain('gateway-error');
  expect(recovery?.subject).toContain('RESOLVED');
});

test('what a message says of time is by the rehearsal’s clock', () => {
  const { messages, from } = chapter('no token');
  const [text = ''] = messages.map(({ deliveries }) => deliveries[0]?.text ?? '');
  const [, since = ''] = /Since +(\d{4}-\d\d-\d\d \d\d:\d\d) UTC/.exec(text) ?? [];
  expect(Date.parse(`${since.replace(' ', 'T')}Z`)).toBe(from);
});

test('when the function that writes breaks down, its alarm reaches people raw after a second try', () => {
  const { messages, minuteOf } = chapter('no token, and nobody to tell');
  const raw = messages.filter(({ from }) => from === 'failed invocation');
  expect(raw.map((message) => [minuteOf(message), message.alarm, message.state, message.route])).toEqual([
    [3, 'okta-synthetics/acme/okta/page', 'ALARM', 'page'],
  ]);
});

test('while metrics are refused they come by the log: no minute of a series that must be dense is lost', () => {
  const { from, to, messages } = chapter('metrics are refused');
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
    const samplesByMinute = rehearsal.store.statistic(identity, 'SampleCount', minuteMs, { start: from, end: to });
    expect(samplesByMinute, JSON.stringify(identity)).not.toContain(undefined);
    expect(samplesByMinute).toHaveLength(count);
  }
  expect(messages.map(briefly)).toEqual([
    { from: 'function', alarm: 'okta-synthetics/acme/monitor/ticket', state: 'ALARM', route: 'ticket' },
    { from: 'function', alarm: 'okta-synthetics/acme/monitor/ticket', state: 'OK', route: 'ticket' },
  ]);
});

test('a schedule that stops is paged for within four minutes', () => {
  const { messages, minuteOf } = chapter('the clock stands still');
  const alarm = 'okta-synthetics/acme/not-running';
  const [page] = messages.filter((message) => message.alarm === alarm);
  expect(page && briefly(page)).toEqual({ from: 'function', alarm, state: 'ALARM', route: 'page' });
  expect(minuteOf(page ?? { at: 0 })).toBeLessThanOrEqual(4);
});
