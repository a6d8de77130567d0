import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { readRunTime } from '../../../functions/run/run-time.ts';
import { AlarmEngine, MetricStore, parseAlarms } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { minuteMs } from '../../../packages/cloudwatch-alarms/test/sample-alarm.ts';
import { isMetric } from '../../support/evaluate-template.ts';
import { samples } from '../../support/synthesized.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const parsed = parseAlarms(JSON.parse(samples.example?.text ?? ''));

/** A run of a schedule that starts one every minute. */
interface Run {
  /** How long after its scheduled time it starts. */
  readonly jitterMs: number;
  readonly durationMs: number;
  /** The published value. Undefined if the run is lost. */
  readonly value: number | 'lost';
}

/** The changes of an alarm to ALARM, in minutes, while the points of each run arrive when it ends. */
function firedAt(alarm: string, second: number, runs: readonly Run[]): readonly number[] {
  const definition = parsed.alarms.filter(isMetric).find(({ name }) => name === alarm);
  const query = Object.values(definition?.queries ?? {}).find(({ kind }) => kind === 'metric');
  if (!definition || query?.kind !== 'metric') throw new Error(`${alarm} is no alarm on a metric`);
  const engine = new AlarmEngine({ alarms: [definition], muteRules: [], unsupported: [] }, noon);
  const store = new MetricStore();
  let arriving = runs.flatMap(({ jitterMs, durationMs, value }, index) => {
    const due = noon + index * minuteMs + second * 1_000;
    const time = new Date(due).toISOString();
    const { minute: timestamp } = readRunTime({ time }, due + jitterMs);
    return value === 'lost' ? [] : [{ timestamp, value, arrivesAt: due + jitterMs + durationMs }];
  });
  return Array.from({ length: runs.length + 1 }, (_, minute) => {
    const now = noon + (minute + 1) * minuteMs;
    for (const point of arriving.filter(({ arrivesAt }) => arrivesAt < now)) {
      store.add({ identity: query.identity, ...point });
    }
    arriving = arriving.filter(({ arrivesAt }) => arrivesAt >= now);
    return engine.tick(now, store).flatMap(({ to }) => (to === 'ALARM' ? [minute + 1] : []));
  }).flat();
}

const second = fc.nat(59);
const jitter = fc.nat(59_000);
const runsOf = (run: fc.Arbitrary<Run>) => fc.array(run, { minLength: 40, maxLength: 40 });
const settled = 20;

describe('with starts that wander by up to a minute', () => {
  const heartbeat = alarmName({ kind: 'not-running', org: 'acme' });
  const page = alarmName({ kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' });

  it('the heartbeat of an org is quiet, however long runs take', () => {
    const runs = runsOf(fc.record({ jitterMs: jitter, durationMs: fc.nat(30_000), value: fc.constant(0) }));
    fc.assert(
      fc.property(second, runs, (at, each) => {
        expect(firedAt(heartbeat, at, each)).toEqual([]);
      }),
    );
  });

  it('the heartbeat of an org is quiet if one run is lost', () => {
    const runs = runsOf(fc.record({ jitterMs: jitter, durationMs: fc.nat(1_000), value: fc.constant(0) }));
    fc.assert(
      fc.property(second, runs, (at, each) => {
        const one = each.map((run, index) => (index === settled ? { ...run, value: 'lost' as const } : run));
        expect(firedAt(heartbeat, at, one)).toEqual([]);
      }),
    );
  });

  it('the heartbeat of an org fires once within five minutes when its runs stop', () => {
    const runs = runsOf(fc.record({ jitterMs: jitter, durationMs: fc.nat(1_000), value: fc.constant(0) }));
    fc.assert(
      fc.property(second, runs, (at, each) => {
        const stopped = each.map((run, index) => (index >= settled ? { ...run, value: 'lost' as const } : run));
        const [fired, ...again] = firedAt(heartbeat, at, stopped);
        expect(again).toEqual([]);
        expect(fired).toBeGreaterThan(settled + 1);
        expect(fired).toBeLessThanOrEqual(settled + 5);
      }),
    );
  });

  it('two bad runs page, even if they start in the same minute, and one does not', () => {
    const runs = runsOf(fc.record({ jitterMs: jitter, durationMs: fc.nat(5_000), value: fc.constant(0) }));
    fc.assert(
      fc.property(second, runs, (at, each) => {
        const bad = (count: number) =>
          each.map((run, index) => (index >= settled && index < settled + count ? { ...run, value: 2 } : run));
        expect(firedAt(page, at, bad(1))).toEqual([]);
        const [fired, ...again] = firedAt(page, at, bad(2));
        expect(again).toEqual([]);
        // The second bad run is due in minute 21 of 40, starts up to two minutes later, and is evaluated at the next.
        expect(fired).toBeLessThanOrEqual(settled + 2 + 3);
      }),
    );
  });
});
