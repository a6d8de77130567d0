import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingCode, finding } from '../../../../functions/findings/finding.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import { flows } from '../../../../functions/probes/index.ts';
import { enabledProbes, planProbes, targetOf } from '../../../../functions/probes/plan.ts';
import { heldByBudget, openRestraints, restraintOf, runsToOpen } from '../../../../functions/run/restraint.ts';
import type { KeptRun, RunLine } from '../../../../functions/state/history.ts';
import { fullOrg } from '../../../support/full-org.ts';

const minuteMs = 60_000;
const noon = Date.UTC(2026, 10, 21, 12);
const plan = planProbes(fullOrg, flows);
const targets = enabledProbes(plan).map(targetOf);

const split = (target: string) => {
  const [probe = '', server] = target.split('@');
  return { probe, ...(server !== undefined && { server }) };
};
const stamp = (minute: number) =>
  ({ type: 'outcome', at: new Date(noon + minute * minuteMs).toISOString(), org: 'acme' }) as const;
const failed = (minute: number, target: string, code: FindingCode, more: Partial<Exchange> = {}): RunLine => ({
  ...{ ...stamp(minute), ...split(target), status: 'failed', readings: {}, finding: finding(code) },
  exchanges: [
    {
      ...{ method: 'POST', url: 'https://acme.okta.com/oauth2/default/v1/token', at: stamp(minute).at, phases: {} },
      ...{ status: 500, ...more },
    },
  ],
});
const passed = (minute: number, target: string): RunLine => ({
  ...{ ...stamp(minute), ...split(target), status: 'passed', readings: {}, notes: [], warnings: [], exchanges: [] },
});
const runAt = (minute: number, lines: readonly RunLine[]): KeptRun => ({ at: noon + minute * minuteMs, lines });

const restraintAfter = (runs: readonly KeptRun[], minute = runs.length) =>
  restraintOf({ plan, history: { org: 'acme', runs }, intervalMinutes: 1, now: noon + minute * minuteMs });

const outage = (minute: number, code: FindingCode = 'internal-error') =>
  runAt(
    minute,
    targets.slice(0, 3).map((target) => failed(minute, target, code)),
  );

describe('the circuit breaker', () => {
  it('opens after some runs in which Okta answered nothing but 5xx, and the lightest probe that fails asks first', () => {
    const runs = Array.from({ length: runsToOpen }, (_, minute) => outage(minute));
    expect(restraintAfter(runs).first).toBe(targets[0]);
    expect(restraintAfter(runs.slice(1)).first).toBeUndefined();
  });

  it('stays open while that probe fails', () => {
    const light = (minute: number) => runAt(minute, [failed(minute, 'organization', 'gateway-error')]);
    const runs = [0, 1, 2].map((minute) => outage(minute)).concat([3, 4, 5, 6].map(light));
    expect(restraintAfter(runs).first).toBe('organization');
  });

  it('asks a probe whose failure pages, and none whose failure is a ticket', () => {
    const mixed = (minute: number) =>
      runAt(minute, [
        failed(minute, 'organization', 'read-only-mode'),
        failed(minute, 'discovery@default', 'internal-error'),
      ]);
    const tickets = (minute: number) => runAt(minute, [failed(minute, 'organization', 'read-only-mode')]);
    expect(finding('read-only-mode').severity).toBe('ticket');
    expect(restraintAfter([0, 1, 2].map(mixed)).first).toBe('discovery@default');
    expect(restraintAfter([0, 1, 2].map(tickets)).first).toBe('organization');
    // The one that asked has become a ticket, and of those that did not ask the last answer counts.
    expect(restraintAfter([...[0, 1, 2].map(mixed), ...[3, 4].map(tickets)]).first).toBe('discovery@default');
  });

  it('stays closed if what pages needs another probe', () => {
    const mixed = (minute: number) =>
      runAt(minute, [
        failed(minute, 'organization', 'read-only-mode'),
        failed(minute, 'introspect@default', 'internal-error'),
      ]);
    expect(restraintAfter([0, 1, 2].map(mixed)).first).toBeUndefined();
  });

  it('stays closed while anything works: which parts do is what people need to know', () => {
    const runs = [0, 1, 2].map((minute) =>
      runAt(minute, [failed(minute, 'token@default', 'internal-error'), passed(minute, 'organization')]),
    );
    expect(restraintAfter(runs).first).toBeUndefined();
  });

  it('stays closed for faults other than those of Okta', () => {
    for (const code of ['client-refused', 'connection-refused', 'intercepted', 'rate-limited'] as const) {
      expect(restraintAfter([0, 1, 2].map((minute) => outage(minute, code))).first, code).toBeUndefined();
    }
  });

  it('closes when no request was made for a while', () => {
    const runs = [0, 1, 2].map((minute) => outage(minute));
    expect(restraintAfter(runs, 10).first).toBeUndefined();
  });

  it('opens at once where Okta says when to come back', () => {
    const told = (retryAfterSeconds: number) =>
      runAt(0, [failed(0, 'organization', 'gateway-error', { status: 503, retryAfterSeconds })]);
    expect(restraintAfter([told(90)]).first).toBe('organization');
    expect(restraintAfter([told(30)]).first).toBeUndefined();
    // Nobody may blind the monitor for a day.
    expect(restraintAfter([told(86_400)]).first).toBeUndefined();
  });

  it('lets a probe ask first that needs no other one, whatever fails', () => {
    fc.assert(
      fc.property(fc.subarray(targets, { minLength: 1 }), (failing) => {
        const runs = [0, 1, 2].map((minute) =>
          runAt(
            minute,
            failing.map((target) => failed(minute, target, 'gateway-error')),
          ),
        );
        const { first } = restraintAfter(runs);
        const planned = enabledProbes(plan).find((each) => targetOf(each) === first);
        expect(first === undefined || failing.includes(first)).toBe(true);
        expect(planned?.probe.inputs ?? []).toEqual([]);
      }),
    );
  });
});

describe('a limit that is used up', () => {
  const limited = (secondsToReset: number, more: Partial<Exchange> = {}) =>
    runAt(0, [
      failed(0, 'token@default', 'rate-limit-exhausted', {
        ...{ status: 429, rateLimit: { limit: 2000, remaining: 0, secondsToReset }, ...more },
      }),
    ]);

  it('is not asked again before the reset that Okta names, and its finding stays', () => {
    const { held, first } = restraintAfter([limited(75)]);
    expect(first).toBeUndefined();
    expect([...held.keys()].toSorted()).toEqual(targets.filter((target) => target === 'token@default'));
    const { because, finding: kept } = held.get('token@default') ?? expect.fail('it asks');
    expect(because).toContain('12:01:15Z');
    expect(kept).toMatchObject({ code: 'rate-limit-exhausted' });
    expect(kept?.detail).toMatch(/^0 of \d+ requests left; not asked before 12:01:15Z/);
  });

  it('is asked again after it', () => {
    expect(restraintAfter([limited(59)]).held.size).toBe(0);
  });

  it('is left alone as long as Retry-After says, which counts more than the reset', () => {
    expect(restraintAfter([limited(10, { retryAfterSeconds: 90 })]).held.size).toBe(1);
    expect(restraintAfter([limited(90, { retryAfterSeconds: 10 })]).held.size).toBe(0);
  });

  it('of requests at the same time is none that resets', () => {
    expect(restraintAfter([limited(90, { rateLimit: { limit: 0, remaining: 0, secondsToReset: 90 } })]).held.size).toBe(
      0,
    );
  });
});

describe('the budget of a rate limit', () => {
  const bucket = '/oauth2/{id}/v1/token';
  const servers = ['one', 'two', 'three', 'four', 'five'].map((id) => ({
    ...(fullOrg.servers.find((server) => server.id === 'default') ?? expect.fail('no custom server')),
    id,
  }));
  const manyServers = planProbes({ ...fullOrg, servers }, flows);
  const asking = enabledProbes(manyServers)
    .map(targetOf)
    .filter((target) => target.startsWith('token@'));

  it('delays no request while there is enough', () => {
    expect(heldByBudget(manyServers, new Map([[bucket, 2000]]), 10, 0).size).toBe(0);
  });

  it('is never exceeded by a run, and everybody asks in turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (limit, percent) => {
        const allowed = Math.max(1, Math.floor((limit * percent) / 100));
        const turns = asking.map((_, turn) => {
          const held = heldByBudget(manyServers, new Map([[bucket, limit]]), percent, turn);
          return asking.filter((target) => !held.has(target));
        });
        for (const turn of turns) {
          expect(turn.length).toBeGreaterThan(0);
          expect(turn.length).toBeLessThanOrEqual(allowed);
        }
        expect(new Set(turns.flat())).toEqual(new Set(asking));
      }),
    );
  });

  it('says why a probe does not ask', () => {
    const held = heldByBudget(manyServers, new Map([[bucket, 10]]), 10, 0);
    expect([...held.values()][0]?.because).toContain(
      'at most 10 % of the 10 requests a minute of /oauth2/{id}/v1/token',
    );
  });

  it('is that of the domain that named it, also where the same org has another domain now', () => {
    const restraints = openRestraints();
    const time = { startedAt: noon, minute: noon, due: { at: noon, latenessSeconds: 0 } };
    const org = { ...fullOrg, servers };
    const url = 'https://acme.okta.com/oauth2/one/v1/token';
    const outcomes = [{ exchanges: [{ url, rateLimit: { limit: 1, remaining: 1, secondsToReset: 30 } }] }] as never;
    restraints.after({ org, outcomes });
    const heldAt = (domain: string) => restraints.before({ ...org, domain }, flows, time, undefined).held.size;
    expect(heldAt(org.domain)).toBeGreaterThan(0);
    expect(heldAt('login.acme.com')).toBe(0);
  });
});
