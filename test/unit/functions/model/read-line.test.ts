import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import { finding, findings } from '../../../../functions/findings/finding.ts';
import { readLine } from '../../../../functions/model/read-line.ts';
import { at, exchange, outcome } from '../../../support/log-of.ts';

const time = at('12:00');
const again = (line: object) => readLine(JSON.stringify(line));

describe('readLine', () => {
  it.each(Object.keys(findings))('reads the whole finding %s', (code) => {
    const logged = finding(code as FindingCode, { detail: 'what was seen' });
    const { line } = outcome(time, 'token@default', 'passed', { warnings: [logged] });
    expect(again(line)).toEqual(line);
    expect(again({ type: 'finding', at: line.at, org: 'acme', finding: logged })).toMatchObject({ finding: logged });
  });

  it('reads whole exchanges and the facts of a token', () => {
    const whole = exchange(time, '/oauth2/default/v1/token', {
      status: 401,
      authentication: 'client_secret_basic',
      phases: { dnsMs: 1, tcpMs: 2, tlsMs: 3, firstByteMs: 4, bodyMs: 5 },
      rateLimit: { limit: 100, remaining: 3, secondsToReset: 20 },
      error: { shape: 'oauth', error: 'invalid_client', reason: 'a', description: 'b', errorId: 'c', errorCode: 'd' },
      certificate: { subject: '*.okta.com', issuer: 'DigiCert', validTo: '2027-01-01T00:00:00.000Z' },
      clockOffsetSeconds: 1,
      failure: { code: 'ECONNRESET', message: 'socket hang up' },
    });
    const token = { alg: 'RS256', kid: 'k', issuer: 'i', audience: 'a', scopes: ['s'], claimNames: ['sub'] };
    const times = { issuedAt: '2026-11-21T12:00:00.000Z', expiresAt: '2026-11-21T13:00:00.000Z' };
    const logged = finding('signature-invalid', { token: { ...token, ...times } });
    const failed = {
      exchanges: [whole],
      status: 'failed',
      readings: {},
      finding: logged,
      retriedAfter: 'ECONNRESET',
    } as const;
    const { line } = outcome(time, 'token@default', 'passed', failed);
    const { clockOffsetSeconds: _, ...shown } = whole;
    expect(again(line)).toMatchObject({ ...failed, exchanges: [shown] });
  });

  it('reads when the run of a line began, which minute it was due in, and which execution it was', () => {
    const run = { at: '2026-11-21T12:01:02.000Z', due: '2026-11-21T12:00:00.000Z', executionId: 'd32c5kddcf5bb8c3' };
    const { line } = outcome(time, 'token@default', 'passed', run);
    for (const logged of [line, { type: 'finding', org: 'acme', finding: finding('metrics-refused'), ...run }]) {
      expect(again(logged)).toMatchObject(run);
    }
  });

  it('reads why a probe was skipped', () => {
    expect(again(outcome(time, 'verify@default', 'skipped').line)).toMatchObject({ because: 'token failed' });
  });

  it('reads the name, the stack and the org of a monitor error', () => {
    const error = {
      type: 'monitor-error',
      at: '2026-11-21T12:00:00.000Z',
      org: 'acme',
      name: 'TypeError',
      frames: ['at x:1:2'],
    };
    expect(again(error)).toEqual(error);
  });

  it.each([
    ['', 'no content'],
    ['START RequestId: 1', 'text'],
    ['{"type":"outcome"', 'truncated JSON'],
    ['{"type":"outcome"}', 'no org and no probe'],
    ['{"type":"outcome","org":"acme","probe":"token","status":"late"}', 'an unknown status'],
    [
      '{"type":"outcome","org":"acme","probe":"token","status":"failed","finding":{"code":"x"}}',
      'an incomplete finding',
    ],
    [
      '{"type":"finding","org":"acme","finding":{"code":"x","domain":"weather","severity":"page"}}',
      'an unknown domain',
    ],
    ['{"type":"metrics"}', 'another type'],
    ['{"type":"platform.report","record":{"status":"timeout"}}', 'a report of Lambda'],
    ['{"_aws":{"Timestamp":1},"Org":"acme"}', 'embedded metrics'],
    ['[]', 'a list'],
    ['null', 'null'],
  ])('ignores the line %j, which has %s', (message) => {
    expect(readLine(message)).toBeUndefined();
  });

  it('removes line breaks and control characters, and clips long texts', () => {
    const detail = `first\nsecond\u001b[31m\u202e${'x'.repeat(5_000)}`;
    const { line } = outcome(time, 'token@default', 'internal-error');
    const read = again({ ...line, finding: { ...finding('internal-error'), detail } });
    expect(read).toMatchObject({ finding: { detail: expect.stringMatching(/^first second \[31m x+\.\.\.$/) } });
    expect(JSON.stringify(read).length).toBeLessThan(3_000);
  });

  it('never throws, whatever a line contains', () => {
    const { line } = outcome(time, 'token@default', 'internal-error');
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(line)), fc.jsonValue(), fc.string(), (name, value, text) => {
        readLine(text);
        readLine(JSON.stringify(value));
        again({ ...line, [name]: value });
        again({ ...line, finding: { ...finding('internal-error'), [name]: value, detail: value } });
        again({ ...line, exchanges: [{ ...line.exchanges[0], phases: value, error: value, rateLimit: value }] });
      }),
    );
  });
});
