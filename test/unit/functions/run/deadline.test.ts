import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groups } from '../../../../functions/model/probe.ts';
import { untilDeadline } from '../../../../functions/model/time-limit.ts';
import {
  earlier,
  functionTimeoutMs,
  publishReserveMs,
  runTimeoutMs,
  waitMsOf,
} from '../../../../functions/run/deadline.ts';
import { publishTimeoutMs } from '../../../../functions/run/publish.ts';
import { jsonSchema } from '../../../../lib/config/schema.ts';
import { problemsOfOrg } from '../../../support/problems-of.ts';

const { minimum, maximum } = JSON.parse(jsonSchema()).properties.orgs.items.properties.timeoutMs;
const anyTimeoutMs = fc.integer({ min: minimum, max: maximum });

it('a response may be waited for up to 20 seconds', () => {
  expect(problemsOfOrg({ timeoutMs: 20_000 })).toEqual([]);
  expect(problemsOfOrg({ timeoutMs: 20_001 })).toEqual([
    'orgs[0].timeoutMs must be at most 20000: how long to wait for a response, in milliseconds; 1000 to 20000.',
  ]);
});

it('a run has time for a request that times out and for its retry, whatever the timeout', () => {
  fc.assert(fc.property(anyTimeoutMs, (timeoutMs) => runTimeoutMs(timeoutMs) > 2 * timeoutMs));
});

it('a function has time to publish after its run, even if CloudWatch does not answer, whatever the timeout', () => {
  fc.assert(
    fc.property(anyTimeoutMs, (timeoutMs) => functionTimeoutMs(timeoutMs) - runTimeoutMs(timeoutMs) > publishTimeoutMs),
  );
  expect(publishReserveMs).toBeGreaterThan(publishTimeoutMs);
});

it('a run ends before the next one begins, whatever the timeout', () => {
  fc.assert(fc.property(anyTimeoutMs, (timeoutMs) => functionTimeoutMs(timeoutMs) < 60_000));
});

it('a journey has the time to wait for the end of a grace period, and no other group has', () => {
  const servers = [30, undefined, 60].map((refreshTokenLeewaySeconds) => ({
    ...{ id: 'default', issuer: 'https://acme.okta.com/oauth2/default' },
    expects: { ...(refreshTokenLeewaySeconds && { refreshTokenLeewaySeconds }) },
  }));
  for (const group of groups) {
    expect(waitMsOf({ servers }, group)).toBe(group === 'journey' ? 60_000 : 0);
  }
  expect(functionTimeoutMs(10_000, 60_000) - functionTimeoutMs(10_000)).toBe(60_000);
});

it('a deadline that is earlier passes first, and with the other one at the latest', () => {
  const all = new AbortController();
  const sooner = earlier({ signal: all.signal, remainingMs: () => 60_000 }, 20_000);
  expect(sooner.remainingMs()).toBeLessThanOrEqual(40_000);
  expect(sooner.signal.aborted).toBe(false);
  all.abort();
  expect(sooner.signal.aborted).toBe(true);
});

it('work that fails after the deadline ends no process', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const late = Promise.withResolvers<never>();
  await expect(untilDeadline(late.promise, AbortSignal.abort('the time is up'))).rejects.toBe('the time is up');
  late.reject(new Error('too late'));
  // Node tells of it once all that is pending has run.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
