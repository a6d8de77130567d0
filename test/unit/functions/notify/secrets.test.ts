import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import type { EvidenceLine } from '../../../../functions/model/log-line.ts';
import { readLine } from '../../../../functions/model/read-line.ts';
import { composeMessage } from '../../../../functions/notify/message.ts';
import { receiverKinds } from '../../../../functions/notify/receiver-kinds.ts';
import { sendingsOf } from '../../../../functions/notify/sendings.ts';
import { type Canaries, openCanaries } from '../../../support/canaries.ts';
import { at, exchange } from '../../../support/log-of.ts';
import { firing, firingEvidence, links, resolved } from '../../../support/messages.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';

/** Adds unknown fields to an object and to every object inside it. */
function withStowaways(value: unknown, { plant }: Canaries, where: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withStowaways(item, { plant } as Canaries, where));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    withStowaways(field, { plant } as Canaries, `${where}.${name}`),
  ]);
  return {
    ...Object.fromEntries(fields),
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
const logged = finding('internal-error', { detail: 'what was seen', token: { kid: 'kid', claimNames: ['sub'] } });
const base = { type: 'outcome', at: '2026-11-21T12:00:00.000Z', org: 'acme', server: 'default', exchanges: [whole] };

const lines: Readonly<Record<string, object>> = {
  'an outcome that failed': { ...base, probe: 'token', status: 'failed', readings: { Leak: 1 }, finding: logged },
  'an outcome that passed': {
    ...base,
    probe: 'keys',
    status: 'passed',
    readings: {},
    notes: ['a'],
    warnings: [logged],
  },
  'an outcome that was skipped': { ...base, probe: 'verify', status: 'skipped', because: 'token failed' },
  "Okta's status page": {
    ...base,
    probe: 'status-page',
    status: 'passed',
    readings: {},
    notes: ['cell'],
    warnings: [],
  },
  'a finding of a run': { type: 'finding', at: base.at, org: 'acme', finding: logged },
  'a monitor error': { type: 'monitor-error', at: base.at, org: 'acme', name: 'TypeError', frames: ['at x:1:2'] },
};

describe('a message', () => {
  it.each(Object.entries(lines))('contains no unknown field of %s', (what, line) => {
    const canaries = openCanaries();
    const message = JSON.stringify(withStowaways(line, canaries, what));
    expect(canaries.leaksIn(message)).not.toEqual([]);
    const read = readLine(message);
    expect(read).toBeDefined();
    const seen = [{ time: at('12:00'), logGroup: 'flows', line: read as EvidenceLine }];
    const subjects = [
      firing.subject,
      { kind: 'not-running', org: 'acme' },
      { kind: 'group-broken', group: 'flows' },
    ] as const;
    const messages = subjects.flatMap((subject) =>
      [firing, resolved].map((alarm) =>
        JSON.stringify(
          sendingsOf(composeMessage({ ...alarm, subject }, { ...firingEvidence, lines: seen }, links), {
            ...{ peopleTopicArn: topicArn, ownTopicArn: topicArn },
            outlets: receiverKinds,
          }),
        ),
      ),
    );
    expect(canaries.leaksIn(messages.join('\n'))).toEqual([]);
  });
});
