import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../functions/notify/event.ts';
import { readLine } from '../../../functions/notify/log.ts';
import { composeMessage, composeUnreadable, type SnsMessage } from '../../../functions/notify/message.ts';
import { expressionAlarm, metricAlarm, recordOf, recoveredAlarm } from '../../support/alarms.ts';
import { at, evidenceOf, outcome } from '../../support/log-of.ts';
import { links, readMessage, riseEvidence } from '../../support/messages.ts';

/** What SNS takes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function expectPublishable(message: SnsMessage): void {
  expect(message.Subject).toMatch(/^[A-Za-z0-9][ -~]{0,98}$/);
  expect(Buffer.byteLength(message.Message ?? '')).toBeLessThan(262_144);
  expect((message.Message ?? '').isWellFormed()).toBe(true);
  const { text, email, chat } = readMessage(message);
  for (const part of [text, email]) expect(part.isWellFormed() && part.length > 0).toBe(true);
  expect(chat).toMatchObject({ version: '1.0', source: 'custom' });
}

/** Text of any kind, with what breaks mail and terminals. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\r\nBcc: x', '\u0000', '\ud800', '💥'.repeat(80), 'x'.repeat(3_000), '__proto__'),
);
const anything = fc.oneof(anyText, fc.jsonValue(), fc.constant(undefined));

describe('a message', () => {
  it('can be published, whatever an alarm says', () => {
    const alarms = fc.constantFrom(metricAlarm, recoveredAlarm, expressionAlarm);
    const names = fc.oneof(
      anyText,
      anyText.map((org) => `okta-synthetics/${org.replaceAll('/', '')}/okta/page`),
      anyText.map((id) => `okta-synthetics/monitor/${id.replaceAll('/', '')}`),
    );
    const member = fc.constantFrom(...Object.keys(metricAlarm), 'Trigger');
    fc.assert(
      fc.property(alarms, names, member, anything, (alarm, AlarmName, name, value) => {
        for (const message of [{ ...alarm, AlarmName }, { ...alarm, [name]: value }, value]) {
          const read = readRecord(recordOf(message));
          if (read.kind === 'silent') continue;
          expectPublishable(
            read.kind === 'unreadable'
              ? composeUnreadable(read.raw, read.why, links)
              : composeMessage(read, riseEvidence, links),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('can be published, whatever a line says', () => {
    const { line } = outcome(at('12:00'), 'token@default', 'internal-error');
    const members = [...Object.keys(line), 'retriedAfter', 'warnings', 'notes', 'because'];
    const change = readRecord(recordOf(metricAlarm));
    fc.assert(
      fc.property(fc.constantFrom(...members), anything, anyText, (name, value, text) => {
        const texts = { code: text, summary: text, detail: text, causes: [text, value], remedy: [text], doc: text };
        const told = { domain: 'okta', severity: 'page', token: value };
        const lines = [
          { ...line, [name]: value },
          { ...line, finding: { ...texts, ...told } },
          { ...line, probe: text, server: text, exchanges: [{ method: text, url: text, at: text, status: value }] },
          { ...line, status: 'skipped', because: text },
        ].flatMap((each) => {
          const read = readLine(JSON.stringify(each));
          return read ? [{ time: at('12:00'), logGroup: 'flows', line: read }] : [];
        });
        if (change.kind !== 'rose') throw new Error('the recorded alarm does not rise');
        const kinds = ['rose', 'recovered'] as const;
        for (const kind of kinds) {
          expectPublishable(composeMessage({ ...change, kind }, { ...evidenceOf([]), lines }, links));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is short enough for SNS when everything fails everywhere for long', () => {
    const detail = 'ü'.repeat(5_000);
    const lines = Array.from({ length: 400 }, (_, n) => {
      const { line, ...seen } = outcome(at('12:00') + n, `token@aus${n}`, 'internal-error');
      const exchanges = Array.from({ length: 30 }, () => ({ ...line.exchanges[0], url: `https://${detail}` }));
      const finding = 'finding' in line ? { ...line.finding, detail, summary: detail, remedy: [detail, detail] } : {};
      return { ...seen, line: { ...line, exchanges, finding } as unknown as typeof line };
    });
    const others = Array.from({ length: 2_000 }, (_, n) =>
      outcome(at('12:01') + n, `keys@aus${n}${'ü'.repeat(40)}`, 'passed'),
    );
    const change = readRecord(recordOf(metricAlarm));
    if (change.kind !== 'rose') throw new Error('the recorded alarm does not rise');
    const message = composeMessage(change, evidenceOf([...lines, ...others]), links);
    expectPublishable(message);
    expect(readMessage(message).email.length).toBeLessThanOrEqual(24_000);
  });

  it('that nobody could put into words is told as it came, with the reason', () => {
    const raw = 'ALARM: "cpu-high" <in> Zürich\n\u0000';
    const message = composeUnreadable(raw, 'it names no alarm', links);
    expectPublishable(message);
    const { subject, email } = readMessage(message);
    expect(subject).toBe('PAGE: an alarm that could not be read');
    expect(email).toContain('it names no alarm');
    expect(email).toContain(raw);
    expectPublishable(composeUnreadable('\ud800\u0001'.repeat(200_000), 'it names no alarm', links));
  });
});
