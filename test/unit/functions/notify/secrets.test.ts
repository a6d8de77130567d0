import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/diagnosis/finding.ts';
import type { EvidenceLine } from '../../../../functions/notify/log.ts';
import { readLine } from '../../../../functions/notify/log.ts';
import { composeMessage } from '../../../../functions/notify/message.ts';
import { type Canaries, openCanaries } from '../../../support/canaries.ts';
import { at, exchange } from '../../../support/log-of.ts';
import { links, recovery, rise, riseEvidence } from '../../../support/messages.ts';

/** An object with an unknown member beside each of its own, and in every object within. */
function withStowaways(value: unknown, { plant }: Canaries, where: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withStowaways(item, { plant } as Canaries, where));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    withStowaways(member, { plant } as Canaries, `${where}.${name}`),
  ]);
  return {
    ...Object.fromEntries(members),
    body: plant(`a body in ${where}`),
    headers: { authorization: `Bearer ${plant(`a header in ${where}`)}` },
    [plant(`a name in ${where}`)]: 1,
  };
}

const whole = exchange(at('12:00'), '/oauth2/default/v1/token', {
  status: 500,
  rateLimit: { limit: 100, remaining: 3, secondsToReset: 20 },
  error: { shape: 'envelope', errorCode: 'E0000009' },
  certificate: { subject: 'a', issuer: 'b', validTo: 'c' },
  failure: { code: 'ECONNRESET', message: 'd' },
});
const told = finding('internal-error', { detail: 'what was seen', token: { kid: 'kid', claimNames: ['sub'] } });
const base = { type: 'outcome', at: '2026-11-21T12:00:00.000Z', org: 'acme', server: 'default', exchanges: [whole] };

const lines: Readonly<Record<string, object>> = {
  'an outcome that failed': { ...base, probe: 'token', status: 'failed', readings: { Leak: 1 }, finding: told },
  'an outcome that passed': { ...base, probe: 'keys', status: 'passed', readings: {}, notes: ['a'], warnings: [told] },
  'an outcome that was skipped': { ...base, probe: 'verify', status: 'skipped', because: 'token failed' },
  "Okta's status page": {
    ...base,
    probe: 'status-page',
    status: 'passed',
    readings: {},
    notes: ['cell'],
    warnings: [],
  },
  'a finding of a run': { type: 'finding', at: base.at, org: 'acme', finding: told },
  'a fault': { type: 'monitor-error', at: base.at, org: 'acme', name: 'TypeError', frames: ['at x:1:2'] },
  'a report of Lambda': { type: 'platform.report', record: { status: 'error', errorType: 'Runtime.ExitError' } },
};

describe('nothing enters a message that merely stands in the log', () => {
  it.each(Object.entries(lines))('beside the members of %s', (what, line) => {
    const canaries = openCanaries();
    const message = JSON.stringify(withStowaways(line, canaries, what));
    expect(canaries.leaksIn(message)).not.toEqual([]);
    const read = readLine(message);
    expect(read).toBeDefined();
    const seen = [{ time: at('12:00'), logGroup: 'flows', line: read as EvidenceLine }];
    const subjects = [
      rise.subject,
      { kind: 'not-running', org: 'acme' },
      { kind: 'monitor', id: 'flows-broken' },
    ] as const;
    const said = subjects.flatMap((subject) =>
      [rise, recovery].map((alarm) =>
        JSON.stringify(composeMessage({ ...alarm, subject }, { ...riseEvidence, lines: seen }, links)),
      ),
    );
    expect(canaries.leaksIn(said.join('\n'))).toEqual([]);
  });
});
