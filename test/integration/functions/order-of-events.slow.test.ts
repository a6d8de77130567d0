import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GroupState } from '../../../functions/model/state.ts';
import { withRun } from '../../../functions/state/history.ts';
import { readIncident } from '../../../functions/state/incident-item.ts';
import { type AwsFault, startAwsEmulator } from '../../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { metricAlarm, resolvedMetricAlarm, snsEvent } from '../../support/alarms.ts';
import { awsEnvironment } from '../../support/aws-environment.ts';
import { at, flowsLog, outcome } from '../../support/log-of.ts';
import { readMessage } from '../../support/messages.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';
const stateTable = 'okta-synthetics-state';
const minuteMs = 60_000;
const start = at('12:00');

/** How many more calls of AWS have an effect: fewer than a function makes, if it is killed. */
let callsLeft = Number.POSITIVE_INFINITY;
const aws = await startAwsEmulator(new Map(), { accepts: () => callsLeft-- > 0 });
await aws.tables.create(stateTable, { partition: 'org', sort: 'item' });
const environment = {
  ...awsEnvironment(aws.url),
  ...{ ROUTE: 'page', OUTLETS_PAGE: 'pagerduty', PEOPLE_TOPIC_ARN: topicArn, LOG_GROUPS: flowsLog },
  ...{ DEPLOYMENT: 'okta-synthetics', RUNBOOK: 'docs/runbook.md', DASHBOARD: 'okta-synthetics' },
  ...{ STATE_TABLE: stateTable, GROUPS: 'flows', REMIND_AFTER_MINUTES: '20' },
};
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
const { handler: notify } = await import('../../../functions/notify.ts');
const { handler: sweep } = await import('../../../functions/sweep.ts');
vi.useFakeTimers({ toFake: ['Date'] });
vi.spyOn(process.stdout, 'write').mockReturnValue(true);
afterAll(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await aws.close();
});

/** Two incidents, in minutes from noon: when runs are bad, and when CloudWatch's alarm changes. */
const incidents = [
  { bad: [0, 15], fires: 2.1, resolves: 25.1 },
  { bad: [40, 50], fires: 42.1, resolves: 60.1 },
] as const;
const changes = incidents.flatMap(({ fires, resolves }) => {
  const [fired, ended] = [fires, resolves].map((minute) => new Date(start + minute * minuteMs).toISOString());
  const NewStateReason = `Threshold Crossed at ${fired}`;
  return [
    { minute: fires, alarm: { ...metricAlarm, NewStateReason, StateChangeTime: fired } },
    { minute: resolves, alarm: { ...resolvedMetricAlarm, StateChangeTime: ended } },
  ];
});

const runAt = (minute: number) => {
  const time = start + minute * minuteMs;
  const isBad = incidents.some(({ bad: [from, to] }) => minute >= from && minute < to);
  return {
    ...{ org: 'acme', at: time, intervalMinutes: 1 },
    lines: [outcome(time, 'token@default', isBad ? 'internal-error' : 'passed').line],
  };
};
const states: GroupState[] = [];
for (let minute = -60; minute < 150; minute += 1) states.push(withRun(states.at(-1), runAt(minute)));

/** Sets the clock, and the state of the org to that of the last run before. */
async function goTo(minute: number): Promise<void> {
  vi.setSystemTime(start + minute * minuteMs);
  const body = JSON.stringify(states[Math.floor(minute) + 60]);
  const item = { org: { S: 'acme' }, item: { S: 'group#flows' }, body: { S: body }, revision: { N: '1' } };
  await aws.tables.put(stateTable, item);
}

interface Attempt {
  /** After so many calls the function is killed. */
  readonly calls: number;
  readonly fails?: 'Publish' | 'PutEvents' | undefined;
}

let lastOwner = 0;
const context = (owner: string) => ({ getRemainingTimeInMillis: () => 30_000, awsRequestId: owner });

/** Messages of a killed function, perhaps sent before it could note that. They are sent again. */
const unsure = new Set<unknown>();

/** Whether it neither failed nor was killed. */
async function attempt(run: () => Promise<unknown>, { calls, fails }: Attempt): Promise<boolean> {
  const fault: AwsFault = { status: 400, type: 'AccessDeniedException', message: 'no' };
  const restore = fails ? aws.injectFault(fails, fault) : () => {};
  callsLeft = calls;
  const before = [aws.published.length, aws.events.length];
  const isDone = await run().then(
    () => callsLeft > 0,
    () => false,
  );
  const sent = [...aws.published.slice(before[0]), ...aws.events.slice(before[1])];
  if (callsLeft <= 0) for (const each of sent) unsure.add(each);
  callsLeft = Number.POSITIVE_INFINITY;
  restore();
  return isDone;
}

/** What each outlet was told, in order: `firing`, `resolved`, and the repetitions. */
function told(): Readonly<Record<'people' | 'pagerduty' | 'events', readonly string[]>> {
  function textsOf<Sent>(all: readonly Sent[], textOf: (sent: Sent) => string): readonly string[] {
    const texts = all.map(textOf);
    return texts.filter((text, index) => !(unsure.has(all[index]) && text === texts[index + 1]));
  }
  const events = (type: RegExp) => aws.events.filter(({ detailType }) => type.test(detailType));
  return {
    people: textsOf(aws.published, ({ subject = '', message, structure = '' }) => {
      const { metadata } = readMessage({ Subject: subject, Message: message, MessageStructure: structure }).chat;
      const { repeats } = Object(metadata.additionalContext);
      return `${subject.startsWith('RESOLVED') ? 'resolved' : (repeats ?? 'firing')} ${metadata.threadId}`;
    }),
    pagerduty: textsOf(events(/PagerDuty/), ({ detail }) =>
      Object(detail).event_action === 'resolve' ? 'resolved' : 'firing',
    ),
    events: textsOf(events(/Incident/), ({ detailType }) => (detailType.endsWith('Resolved') ? 'resolved' : 'firing')),
  };
}

async function incidentStates(): Promise<readonly (string | undefined)[]> {
  const items = await aws.tables.items(stateTable);
  return items
    .filter(({ item }) => String(item?.S).startsWith('incident#'))
    .map(({ body }) => readIncident(JSON.parse(String(body?.S)))?.state);
}

beforeEach(async () => {
  aws.clear();
  await aws.tables.clear();
  aws.alarmHistory = () =>
    changes.map(({ minute, alarm }) => ({
      timestamp: start + minute * minuteMs,
      summary: 'Alarm updated',
      data: JSON.stringify({
        oldState: { stateValue: alarm.OldStateValue },
        newState: { stateValue: alarm.NewStateValue, stateReason: alarm.NewStateReason },
      }),
    }));
});

const deliver = (change: number, owner: string) => () => notify(snsEvent(changes[change]?.alarm), context(owner));
const whole: Attempt = { calls: Number.POSITIVE_INFINITY };

describe('events about an alarm', () => {
  it('that come in the wrong order are told in the right one', async () => {
    await goTo(26);
    await deliver(1, 'end')();
    expect(told().people).toEqual([]);
    await deliver(0, 'start')();
    await deliver(0, 'repeated')();
    await deliver(1, 'repeated')();
    expect(told().people.map((each) => each.split(' ')[0])).toEqual(['firing', 'resolved']);
    expect(told().pagerduty).toEqual(['firing', 'resolved']);
    expect(await incidentStates()).toEqual(['resolved']);
  });

  it('leave no incident open that was told by a function which was killed before it noted that', async () => {
    await goTo(3);
    await attempt(deliver(0, 'one'), whole);
    await goTo(26);
    for (let calls = 0; ; calls += 1) {
      if (await attempt(deliver(1, 'end'), { calls })) break;
    }
    expect(told().pagerduty).toEqual(['firing', 'resolved']);
    expect(await incidentStates()).toEqual(['resolved']);
  });

  it('are noted for the others if one receiver fails for good, and it gets what it lacks once it works', async () => {
    await goTo(3);
    for (const _ of [1, 2, 3]) expect(await attempt(deliver(0, 'one'), { ...whole, fails: 'PutEvents' })).toBe(false);
    expect(told()).toMatchObject({ people: [expect.stringMatching(/^firing/)], pagerduty: [] });
    expect(await incidentStates()).toEqual(['firing']);
    expect(await attempt(deliver(0, 'one'), whole)).toBe(true);
    expect(told()).toMatchObject({ people: { length: 1 }, pagerduty: ['firing'] });
    await goTo(20);
    expect(await attempt(() => sweep(undefined, context('sweep')), { ...whole, fails: 'PutEvents' })).toBe(false);
    expect(told()).toMatchObject({ people: { length: 2 }, pagerduty: ['firing'] });
    await goTo(21);
    expect(await attempt(() => sweep(undefined, context('next sweep')), whole)).toBe(true);
    expect(told()).toMatchObject({ people: { length: 2 }, pagerduty: ['firing', 'resolved'] });
    await goTo(26);
    expect(await attempt(deliver(1, 'end'), whole)).toBe(true);
    expect(told()).toMatchObject({ people: { length: 2 }, pagerduty: ['firing', 'resolved'] });
    expect(await incidentStates()).toEqual(['resolved']);
  });

  it('are repeated by a sweep for a receiver that refused them, and not for the others', async () => {
    await goTo(3);
    for (const _ of [1, 2, 3]) await attempt(deliver(0, 'one'), { ...whole, fails: 'PutEvents' });
    await goTo(4);
    await sweep(undefined, context('sweep'));
    expect(told()).toMatchObject({ people: { length: 1 }, pagerduty: ['firing'], events: ['firing'] });
  });

  it('have ended for good although one receiver refused the end, and the sweep tells it later', async () => {
    await goTo(3);
    await attempt(deliver(0, 'one'), whole);
    // No sweep has told the recovery before.
    await goTo(26);
    for (const _ of [1, 2, 3]) expect(await attempt(deliver(1, 'end'), { ...whole, fails: 'PutEvents' })).toBe(false);
    const ended = await aws.tables.items(stateTable);
    await goTo(27);
    expect(await attempt(() => sweep(undefined, context('sweep')), whole)).toBe(true);
    expect(told()).toMatchObject({ people: { length: 2 }, pagerduty: ['firing', 'resolved'] });
    const incidentIn = (items: typeof ended) => {
      const { unsent, ...incident } = JSON.parse(
        String(items.find(({ item }) => String(item?.S).startsWith('incident#'))?.body?.S),
      );
      return { incident, isUnsent: unsent !== undefined };
    };
    expect(incidentIn(ended)).toMatchObject({ incident: { state: 'resolved' }, isUnsent: true });
    const { incident } = incidentIn(ended);
    expect(incidentIn(await aws.tables.items(stateTable))).toEqual({ incident, isUnsent: false });
  });

  it('are told although the sweep that told them was killed after it noted that', async () => {
    for (let calls = 0, isDone = false; !isDone; calls += 1) {
      aws.clear();
      await aws.tables.clear();
      await goTo(3);
      await attempt(deliver(0, 'one'), whole);
      await goTo(20);
      isDone = await attempt(() => sweep(undefined, context('sweep')), { calls });
      // By then, its claim is abandoned.
      await goTo(25);
      await attempt(() => sweep(undefined, context('next sweep')), whole);
      expect(told().pagerduty).toEqual(['firing', 'resolved']);
    }
  });

  /** Sweeps, and delivers the end of the first incident between what the sweep reads and what it does. */
  async function sweepDuringEnd(): Promise<void> {
    const call = aws.tables.call.bind(aws.tables);
    const spy = vi.spyOn(aws.tables, 'call').mockImplementation(async (operation, input) => {
      const answer = await call(operation, input);
      if (operation === 'Scan') {
        spy.mockRestore();
        await deliver(1, 'end')();
      }
      return answer;
    });
    await sweep(undefined, context('sweep'));
  }

  it('that come while a sweep is about to tell that the problem is back end the incident', async () => {
    await goTo(3);
    await deliver(0, 'one')();
    await goTo(20);
    await sweep(undefined, context('sweep'));
    expect(await incidentStates()).toEqual(['recovered']);
    await goTo(42);
    await sweepDuringEnd();
    expect(told().pagerduty).toEqual(['firing', 'resolved']);
    expect(await incidentStates()).toEqual(['resolved']);
  });

  it('that come while a sweep repeats a refused message are sent last', async () => {
    await goTo(3);
    for (const _ of [1, 2, 3]) await attempt(deliver(0, 'one'), { ...whole, fails: 'PutEvents' });
    await goTo(26);
    await sweepDuringEnd();
    expect(told().pagerduty.at(-1)).toBe('resolved');
    expect(await incidentStates()).toEqual(['resolved']);
  });

  it('are not noted while another process, which has claimed them all, is still sending', async () => {
    await goTo(3);
    await attempt(deliver(0, 'one'), { ...whole, fails: 'Publish' });
    const isSent = ({ item }: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
      String(item?.S).startsWith('message#');
    for (const item of (await aws.tables.items(stateTable)).filter(isSent)) {
      const body = JSON.stringify({ owner: 'one', claimed: { at: new Date().toISOString() } });
      await aws.tables.put(stateTable, { ...item, body: { S: body } });
    }
    for (const item of await aws.tables.items(stateTable)) {
      if (String(item.item?.S).startsWith('incident#')) {
        const Key = { org: item.org, item: item.item };
        await aws.tables.call('DeleteItem', JSON.stringify({ TableName: stateTable, Key }));
      }
    }
    await deliver(0, 'other')();
    expect(await incidentStates()).toEqual([]);
  });

  it('that are unreadable are passed on once to each receiver, also if another one fails', async () => {
    const event = () => notify(snsEvent('Dear all'), context('one'));
    expect(await attempt(event, { ...whole, fails: 'PutEvents' })).toBe(false);
    expect(await attempt(event, whole)).toBe(true);
    await notify(snsEvent('Dear all'), context('other'));
    expect([aws.published.length, aws.events.length]).toEqual([1, 2]);
  });
});

const attempts = fc.array(
  fc.record({
    calls: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 30 })),
    fails: fc.constantFrom(undefined, undefined, 'Publish' as const, 'PutEvents' as const),
  }),
  { maxLength: 2 },
);
/** Failed attempts at an event, after a delay in minutes, and one that succeeds. */
const delivery = fc.record({ delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 45 })), failed: attempts });
const deliveries = fc.tuple(...changes.map(() => fc.array(delivery, { minLength: 1, maxLength: 2 })));

it('no message is sent twice, after its end, or left open, whatever is late, repeated, killed or refused', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, attempts, async (all, failedSweeps) => {
      aws.clear();
      await aws.tables.clear();
      const steps: { readonly minute: number; readonly run: () => Promise<unknown> }[] = [];
      for (const [change, each] of all.entries()) {
        for (const { delay, failed } of each) {
          lastOwner += 1;
          const owner = `request ${lastOwner}`;
          let isDone = false;
          for (const [index, how] of [...failed, whole].entries()) {
            const run = async () => {
              isDone = isDone || (await attempt(deliver(change, owner), how));
            };
            steps.push({ minute: (changes[change]?.minute ?? 0) + delay + index, run });
          }
        }
      }
      const refused = new Set(
        [...all.flat().flatMap(({ failed }) => failed), ...failedSweeps].map(({ fails }) => fails),
      );
      const sweeps = [...failedSweeps];
      for (let minute = 0.5; minute < 130; minute += 3) {
        const run = () => attempt(() => sweep(undefined, context(`sweep ${minute}`)), sweeps.pop() ?? whole);
        steps.push({ minute, run });
      }
      for (const { minute, run } of steps.toSorted((one, other) => one.minute - other.minute)) {
        await goTo(minute);
        await run();
      }
      const { people, pagerduty, events } = told();
      for (const [each, operation] of [
        [people, 'Publish'],
        [pagerduty, 'PutEvents'],
        [events, 'PutEvents'],
      ] as const) {
        const texts = each.map((text) => text.split(' ')[0]);
        expect(texts.at(-1)).toBe('resolved');
        // A receiver that failed may learn of the end only.
        if (refused.has(operation)) continue;
        expect(texts[0]).toBe('firing');
        // The end of an incident is sent only if its start was.
        expect(texts.filter((text, index) => text === 'resolved' && texts[index - 1] === 'resolved')).toEqual([]);
      }
      // Twice only if the problem was back in between.
      expect(people.filter((text, index) => text.startsWith('resolved ') && text === people[index - 1])).toEqual([]);
      const firing = people.filter((each) => each.startsWith('firing '));
      expect(firing).toEqual([...new Set(firing)]);
      expect(await incidentStates()).toEqual([expect.stringMatching(/^(resolved|recovered)$/)]);
    }),
    { numRuns: Number(process.env.FC_RUNS ?? 12) },
  );
}, 120_000);
