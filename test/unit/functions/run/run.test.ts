import { describe, expect, it } from 'vitest';
import { ProbeFailure } from '../../../../functions/findings/probe-failure.ts';
import { TransportError } from '../../../../functions/model/errors.ts';
import { defineProbe, type Probe } from '../../../../functions/model/probe.ts';
import type { Http } from '../../../../functions/run/http.ts';
import { noCredentials } from '../../../../functions/run/no-credentials.ts';
import { run } from '../../../../functions/run/run.ts';
import { openMemory } from '../../../../functions/state/memory.ts';
import { fullOrg } from '../../../support/full-org.ts';
import { outcomeLines } from '../../../support/run-probes.ts';

const url = `https://${fullOrg.domain}/.well-known/okta-organization`;

/** Runs one probe over these connections, until the time is up. */
async function runProbe(probe: Partial<Probe>, send: Http['send'], timeUp = new AbortController()) {
  const own = { id: 'mine', question: 'Is it?', group: 'flows', scope: 'org', requests: [], timed: false, metrics: {} };
  const http = { send, prepare: async () => {}, fresh: () => ({ send }) };
  const report = await run(fullOrg, [defineProbe({ ...own, ...probe } as never)], {
    ...{ http, credentials: noCredentials(), now: () => 0, canonicalName: async () => undefined },
    ...{ memory: openMemory(undefined, () => 0)(fullOrg.name) },
    deadline: { signal: timeUp.signal, remainingMs: () => 60_000 },
  });
  return outcomeLines(report);
}

describe('a request over a connection that the server has closed', () => {
  /** How many requests a probe sends if each ends like this. */
  async function requestsOf(probe: Partial<Probe>) {
    let sent = 0;
    const send: Http['send'] = async () => {
      sent += 1;
      throw TransportError.from(Object.assign(new Error(), { code: 'ECONNRESET' }), 'POST /token', true);
    };
    await runProbe({ ...probe, run: async ({ fetch }) => fetch(url) as never }, send);
    return sent;
  }

  it('is not sent again by a probe that may try once only: it may have arrived, and a second password counts', async () => {
    expect(await requestsOf({ once: true })).toBe(1);
    expect(await requestsOf({})).toBeGreaterThan(1);
  });
});

describe('the deadline of a run', () => {
  it('ends a probe that waits for something else than an answer', async () => {
    const timeUp = new AbortController();
    const never: Probe['run'] = () => {
      queueMicrotask(() => timeUp.abort(new DOMException('the time is up', 'TimeoutError')));
      return new Promise(() => {});
    };
    const ended = runProbe({ run: never }, () => Promise.reject(new ProbeFailure('no-answer', '')), timeUp);
    expect(await ended).toEqual(['mine: out-of-time']);
  }, 10_000);
});
