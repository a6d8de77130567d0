import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingCode, finding, findings } from '../../../../functions/diagnosis/finding.ts';
import { readLine } from '../../../../functions/notify/log.ts';
import { at, exchange, outcome } from '../../../support/log-of.ts';

const time = at('12:00');
const again = (line: object) => readLine(JSON.stringify(line));

describe('a line of a log', () => {
  it.each(Object.keys(findings))('loses nothing of the finding %s', (code) => {
    const told = finding(code as FindingCode, { detail: 'what was seen' });
    const { line } = outcome(time, 'token@default', 'passed', { warnings: [told] });
    expect(again(line)).toEqual(line);
    expect(again({ type: 'finding', at: line.at, org: 'acme', finding: told })).toMatchObject({ finding: told });
  });

  it('loses nothing of an exchange, or of what a token said', () => {
    const whole = exchange(time, '/oauth2/default/v1/token', {
      status: 401,
      phases: { dnsMs: 1, tcpMs: 2, tlsMs: 3, firstByteMs: 4, bodyMs: 5 },
      rateLimit: { limit: 100, remaining: 3, secondsToReset: 20 },
      error: { shape: 'oauth', error: 'invalid_client', reason: 'a', description: 'b', errorId: 'c', errorCode: 'd' },
      certificate: { subject: '*.okta.com', issuer: 'DigiCert', validTo: '2027-01-01T00:00:00.000Z' },
      clockOffsetSeconds: 1,
      failure: { code: 'ECONNRESET', message: 'socket hang up' },
    });
    const token = { alg: 'RS256', kid: 'k', issuer: 'i', audience: 'a', scopes: ['s'], claimNames: ['sub'] };
    const times = { issuedAt: '2026-11-21T12:00:00.000Z', expiresAt: '2026-11-21T13:00:00.000Z' };
    const told = finding('signature-invalid', {
      token: { ...token, ...times },
    });
    const failed = {
      exchanges: [whole],
      status: 'failed',
      readings: {},
      finding: told,
      retriedAfter: 'ECONNRESET',
    } as const;
    const { line } = outcome(time, 'token@default', 'passed', failed);
    const { clockOffsetSeconds: _, ...shown } = whole;
    expect(again(line)).toMatchObject({ ...failed, exchanges: [shown] });
  });

  it('that was skipped says why', () => {
    expect(again(outcome(time, 'verify@default', 'skipped').line)).toMatchObject({ because: 'token failed' });
  });

  it('of a fault tells its name and frames, with the org where there is one', () => {
    const fault = {
      type: 'monitor-error',
      at: '2026-11-21T12:00:00.000Z',
      org: 'acme',
      name: 'TypeError',
      frames: ['at x:1:2'],
    };
    expect(again(fault)).toEqual(fault);
  });

  it('of Lambda tells how a run ended, where it ended badly', () => {
    const report = (record: object) => again({ time: '2026-11-21T12:00:30Z', type: 'platform.report', record });
    expect(report({ requestId: 'x', status: 'timeout' })).toEqual({ type: 'crash', status: 'timeout' });
    expect(report({ status: 'error', errorType: 'Runtime.ExitError' })).toMatchObject({
      errorType: 'Runtime.ExitError',
    });
    expect(report({ status: 'success' })).toBeUndefined();
  });

  it.each([
    ['', 'nothing'],
    ['START RequestId: 1', 'text'],
    ['{"type":"outcome"', 'half of JSON'],
    ['{"type":"outcome"}', 'no org and no probe'],
    ['{"type":"outcome","org":"acme","probe":"token","status":"late"}', 'an unknown status'],
    ['{"type":"outcome","org":"acme","probe":"token","status":"failed","finding":{"code":"x"}}', 'half a finding'],
    [
      '{"type":"finding","org":"acme","finding":{"code":"x","domain":"weather","severity":"page"}}',
      'an unknown domain',
    ],
    ['{"type":"metrics"}', 'another type'],
    ['{"_aws":{"Timestamp":1},"Org":"acme"}', 'embedded metrics'],
    ['[]', 'a list'],
    ['null', 'null'],
  ])('that is none of ours is passed over: %s has %s', (message) => {
    expect(readLine(message)).toBeUndefined();
  });

  it('puts everything on one line, and clips what is endless', () => {
    const detail = `first\nsecond\u001b[31m\u202e${'x'.repeat(5_000)}`;
    const { line } = outcome(time, 'token@default', 'internal-error');
    const read = again({ ...line, finding: { ...finding('internal-error'), detail } });
    expect(read).toMatchObject({ finding: { detail: expect.stringMatching(/^first second \[31m x+\.\.\.$/) } });
    expect(JSON.stringify(read).length).toBeLessThan(3_000);
  });

  it('can hold anything without breaking the reader', () => {
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
