import { describe, expect, it } from 'vitest';
import { finding } from '../../../functions/diagnosis/finding.ts';
import { supportBlock } from '../../../functions/diagnosis/support-block.ts';
import { withWarnings } from '../../../functions/diagnosis/warnings.ts';
import type { Exchange } from '../../../functions/model/exchange.ts';
import { findingsOf, type Outcome } from '../../../functions/model/outcome.ts';
import { flows } from '../../../functions/probes/index.ts';
import { openCredentials } from '../../../functions/runtime/credentials.ts';
import { deadlineIn } from '../../../functions/runtime/deadline.ts';
import { openHttp } from '../../../functions/runtime/http.ts';
import { run } from '../../../functions/runtime/run.ts';
import { fullOrg } from '../../support/full-org.ts';
import { memorySecrets, verdicts } from '../../support/run-probes.ts';

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

describe('an org that cannot be reached', () => {
  it('is one finding, not eleven', async () => {
    // No resolver is asked for such a label: what it takes, and how it fails, is the same on every network.
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
      deadline,
    });
    await http.close();
    expect(verdicts(report).filter((verdict) => !verdict.endsWith(': skipped'))).toEqual([
      'organization@org-wide: dns-not-resolved',
    ]);
    expect(report.outcomes).toHaveLength(12);
  });
});

describe('an answer that is right', () => {
  const passed = (exchanges: readonly Exchange[], retriedAfter?: string): Outcome => ({
    ...{ org: 'acme', probe: 'token', status: 'passed', readings: {}, notes: [], warnings: [], exchanges },
    ...(retriedAfter && { retriedAfter }),
  });
  const warnings = (...outcomes: readonly Outcome[]) =>
    withWarnings(outcomes, { slowAfterMs: 3_000 })
      .flatMap(findingsOf)
      .map(({ code, domain }) => `${code} (${domain})`);
  const ok = { ...token, status: 200 };
  const answered = (change: Partial<Exchange>) => warnings(passed([{ ...ok, ...change }]));

  it('warns of nothing when it was quick and much is left', () => {
    expect(answered({})).toEqual([]);
  });

  it('warns when it was slow', () => {
    expect(answered({ phases: { firstByteMs: 3_001 } })).toEqual(['slow-answer (okta)']);
  });

  it('warns of a rate limit that runs out, by how little is left', () => {
    expect(answered({ rateLimit: { limit: 2000, remaining: 399, secondsToReset: 1 } })).toEqual([
      'headroom-low (quota)',
    ]);
    expect(answered({ rateLimit: { limit: 2000, remaining: 199, secondsToReset: 1 } })).toEqual([
      'headroom-critical (quota)',
    ]);
    expect(answered({ rateLimit: { limit: 2000, remaining: 400, secondsToReset: 1 } })).toEqual([]);
  });

  it('does not warn of nothing left where the bucket may burst, nor of a concurrency limit', () => {
    expect(answered({ rateLimit: { limit: 2000, remaining: 0, secondsToReset: 1 } })).toEqual([]);
    expect(answered({ rateLimit: { limit: 0, remaining: 0, secondsToReset: 1 } })).toEqual([]);
  });

  it('does not warn of a limit that refused another probe of the run: then it is used up', () => {
    const almostNone = { ...ok, rateLimit: { limit: 2000, remaining: 1, secondsToReset: 1 } };
    const refused: Outcome = {
      ...{ org: 'acme', server: 'default', probe: 'token', exchanges: [{ ...token, status: 429 }] },
      ...{ status: 'failed', readings: {}, finding: finding('rate-limit-exhausted') },
    };
    expect(warnings(passed([almostNone]), refused)).toEqual(['rate-limit-exhausted (quota)']);
    const elsewhere = { ...almostNone, url: 'https://acme.okta.com/oauth2/v1/authorize' };
    expect(warnings(passed([elsewhere]), refused)).toEqual([
      'headroom-critical (quota)',
      'rate-limit-exhausted (quota)',
    ]);
  });

  it('is judged by the try that counts', () => {
    const slow = { phases: { firstByteMs: 9_000 }, failure: { code: 'UND_ERR_BODY_TIMEOUT', message: '' } };
    expect(warnings(passed([{ ...ok, ...slow }, ok], 'UND_ERR_BODY_TIMEOUT'))).toEqual([]);
  });
});

describe('the support block', () => {
  it('holds what Okta’s support asks for', () => {
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
