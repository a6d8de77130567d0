import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveEvents, runWatch } from '../../../../local/commands/watch/watch.ts';
import { type History, openHistory } from '../../../../local/self-hosted/history/open-history.ts';
import { retentionOf } from '../../../../local/self-hosted/history/retention.ts';
import type { Run } from '../../../../local/self-hosted/journal.ts';
import { noJournal, tee } from '../../../../local/self-hosted/journal.ts';
import { Watch } from '../../../../local/self-hosted/open-watch.ts';
import type { TimelineEvent } from '../../../../local/self-hosted/timeline.ts';
import { type DrivenClock, drivenClock } from '../../../support/driven-clock.ts';
import { smallBundles, smallTemplate } from '../../../support/small-template.ts';

const minuteMs = 60_000;
const always = { start: 0, end: Number.MAX_SAFE_INTEGER };
const alarm = 'okta-synthetics/acme/okta/page';
const noon = Date.UTC(2026, 10, 23, 12);

let bundles: Awaited<ReturnType<typeof smallBundles>>;
beforeAll(async () => {
  bundles = await smallBundles();
});
afterAll(() => rm(bundles.directory, { recursive: true }));

const hook = {
  Type: 'AWS::SNS::Subscription',
  Properties: { TopicArn: { Ref: 'People' }, Protocol: 'https', Endpoint: 'https://hooks.example.com/canary' },
};

/** A watch of the small template, whose clock and whose runs a test waits for. */
async function open(history: History, at: number, send: typeof fetch) {
  const clock = drivenClock(at);
  const ended: Run[] = [];
  let wake = () => {};
  const events: TimelineEvent[] = [];
  const live = liveEvents((event) => events.push(event));
  const onRun = (run: Run) => {
    ended.push(run);
    wake();
  };
  const watch = await Watch.open({
    ...{ template: smallTemplate({ Hook: hook }), bundleOf: bundles.bundleOf, history, clock, send },
    ...{ secrets: new Map([['acme', '{}']]), journal: tee(live.journal, { ...noJournal, onRun }) },
  });
  /** Waits until so many runs of a function have ended. */
  const runs = async (lambda: string, count: number) => {
    while (ended.filter((run) => run.lambda.endsWith(lambda)).length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { watch, clock, runs, live, events };
}

/** Lets minutes pass, each of which has one run of the probes. */
async function pass(
  { watch, clock, runs }: { watch: Watch; clock: DrivenClock; runs: Opened['runs'] },
  minutes: number,
) {
  for (let minute = 1; minute <= minutes; minute += 1) {
    const ticked = watch.tick();
    await runs('flows', watch.invocations.filter(({ lambda }) => lambda.endsWith('flows')).length + 1);
    clock.moveTo(watch.now + minuteMs);
    await ticked;
  }
}

type Opened = Awaited<ReturnType<typeof open>>;

const subjects = (history: History) => history.reader.messages(always).map(({ subject }) => subject);

describe('a watch', () => {
  let history: History;
  let posted: string[];
  const send: typeof fetch = async (_, init) => {
    posted.push(JSON.parse(String(init?.body)).Subject);
    return new Response(null, { status: 200 });
  };
  beforeEach(() => {
    history = openHistory(':memory:');
    posted = [];
    return () => history[Symbol.dispose]();
  });

  it('tells an alarm once, although it is killed and started again, and keeps the gap', async () => {
    await bundles.measure(2);
    {
      const first = await open(history, noon, send);
      await using watch = first.watch;
      await pass(first, 1);
      await first.runs('notify-page', 1);
      await pass(first, 1);
      await first.runs('notify-page', 2);
      expect(watch.alarmState(alarm).state).toBe('ALARM');
    }
    // A new alarm goes to OK first.
    expect(subjects(history)).toEqual([`OK ${alarm}`, `ALARM ${alarm}`]);

    const second = await open(history, noon + 10 * minuteMs, send);
    await using watch = second.watch;
    expect(watch.gap).toEqual({ start: noon + 2 * minuteMs, end: noon + 10 * minuteMs, reason: 'not running' });
    expect(history.reader.gaps(always)).toEqual([watch.gap]);
    expect(watch.alarmState(alarm).state).toBe('ALARM');
    await bundles.measure(0);
    // A gap is not a recovery: it waits for as many points as the alarm evaluates.
    await pass(second, 2);
    expect(watch.alarmState(alarm).state).toBe('ALARM');
    await pass(second, 1);
    await second.runs('notify-page', 1);
    expect(history.reader.transitions(always).map(({ to }) => to)).toEqual(['OK', 'ALARM', 'OK']);
    expect(subjects(history)).toEqual([`OK ${alarm}`, `ALARM ${alarm}`, `OK ${alarm}`]);
  });

  it('sends the messages that were queued or under way when it was killed, each once', async () => {
    await bundles.measure(2);
    {
      const first = await open(history, noon, () => new Promise(() => {}));
      await using _ = first.watch;
      await pass(first, 1);
      await first.runs('notify-page', 1);
      await pass(first, 1);
      // The notifier has been asked again, and its run has not ended.
      first.clock.stop();
    }
    const second = await open(history, noon + 3 * minuteMs + 500, send);
    await using _ = second.watch;
    await pass(second, 1);
    await second.runs('notify-page', 1);
    while (posted.length < 2) await new Promise(setImmediate);
    expect(posted.toSorted()).toEqual([`ALARM ${alarm}`, `OK ${alarm}`]);
    const states = history.reader.messages(always).map(({ deliveries }) => deliveries.map(({ state }) => state));
    expect(states).toEqual([
      ['shown', 'delivered'],
      ['shown', 'delivered'],
    ]);
  });

  it('gives secrets to its own functions only', async () => {
    const { watch } = await open(history, noon, send);
    await using _ = watch;
    const answer = await fetch(watch.aws.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.GetSecretValue',
        authorization: 'AWS4-HMAC-SHA256 Credential=container-1/20261123/us-east-1/secretsmanager/aws4_request',
      },
      body: '{"SecretId":"acme"}',
    });
    expect([answer.status, await answer.json()]).toMatchObject([403, { __type: 'UnrecognizedClientException' }]);
  });

  it('ends when its clock stops, in the middle of a run that then never was', async () => {
    await bundles.measure(0);
    const opened = await open(history, noon, send);
    await using watch = opened.watch;
    const { clock, live, events } = opened;
    const options = { clock, history, live, retention: retentionOf(1), onEvent: live.journal.onRun };
    const running = runWatch(watch, { ...options, onEvent: (event) => events.push(event) });
    await opened.runs('flows', 1);
    expect(events.map(({ kind }) => kind)).toEqual(['minute']);
    clock.moveTo(noon + minuteMs);
    await new Promise(setImmediate);
    clock.stop();
    await running;
    await watch[Symbol.asyncDispose]();
    expect(history.reader.runs(always)).toHaveLength(1);
  });

  it('goes on while its history cannot be written, tells it once and that it is over, and stores everything afterwards', async () => {
    await bundles.measure(0);
    const database = new DatabaseSync(':memory:');
    using readOnly = openHistory(':memory:', { database });
    const opened = await open(readOnly, noon, send);
    await using watch = opened.watch;
    const { clock, live, events, runs } = opened;
    const told: (string | undefined)[] = [];
    const onHistory = (trouble: string | undefined) => {
      told.push(trouble);
      watch.announceHistory(trouble, { deployment: 'okta-synthetics', route: 'page' });
    };
    const running = runWatch(watch, {
      ...{ clock, history: readOnly, live, retention: retentionOf(1), onHistory },
      onEvent: (event) => events.push(event),
    });
    const minute = async (number: number) => {
      await runs('flows', number + 1);
      clock.moveTo(noon + (number + 1) * minuteMs);
    };
    await minute(0);
    await runs('flows', 2);
    database.exec('PRAGMA query_only = ON');
    for (const number of [1, 2, 3]) await minute(number);
    await runs('notify-page', 2);
    await runs('flows', 5);
    expect(told).toEqual(['attempt to write a readonly database']);
    database.exec('PRAGMA query_only = OFF');
    for (const number of [4, 5]) await minute(number);
    await runs('notify-page', 3);
    clock.stop();
    await running;
    expect(told).toEqual(['attempt to write a readonly database', undefined]);
    const about = subjects(readOnly).filter((subject) => subject?.includes('history'));
    expect(about).toEqual(['ALARM', 'OK'].map((state) => `${state} okta-synthetics/monitor/history-not-written`));
    expect(readOnly.reader.outcomes(always).length).toBeGreaterThanOrEqual(6);
  });

  it('says that this machine is busy after a run during which its event loop was late', async () => {
    await bundles.measure(0);
    const { watch, clock, live, events, runs } = await open(history, noon, send);
    await using _ = watch;
    const delay = { longestMs: 740, runs: 1 };
    vi.spyOn(watch.loopDelay, 'take').mockReturnValueOnce(delay);
    const options = { clock, history, live, retention: retentionOf(1) };
    const running = runWatch(watch, { ...options, onEvent: (event) => events.push(event) });
    await runs('flows', 1);
    clock.moveTo(noon + minuteMs + 5);
    await runs('flows', 2);
    clock.stop();
    await running;
    expect(events.filter(({ kind }) => kind === 'delay')).toEqual([{ kind: 'delay', at: noon + minuteMs, delay }]);
  });

  it('leaves out the minutes in which the machine slept, and says so', async () => {
    await bundles.measure(0);
    const opened = await open(history, noon, send);
    await using watch = opened.watch;
    const { clock, live, events, runs } = opened;
    const options = { clock, history, live, retention: retentionOf(1) };
    const running = runWatch(watch, { ...options, onEvent: (event) => events.push(event) });
    await runs('flows', 1);
    clock.moveTo(noon + 30 * minuteMs + 5);
    await runs('flows', 2);
    clock.stop();
    await running;
    const gap = { start: noon + minuteMs, end: noon + 30 * minuteMs, reason: 'suspended' };
    expect(events.find(({ kind }) => kind === 'gap')).toEqual({ kind: 'gap', at: gap.end, gap });
    expect(history.reader.gaps(always)).toEqual([gap]);
    expect(history.reader.outcomes(always)).toHaveLength(2);
  });
});
