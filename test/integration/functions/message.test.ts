import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLine } from '../../../functions/model/read-line.ts';
import { readRecord } from '../../../functions/notify/event.ts';
import { composeMessage, composeUnreadable, type Notification } from '../../../functions/notify/message.ts';
import { receiverKinds } from '../../../functions/notify/receiver-kinds.ts';
import { peopleMessage, sendingsOf } from '../../../functions/notify/sendings.ts';
import { readEntry, readPublish } from '../../../local/self-hosted/aws-emulator/messages.ts';
import { expressionAlarm, metricAlarm, recordOf, resolvedMetricAlarm } from '../../support/alarms.ts';
import { at, evidenceOf, outcome } from '../../support/log-of.ts';
import { firing, firingEvidence, links, readMessage } from '../../support/messages.ts';

const peopleTopicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';

/** What SNS and EventBridge accept: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function expectPublishable(notification: Notification): void {
  const message = peopleMessage(notification);
  expect(message.Subject).toMatch(/^[A-Za-z0-9][ -~]{0,98}$/);
  expect(Buffer.byteLength(message.Message ?? '')).toBeLessThan(262_144);
  expect((message.Message ?? '').isWellFormed()).toBe(true);
  const { text, email, chat } = readMessage(message);
  for (const part of [text, email]) expect(part.isWellFormed() && part.length > 0).toBe(true);
  expect(chat).toMatchObject({ version: '1.0', source: 'custom' });
  for (const sending of sendingsOf(notification, {
    peopleTopicArn,
    ownTopicArn: peopleTopicArn,
    outlets: receiverKinds,
  })) {
    if (sending.to === 'topic') readPublish({ ...sending.message });
    else readEntry({ ...sending.event });
  }
}

/** Any text, including what breaks mail programs and terminals. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\r\nBcc: x', '\u0000', '\ud800', '💥'.repeat(80), 'x'.repeat(3_000), '__proto__'),
);
const anything = fc.oneof(anyText, fc.jsonValue(), fc.constant(undefined));

describe('a message', () => {
  it('can be published whatever an alarm contains', () => {
    const alarms = fc.constantFrom(metricAlarm, resolvedMetricAlarm, expressionAlarm);
    const names = fc.oneof(
      anyText,
      anyText.map((org) => `okta-synthetics/${org.replaceAll('/', '')}/okta/page`),
      anyText.map((org) => `okta-synthetics/${org.replaceAll('/', '')}/not-running`),
      anyText.map((probe) => `okta-synthetics/acme/${probe.replaceAll('/', '')}/failing`),
      anyText.map((id) => `okta-synthetics/monitor/${id.replaceAll('/', '')}`),
    );
    const field = fc.constantFrom(...Object.keys(metricAlarm), 'Trigger');
    fc.assert(
      fc.property(alarms, names, field, anything, (alarm, AlarmName, name, value) => {
        for (const message of [{ ...alarm, AlarmName }, { ...alarm, [name]: value }, value]) {
          const read = readRecord(recordOf(message));
          if (read.kind === 'ignored') continue;
          expectPublishable(
            read.kind === 'unreadable'
              ? composeUnreadable(read.raw, read.why, links)
              : composeMessage(read, firingEvidence, links),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('can be published whatever a log line contains', () => {
    const { line } = outcome(at('12:00'), 'token@default', 'internal-error');
    const fields = [...Object.keys(line), 'retriedAfter', 'warnings', 'notes', 'because'];
    fc.assert(
      fc.property(fc.constantFrom(...fields), anything, anyText, (name, value, text) => {
        const texts = { code: text, summary: text, detail: text, causes: [text, value], remedy: [text], doc: text };
        const known = { domain: 'okta', severity: 'page', token: value };
        const lines = [
          { ...line, [name]: value },
          { ...line, finding: { ...texts, ...known } },
          { ...line, probe: text, server: text, exchanges: [{ method: text, url: text, at: text, status: value }] },
          { ...line, status: 'skipped', because: text },
        ].flatMap((each) => {
          const read = readLine(JSON.stringify(each));
          return read ? [{ time: at('12:00'), logGroup: 'flows', line: read }] : [];
        });
        for (const kind of ['firing', 'resolved'] as const) {
          expectPublishable(composeMessage({ ...firing, kind }, { ...evidenceOf([]), lines }, links));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is short enough for SNS when everything fails at all targets', () => {
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
    const message = composeMessage(firing, evidenceOf([...lines, ...others]), links);
    expectPublishable(message);
    expect(readMessage(peopleMessage(message)).email.length).toBeLessThanOrEqual(24_000);
  });

  it('contains the original of an alarm that could not be read, and the reason', () => {
    const raw = 'ALARM: "cpu-high" <in> Zürich\n\u0000';
    const message = composeUnreadable(raw, 'the message does not name an alarm', links);
    expectPublishable(message);
    const { subject, email } = readMessage(peopleMessage(message));
    expect(subject).toBe('PAGE: an alarm that could not be read');
    expect(email.replaceAll('\n', ' ')).toContain('could not read it: the message does not name an alarm.');
    expect(email).toContain(raw.replace('\u0000', ' '));
    expectPublishable(composeUnreadable('\ud800\u0001'.repeat(200_000), 'the message does not name an alarm', links));
  });
});
