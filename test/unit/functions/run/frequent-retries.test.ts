import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import { findingsOf, type Outcome } from '../../../../functions/model/outcome.ts';
import { frequentRetries, withFrequentRetries } from '../../../../functions/run/frequent-retries.ts';
import { openMemory } from '../../../../functions/state/memory.ts';

const minuteMs = 60_000;
const url = 'https://acme.okta.com/.well-known/okta-organization';
const exchange: Exchange = { method: 'GET', url, at: '', status: 200, phases: {} };
const fromOkta = { requestId: 'request-1', sender: { marks: ['X-Okta-Request-Id'] } } as unknown as Partial<Exchange>;

/** A probe that passed, on its second try if the first one ended like this. */
function passed(first?: Partial<Exchange>): Outcome {
  const exchanges = [...(first ? [{ ...exchange, ...first }] : []), exchange];
  const retried = first && { retriedAfter: first.failure?.code ?? `HTTP ${first.status}` };
  const base = { org: 'acme', domain: 'acme.okta.com', probe: 'organization', exchanges, ...retried };
  return { ...base, status: 'passed', readings: {}, notes: [], warnings: [] };
}

/** The findings of the last of these runs, which are so many minutes apart. */
async function lastOf(outcomes: readonly Outcome[], minutesApart = 1) {
  const memory = openMemory(undefined, () => 0)('acme');
  let last: readonly Outcome[] = [];
  for (const [index, outcome] of outcomes.entries())
    last = await withFrequentRetries([outcome], memory, (index + 1) * minutesApart * minuteMs);
  return last.flatMap(findingsOf).map(({ code, domain, severity }) => [code, domain, severity]);
}

const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcome);

describe('runs that pass only because they try again', () => {
  const bad = passed({ status: 502 });

  it('are a ticket if there are too many of them in an hour, and not before', async () => {
    expect(await lastOf(times(frequentRetries - 1, bad))).toEqual([]);
    expect(await lastOf(times(frequentRetries, bad))).toEqual([['intermittent-failures', 'network', 'ticket']]);
  });

  it('do not count for longer than an hour', async () => {
    expect(await lastOf(times(frequentRetries, bad), 60 / (frequentRetries - 1) + 0.1)).toEqual([]);
  });

  it('are told in no run that needed no second try', async () => {
    expect(await lastOf([...times(frequentRetries, bad), passed()])).toEqual([]);
  });

  it('are those of Okta only where it is Okta that answered', async () => {
    expect(await lastOf(times(frequentRetries, passed({ status: 502, ...fromOkta })))).toEqual([
      ['intermittent-errors', 'okta', 'ticket'],
    ]);
    const lost = passed({ failure: { code: 'ECONNRESET', message: 'reset' } } as Partial<Exchange>);
    expect(await lastOf(times(frequentRetries, lost))).toEqual([['intermittent-failures', 'network', 'ticket']]);
  });
});
