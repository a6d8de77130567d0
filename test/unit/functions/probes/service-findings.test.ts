import { describe, expect, it } from 'vitest';
import type { LogMemory, Tally } from '../../../../functions/model/org-log.ts';
import { readLogEvent } from '../../../../functions/okta/log-events.ts';
import { newLogMemory } from '../../../../functions/okta/log-memory.ts';
import { addServices } from '../../../../functions/okta/service-counts.ts';
import {
  codeFindings,
  directoryFindings,
  provisioningFindings,
} from '../../../../functions/probes/service-findings.ts';

const nowMs = Date.UTC(2026, 10, 25, 12, 0);
const minuteMs = 60_000;
const span = (counts: Tally, minutesAgo = 10) => ({ atMs: nowMs - minutesAgo * minuteMs, counts });
const memory = (change: Partial<LogMemory>): LogMemory => ({ ...newLogMemory(nowMs), ...change });

describe('a directory that checks passwords', () => {
  const severities = (counts: Tally, minutesAgo?: number) =>
    directoryFindings([span(counts, minutesAgo)], nowMs).map(({ severity }) => severity);

  it.each([
    ['ten failures of twenty are a page', { 'directory/LDAP/failed': 10, 'directory/LDAP/answered': 10 }, ['page']],
    ['nine failures are a ticket', { 'directory/LDAP/failed': 9 }, ['ticket']],
    ['ten of thirty are a ticket', { 'directory/LDAP/timed out': 10, 'directory/LDAP/answered': 20 }, ['ticket']],
    ['four are chance', { 'directory/LDAP/failed': 4 }, []],
    ['five of a hundred are chance', { 'directory/LDAP/failed': 5, 'directory/LDAP/answered': 95 }, []],
    ['wrong passwords are answers', { 'directory/LDAP/answered': 400 }, []],
  ] as const)('%s', (_, counts, expected) => {
    expect(severities(counts)).toEqual(expected);
  });

  it('is not judged by what is older than a quarter of an hour', () => {
    expect(severities({ 'directory/LDAP/failed': 40 }, 20)).toEqual([]);
  });

  it.each([
    ['request timed out', false, true],
    ['INVALID_CREDENTIALS', true, false],
    ['password expired', true, false],
    ['UNKNOWN', false, false],
  ])('answers or not, by the reason "%s"', (reason, answered, isTimeout) => {
    const event = readLogEvent({
      ...{ uuid: 'd0c1a2b3-0000', published: '2026-11-25T12:00:00.000Z' },
      ...{ eventType: 'user.authentication.auth_via_AD_agent', outcome: { result: 'FAILURE', reason } },
      actor: { type: 'User', id: '00u1', displayName: 'Ada Lovelace', alternateId: 'ada@acme.com' },
    });
    expect(event).toMatchObject({ kind: 'directory', answered, isTimeout });
    expect(JSON.stringify(event)).not.toMatch(/ada|Lovelace|00u1|timed out/i);
  });
});

describe('codes', () => {
  const usualCodes = { 'code/sms/sent': 1_000, 'code/sms/used': 900 };
  const found = (sent: number, used: number, change: Partial<LogMemory> = {}) =>
    codeFindings(
      memory({ usualCodes, services: [span({ 'code/sms/sent': sent, 'code/sms/used': used })], ...change }),
      nowMs,
    );

  it('that are not used are told from twenty on, with their share', () => {
    expect(found(19, 0)).toEqual([]);
    expect(found(20, 0)[0]?.comparisons).toEqual([
      { name: 'share of codes by sms that are not used', expected: 'about 10 %', found: '100 %' },
    ]);
  });

  it('are not told where as many are usually not used', () => {
    expect(found(40, 20, { usualCodes: { 'code/sms/sent': 1_000, 'code/sms/used': 600 } })).toEqual([]);
    expect(found(40, 20)).toHaveLength(1);
  });

  it('are not judged while too few are known, or while they may still be on their way', () => {
    expect(found(40, 0, { usualCodes: { 'code/sms/sent': 199, 'code/sms/used': 190 } })).toEqual([]);
    expect(codeFindings(memory({ usualCodes, services: [span({ 'code/sms/sent': 40 }, 3)] }), nowMs)).toEqual([]);
  });

  it('become usual after an hour, and fade', () => {
    const { services, usualCodes: usual } = addServices(
      memory({ usualCodes, services: [span({ 'code/sms/sent': 10 }, 65), span({ 'code/sms/sent': 3 }, 30)] }),
      [],
      nowMs,
    );
    expect(services).toEqual([span({ 'code/sms/sent': 3 }, 30)]);
    expect(usual['code/sms/sent']).toBeGreaterThan(1_000);
    expect(usual['code/sms/sent']).toBeLessThan(1_010);
  });
});

describe('provisioning', () => {
  const found = (counts: Tally) => provisioningFindings([span(counts)]);

  it('that fails three times in an hour without a success is told, with the application', () => {
    expect(found({ 'provisioning/Payroll/failed': 3 })[0]?.detail).toBe('in the last hour: Payroll (3 times)');
  });

  it.each([
    ['twice', { 'provisioning/Payroll/failed': 2 }],
    ['with a success between', { 'provisioning/Payroll/failed': 30, 'provisioning/Payroll/succeeded': 1 }],
    [
      'once in each of three applications',
      { 'provisioning/A/failed': 1, 'provisioning/B/failed': 1, 'provisioning/C/failed': 1 },
    ],
  ] as const)('that fails %s is not told', (_, counts) => {
    expect(found(counts)).toEqual([]);
  });
});
