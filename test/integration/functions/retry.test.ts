import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Org } from '../../../functions/model/org.ts';
import type { Outcome } from '../../../functions/model/outcome.ts';
import { flows, limits, status } from '../../../functions/probes/index.ts';
import { organization } from '../../../functions/probes/organization.ts';
import { enabledProbes } from '../../../functions/probes/plan.ts';
import { pointsOf } from '../../../functions/run/publish.ts';
import type { RunReport } from '../../../functions/run/run.ts';
import { type OktaEmulator, type OktaResponse, startOktaEmulator } from '../../../packages/okta-emulator/src/index.ts';
import { fullOrg } from '../../support/full-org.ts';
import { startHostileOrg } from '../../support/hostile-org.ts';
import { answerBytes, type RawReply, silence } from '../../support/raw-server.ts';
import { outcomeLines, outcomeOf, runProbes } from '../../support/run-probes.ts';

const reset: RawReply = (socket) => socket.destroy();
const stall: RawReply = (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx');
const answer =
  (code: number): RawReply =>
  (socket) =>
    void socket.end(
      answerBytes(
        code,
        [
          ['content-type', 'application/json'],
          ['x-okta-request-id', 'X0f36XVUkCaUNcCqV'],
        ],
        '{}',
      ),
    );

interface RunOptions {
  /** What requests after the first one meet, unless they meet the same. */
  readonly next?: RawReply | 'healthy';
  readonly deadlineMs?: number;
}

/** The outcome of the organization probe alone, at an org whose first answer is this one. */
async function runWith(
  first: RawReply,
  { next = first, deadlineMs = 10_000 }: RunOptions = {},
): Promise<Outcome & { readonly report: RunReport }> {
  await using org = await startHostileOrg();
  const later: RawReply = next === 'healthy' ? (socket, request) => void socket.end(org.healthy(request)) : next;
  let isFirst = true;
  const reply: RawReply = (socket, request) => {
    (isFirst ? first : later)(socket, request);
    isFirst = false;
  };
  const replies = { '/.well-known/okta-organization': reply };
  const report = await org.runProbes(replies, { deadlineMs, probes: [organization] });
  return { ...outcomeOf(report, 'organization'), report };
}

const retriesIn = (report: RunReport) => pointsOf(report).find(({ identity }) => identity.name === 'Retries')?.value;
const codeOf = (outcome: Outcome) => (outcome.status === 'failed' ? outcome.finding.code : outcome.status);

// These wait more than they work, so they run at the same time, each at an org of its own.
describe.concurrent('a probe that ends in a transport error', () => {
  it('a second try that the deadline cuts off leaves the failure of the first try', async () => {
    const drip: RawReply = (socket) => {
      // Just in time for the headers and for the body, but too late for the run.
      const timers = [setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n'), 1_700)];
      socket.on('close', () => timers.forEach(clearTimeout));
    };
    const outcome = await runWith(reset, { next: drip, deadlineMs: 2_400 });
    expect([codeOf(outcome), outcome.retriedAfter]).toEqual(['connection-reset', 'ECONNRESET']);
    expect(outcome.exchanges).toMatchObject([{ failure: { code: 'ECONNRESET' } }, { failure: { code: 'DEADLINE' } }]);
  });

  it.each<[string, RawReply, string]>([
    ['its connection is cut', reset, 'ECONNRESET'],
    ['it gets no headers', silence, 'ERR_HEADERS_TIMEOUT'],
    ['a body stalls', stall, 'ERR_BODY_TIMEOUT'],
    ['the answer is not HTTP', (socket) => void socket.end('220 smtp ready\r\n'), 'HPE_INVALID_CONSTANT'],
  ])('a probe is tried once more when %s, and passes without a warning', async (_, first, code) => {
    const { report, ...outcome } = await runWith(first, { next: 'healthy' });
    expect(outcome).toMatchObject({ status: 'passed', warnings: [], retriedAfter: code });
    expect(outcome.exchanges).toMatchObject([{ failure: { code } }, { status: 200 }]);
    expect(retriesIn(report)).toBe(1);
  });

  it('a probe whose second try fails too reports the finding of the second try', async () => {
    const { report, ...outcome } = await runWith(reset, { next: silence });
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'no-answer' }, retriedAfter: 'ECONNRESET' });
    expect(outcome.exchanges).toHaveLength(2);
    expect(retriesIn(report)).toBe(1);
    const refused = await runWith(reset, { next: answer(503) });
    expect([codeOf(refused), refused.retriedAfter]).toEqual(['gateway-error', 'ECONNRESET']);
  });

  it('a second try opens a new connection', async () => {
    const { exchanges } = await runWith(reset, { next: 'healthy' });
    expect(exchanges.map(({ phases }) => phases.tlsMs !== undefined)).toEqual([true, true]);
  });

  it('a probe is not tried a third time', async () => {
    const outcome = await runWith(reset);
    expect(codeOf(outcome)).toBe('connection-reset');
    expect(outcome.exchanges).toHaveLength(2);
  });

  it('a probe is not tried again when the run would end before the second try', async () => {
    const { report, ...outcome } = await runWith(reset, { deadlineMs: 1_500 });
    expect(codeOf(outcome)).toBe('connection-reset');
    expect(outcome.exchanges).toHaveLength(1);
    expect(outcome).not.toHaveProperty('retriedAfter');
    expect(retriesIn(report)).toBe(0);
  });

  it('the retries of probes that are skipped because the org is unreachable are counted', async () => {
    await using org = await startHostileOrg();
    const everywhere = new Proxy({}, { get: () => reset });
    const report = await org.runProbes(everywhere, { deadlineMs: 10_000, probes: flows });
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': skipped'))).toEqual([
      'organization: connection-reset',
    ]);
    expect(outcomeOf(report, 'keys', 'org')).toMatchObject({ status: 'skipped', retriedAfter: 'ECONNRESET' });
    // Probes that need the result of another probe never ran.
    const tried = enabledProbes(report.plan).filter(({ probe }) => probe.inputs === undefined);
    expect(retriesIn(report)).toBe(tried.length);
  });
});

describe.concurrent('a probe that gets an answer', () => {
  it.each([500, 502, 503, 504])('a probe that gets a %s is tried once more, and passes if that works', async (code) => {
    const { report, ...outcome } = await runWith(answer(code), { next: 'healthy' });
    expect(outcome).toMatchObject({ status: 'passed', warnings: [], retriedAfter: `HTTP ${code}` });
    expect(retriesIn(report)).toBe(1);
    const again = await runWith(answer(code));
    expect([again.status, again.exchanges.length, again.retriedAfter]).toEqual(['failed', 2, `HTTP ${code}`]);
  });

  it.each([400, 401, 403, 404, 429])('a probe that gets a %s is not tried again', async (code) => {
    const { report, ...outcome } = await runWith(answer(code));
    expect(outcome.status).toBe('failed');
    expect(outcome.exchanges).toHaveLength(1);
    expect(retriesIn(report)).toBe(0);
  });

  it.each([400, 429])('a probe is not tried again when the connection breaks within a %s', async (code) => {
    const { exchanges } = await runWith((socket) => {
      socket.end(`HTTP/1.1 ${code} No\r\ncontent-length: 99\r\n\r\n{`);
    });
    expect(exchanges).toMatchObject([{ status: code, failure: { code: 'ECONNRESET' } }]);
  });

  it('a probe is not tried again when the answer is too large', async () => {
    const { exchanges } = await runWith(
      (socket) => void socket.end(answerBytes(200, [], Buffer.alloc(3 * 1024 * 1024))),
    );
    expect(exchanges).toMatchObject([{ failure: { code: 'ERR_BODY_TOO_LARGE' } }]);
  });

  it('a probe is not tried again when the run’s time is up', async () => {
    const { exchanges } = await runWith(silence, { deadlineMs: 500 });
    expect(exchanges).toMatchObject([{ failure: { code: 'DEADLINE' } }]);
  });

  it('the status page probe is not tried again, because it diagnoses a broken answer itself', async () => {
    await using org = await startHostileOrg();
    const replies = { '/status': reset, '/status/feed': reset };
    const report = await org.runProbes(replies, { deadlineMs: 10_000, probes: status });
    expect(outcomeLines(report)).toEqual(['status-page: status-unknown']);
    expect(retriesIn(report)).toBeUndefined();
  });
});

describe('credentials of a second try', () => {
  let okta: OktaEmulator;
  beforeAll(async () => {
    okta = await startOktaEmulator();
  });
  afterAll(() => okta.close());

  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const restore of undo.splice(0)) restore();
    okta.resetRateLimits();
  });

  /** Breaks off the first answer, after Okta has accepted the request and its credentials. */
  function breakFirst(path: string, alter = (answer: OktaResponse) => answer): void {
    const restore = okta.intercept(
      { path },
      {
        truncate: 'close',
        transform(answer) {
          restore();
          return alter(answer);
        },
      },
    );
    undo.push(restore);
  }

  it('a second try sends a new client assertion, because Okta accepts each only once', async () => {
    const assertions: (string | null)[] = [];
    undo.push(
      okta.intercept(
        { path: '/oauth2/v1/token' },
        {
          transform(answer, { body }) {
            assertions.push(new URLSearchParams(body).get('client_assertion'));
            return answer;
          },
        },
      ),
    );
    breakFirst('/oauth2/v1/token');
    const report = await runProbes(okta, flows);
    expect(outcomeOf(report, 'token', 'org')).toMatchObject({ status: 'passed', retriedAfter: 'ECONNRESET' });
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': passed'))).toEqual([]);
    expect(retriesIn(report)).toBe(1);
    const ids = assertions.map(
      (each) => JSON.parse(Buffer.from(each?.split('.')[1] ?? '', 'base64url').toString()).jti,
    );
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it('a second try sends its credentials over new connections only', async () => {
    const org: Org = {
      ...fullOrg,
      api: { kind: 'client', clientId: '', secret: 'acme/key', scopes: ['okta.users.read'] },
    };
    const ports: (number | undefined)[] = [];
    undo.push(
      okta.intercept(
        { path: /token$|users$/ },
        {
          transform(answer, { raw }) {
            ports.push(raw.socket.remotePort);
            return answer;
          },
        },
      ),
    );
    breakFirst('/oauth2/v1/token');
    const report = await runProbes(okta, limits, { org });
    expect(outcomeLines(report)).toEqual(['rate-limits: passed']);
    const [first, ...second] = ports;
    expect(second).toHaveLength(2);
    expect(second).not.toContain(first);
  });
});
