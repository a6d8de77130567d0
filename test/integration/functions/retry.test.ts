import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Org } from '../../../functions/model/org.ts';
import type { Outcome } from '../../../functions/model/outcome.ts';
import { flows, limits, status } from '../../../functions/probes/index.ts';
import { organization } from '../../../functions/probes/organization.ts';
import { enabledProbes } from '../../../functions/probes/plan.ts';
import { pointsOf } from '../../../functions/runtime/publish.ts';
import type { RunReport } from '../../../functions/runtime/run.ts';
import type { OktaResponse } from '../../../local/emulators/okta/http-message.ts';
import { type OktaEmulator, startOktaEmulator } from '../../../local/emulators/okta/okta-emulator.ts';
import { fullOrg } from '../../support/full-org.ts';
import { silence } from '../../support/hostile-answers.ts';
import { type HostileOrg, startHostileOrg } from '../../support/hostile-org.ts';
import { answerBytes, type RawReply } from '../../support/raw-server.ts';
import { outcomeLines, outcomeOf, runProbes } from '../../support/run-probes.ts';

let okta: OktaEmulator;
/** Gives up after two seconds. */
let hostile: HostileOrg;
beforeAll(async () => {
  [okta, hostile] = await Promise.all([startOktaEmulator(), startHostileOrg()]);
});
afterAll(() => Promise.all([okta.close(), hostile[Symbol.asyncDispose]()]));

const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
  okta.clearRequests();
  okta.resetRateLimits();
});

const path = '/.well-known/okta-organization';

/** The first request meets this; all others are answered well. */
function atFirst(first: RawReply): RawReply {
  let isFirst = true;
  return (socket, request) => {
    if (isFirst) first(socket, request);
    else socket.end(hostile.healthy(request));
    isFirst = false;
  };
}

const reset: RawReply = (socket) => socket.destroy();
const stall: RawReply = (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx');
const answer =
  (code: number): RawReply =>
  (socket) =>
    void socket.end(answerBytes(code, [['content-type', 'application/json']], '{}'));

/** Asks the org alone. */
async function ask(reply: RawReply, deadlineMs = 10_000): Promise<Outcome & { readonly report: RunReport }> {
  const report = await hostile.watch({ [path]: reply }, deadlineMs, [organization]);
  return { ...outcomeOf(report, 'organization'), report };
}

const retriesIn = (report: RunReport) => pointsOf(report).find(({ identity }) => identity.name === 'Retries')?.value;
const codeOf = (outcome: Outcome) => (outcome.status === 'failed' ? outcome.finding.code : outcome.status);

describe('a probe that a transport error ended', () => {
  it.each<[string, RawReply, string]>([
    ['a connection that is cut', reset, 'UND_ERR_SOCKET'],
    ['no headers', silence, 'UND_ERR_HEADERS_TIMEOUT'],
    ['a body that stalls', stall, 'UND_ERR_BODY_TIMEOUT'],
    ['what is no HTTP', (socket) => void socket.end('220 smtp ready\r\n'), 'HPE_INVALID'],
  ])('is tried once more after %s, and passes without a warning', async (_, first, code) => {
    const { report, ...outcome } = await ask(atFirst(first));
    expect(outcome).toMatchObject({ status: 'passed', warnings: [], retriedAfter: code });
    expect(outcome.exchanges).toMatchObject([{ failure: { code } }, { status: 200 }]);
    expect(retriesIn(report)).toBe(1);
  });

  it('is tried on a fresh connection', async () => {
    const { exchanges } = await ask(atFirst(reset));
    expect(exchanges.map(({ phases }) => phases.tlsMs !== undefined)).toEqual([true, true]);
  });

  it('fails when the second try fails too, with the finding of the second', async () => {
    const { report, ...outcome } = await ask(atFirstThen(reset, silence));
    expect(outcome).toMatchObject({ status: 'failed', finding: { code: 'no-answer' }, retriedAfter: 'UND_ERR_SOCKET' });
    expect(outcome.exchanges).toHaveLength(2);
    expect(retriesIn(report)).toBe(1);
    const refused = await ask(atFirstThen(reset, answer(503)));
    expect([codeOf(refused), refused.retriedAfter]).toEqual(['gateway-error', 'UND_ERR_SOCKET']);
  });

  it('is tried no third time', async () => {
    const outcome = await ask(reset);
    expect(codeOf(outcome)).toBe('connection-reset');
    expect(outcome.exchanges).toHaveLength(2);
  });

  it('is not tried again when the run would end before the second try', async () => {
    const { report, ...outcome } = await ask(reset, 1_500);
    expect(codeOf(outcome)).toBe('connection-reset');
    expect(outcome.exchanges).toHaveLength(1);
    expect(outcome).not.toHaveProperty('retriedAfter');
    expect(retriesIn(report)).toBe(0);
  });

  it('keeps its first failure when the run’s end cuts off the second try, which then says nothing', async () => {
    const drip: RawReply = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
      const timer = setInterval(() => socket.write(' '), 50);
      socket.on('close', () => clearInterval(timer));
    };
    const outcome = await ask(atFirstThen(reset, drip), 4_000);
    expect([codeOf(outcome), outcome.retriedAfter]).toEqual(['connection-reset', 'UND_ERR_SOCKET']);
    expect(outcome.exchanges).toMatchObject([
      { failure: { code: 'UND_ERR_SOCKET' } },
      { failure: { code: 'DEADLINE' } },
    ]);
  });

  it('counts even where another probe speaks for it, because the org cannot be reached', async () => {
    const everywhere = new Proxy({}, { get: () => reset });
    const report = await hostile.watch(everywhere, 10_000, flows);
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': skipped'))).toEqual([
      'organization: connection-reset',
    ]);
    expect(outcomeOf(report, 'keys', 'org')).toMatchObject({ status: 'skipped', retriedAfter: 'UND_ERR_SOCKET' });
    // Probes that need the result of another probe were never tried.
    const tried = enabledProbes(report.plan).filter(({ probe }) => probe.inputs === undefined);
    expect(retriesIn(report)).toBe(tried.length);
  });
});

/** The first request meets one, all others the other. */
function atFirstThen(first: RawReply, then: RawReply): RawReply {
  let isFirst = true;
  return (socket, request) => {
    (isFirst ? first : then)(socket, request);
    isFirst = false;
  };
}

describe('a probe that was answered', () => {
  it.each([400, 401, 403, 404, 429, 500, 503])('is never asked again: %s', async (code) => {
    const { report, ...outcome } = await ask(answer(code));
    expect(outcome.status).toBe('failed');
    expect(outcome.exchanges).toHaveLength(1);
    expect(retriesIn(report)).toBe(0);
  });

  it.each([400, 429])('is not asked again when the connection breaks within a refusal: %s', async (code) => {
    const { exchanges } = await ask((socket) => void socket.end(`HTTP/1.1 ${code} No\r\ncontent-length: 99\r\n\r\n{`));
    expect(exchanges).toMatchObject([{ status: code, failure: { code: 'UND_ERR_SOCKET' } }]);
  });

  it('is not asked again for an answer that is too large', async () => {
    const { exchanges } = await ask((socket) => void socket.end(answerBytes(200, [], Buffer.alloc(3 * 1024 * 1024))));
    expect(exchanges).toMatchObject([{ failure: { code: 'ERR_BODY_TOO_LARGE' } }]);
  });

  it('is not asked again when the time is up', async () => {
    const { exchanges } = await ask(silence, 500);
    expect(exchanges).toMatchObject([{ failure: { code: 'DEADLINE' } }]);
  });

  it('knows by itself what a broken answer means, as the status page does', async () => {
    const report = await hostile.watch({ '/status': reset, '/status/feed': reset }, 10_000, status);
    expect(outcomeLines(report)).toEqual(['status-page: status-unknown']);
    expect(retriesIn(report)).toBeUndefined();
  });
});

describe('credentials of a second try', () => {
  /** Breaks off the first answer, after Okta has taken the request and what proved who sent it. */
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

  it('are a client assertion of its own: Okta takes each but once', async () => {
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
    expect(outcomeOf(report, 'token', 'org')).toMatchObject({ status: 'passed', retriedAfter: 'UND_ERR_SOCKET' });
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': passed'))).toEqual([]);
    expect(retriesIn(report)).toBe(1);
    const ids = assertions.map(
      (each) => JSON.parse(Buffer.from(each?.split('.')[1] ?? '', 'base64url').toString()).jti,
    );
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it('travel over the fresh connections alone', async () => {
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
