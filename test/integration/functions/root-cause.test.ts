import { describe, expect, it } from 'vitest';
import { finding } from '../../../functions/findings/finding.ts';
import { supportBlock } from '../../../functions/findings/support-block.ts';
import { withWarnings } from '../../../functions/findings/warnings.ts';
import type { Exchange } from '../../../functions/model/exchange.ts';
import { findingsOf, type Outcome } from '../../../functions/model/outcome.ts';
import { flows } from '../../../functions/probes/index.ts';
import { enabledProbes } from '../../../functions/probes/plan.ts';
import { openCredentials } from '../../../functions/run/credentials.ts';
import { deadlineIn } from '../../../functions/run/deadline.ts';
import { openHttp } from '../../../functions/run/http.ts';
import { run } from '../../../functions/run/run.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import { fullOrg } from '../../support/full-org.ts';
import { memorySecrets, outcomeLines } from '../../support/run-probes.ts';

const token: Exchange = {
  method: 'POST',
  url: 'https://acme.okta.com/oauth2/v1/token',
  at: '2026-11-21T12:00:00.000Z',
  status: 500,
  requestId: 'ZyX123',
  phases: { dnsMs: 1, tcpMs: 2, tlsMs: 3, firstByteMs: 120 },
  error: { shape: 'envelope', errorCode: 'E0000009', errorId: 'oaeABC' },
  rateLimit: { limit: 2000, remaining: 1999, secondsToReset: 42 },
};

describe('a run at an org that cannot be reached', () => {
  it('reports one finding and skips all other probes', async () => {
    // DNS labels have at most 63 characters, so this fails at once on every network, without a query.
    const org = { ...fullOrg, domain: `${'a'.repeat(64)}.invalid` };
    const deadline = deadlineIn(20_000);
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: 10_000 });
    const key = JSON.stringify({ clientSecret: 'unused' });
    const servers = org.servers.map((server) => ({
      ...server,
      ...(server.service && { service: { ...server.service, authentication: 'client_secret_post' as const } }),
    }));
    const credentials = openCredentials(memorySecrets(new Map([['acme/key', key]])), Date.now);
    const report = await run({ ...org, servers }, flows, {
      http,
      credentials: credentials({ ...org, servers }),
      now: Date.now,
      canonicalName: async () => undefined,
      memory: openMemory(undefined, Date.now)('acme'),
      deadline,
    });
    await http.close();
    expect(outcomeLines(report).filter((line) => !line.endsWith(': skipped'))).toEqual([
      'organization: dns-not-resolved',
    ]);
    expect(report.outcomes).toHaveLength(enabledProbes(report.plan).length);
  });
});

describe('warnings about correct responses', () => {
  const passed = (exchanges: readonly Exchange[], retriedAfter?: string): Outcome => ({
    ...{ org: 'acme', probe: 'token', status: 'passed', readings: {}, notes: [], warnings: [], exchanges },
    ...(retriedAfter && { retriedAfter }),
  });
  const warnings = (...outcomes: readonly Outcome[]) =>
    withWarnings(outcomes, { domain: new URL(token.url).host, slowAfterMs: 3_000 })
      .flatMap(findingsOf)
      .map(({ code, domain }) => `${code} (${domain})`);
  const ok = { ...token, status: 200 };
  const warningsFor = (change: Partial<Exchange>) => warnings(passed([{ ...ok, ...change }]));

  it('does not warn about a fast response with enough headroom', () => {
    expect(warningsFor({})).toEqual([]);
  });

  it('warns about a slow response', () => {
    expect(warningsFor({ phases: { firstByteMs: 3_001 } })).toEqual(['slow-answer (okta)']);
  });

  it('warns about low headroom, and by a page when it is critical', () => {
    expect(warningsFor({ rateLimit: { limit: 2000, remaining: 399, secondsToReset: 1 } })).toEqual([
      'headroom-low (quota)',
    ]);
    expect(warningsFor({ rateLimit: { limit: 2000, remaining: 199, secondsToReset: 1 } })).toEqual([
      'headroom-critical (quota)',
    ]);
    expect(warningsFor({ rateLimit: { limit: 2000, remaining: 400, secondsToReset: 1 } })).toEqual([]);
  });

  it('does not warn about remaining=0 on a bucket that allows bursts, or about a concurrency limit', () => {
    expect(warningsFor({ rateLimit: { limit: 2000, remaining: 0, secondsToReset: 1 } })).toEqual([]);
    expect(warningsFor({ rateLimit: { limit: 0, remaining: 0, secondsToReset: 1 } })).toEqual([]);
  });

  it('does not warn about a limit that rejected another probe of the run, because it has its own finding', () => {
    const nearlyExhausted = { ...ok, rateLimit: { limit: 2000, remaining: 1, secondsToReset: 1 } };
    const refused: Outcome = {
      ...{ org: 'acme', server: 'default', probe: 'token', exchanges: [{ ...token, status: 429 }] },
      ...{ status: 'failed', readings: {}, finding: finding('rate-limit-exhausted') },
    };
    expect(warnings(passed([nearlyExhausted]), refused)).toEqual(['rate-limit-exhausted (quota)']);
    const elsewhere = { ...nearlyExhausted, url: 'https://acme.okta.com/oauth2/v1/authorize' };
    expect(warnings(passed([elsewhere]), refused)).toEqual([
      'headroom-critical (quota)',
      'rate-limit-exhausted (quota)',
    ]);
  });

  it('ignores the first attempt when it warns about a probe that passed its retry', () => {
    const slow = { phases: { firstByteMs: 9_000 }, failure: { code: 'UND_ERR_BODY_TIMEOUT', message: '' } };
    expect(warnings(passed([{ ...ok, ...slow }, ok], 'UND_ERR_BODY_TIMEOUT'))).toEqual([]);
  });
});

describe('the support block', () => {
  it('contains everything that Okta Support asks for', () => {
    const block = supportBlock(
      { server: 'org', probe: 'token', exchanges: [token] },
      finding('internal-error', { detail: '500 at https://acme.okta.com/oauth2/v1/token' }),
      { domain: 'acme.okta.com', frequency: '3 of the last 5 runs' },
    );
    for (const fact of [
      'acme.okta.com',
      'Org Authorization Server',
      '2026-11-21T12:00:00.000Z',
      'ZyX123',
      'E0000009',
      'oaeABC',
      '3 of the last 5 runs',
      'first byte 120 ms',
      '1999/2000',
    ]) {
      expect(block).toContain(fact);
    }
  });
});
