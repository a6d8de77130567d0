import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AlarmSubject } from '../../../../../functions/findings/alarm-subject.ts';
import { composeMessage, composeUnreadable, type Notification } from '../../../../../functions/notify/message.ts';
import { renderCloudWatch } from '../../../../../functions/notify/render/cloudwatch.ts';
import { renderDocument } from '../../../../../functions/notify/render/document.ts';
import { renderPagerDuty } from '../../../../../functions/notify/render/pagerduty.ts';
import { incidentJsonSchema, incidentSchema, incidentSchemaFile } from '../../../../../lib/incident-schema.ts';
import { metricAlarm } from '../../../../support/alarms.ts';
import { evidenceOf } from '../../../../support/log-of.ts';
import { firing, firingEvidence, firingOf, links, resolved, resolvedEvidence } from '../../../../support/messages.ts';

const monitorAlarm = { kind: 'group-broken', group: 'flows' } as const satisfies AlarmSubject;
const raised = composeMessage(firing, firingEvidence, links);
const over = composeMessage(resolved, resolvedEvidence, links);
const notifications: readonly (readonly [string, Notification])[] = [
  ['an incident', raised],
  ['its end', over],
  ['an incident without evidence', composeMessage(firing, evidenceOf([]), links)],
  ['a fault of the monitor', composeMessage(firingOf(monitorAlarm), evidenceOf([]), { ...links, route: 'ticket' })],
  ['an alarm that could not be read', composeUnreadable('x'.repeat(300_000), 'it is text', links)],
];

describe('the document for programs', () => {
  it.each(notifications)('about %s follows the published schema, and has nothing else', (_, notification) => {
    const document = renderDocument(notification);
    expect(incidentSchema.parse(document)).toEqual(document);
  });

  it('has a published schema that is current (run `npm run docs`)', () => {
    expect(readFileSync(incidentSchemaFile, 'utf8')).toBe(incidentJsonSchema());
  });

  it('says who must act on what, where it was seen and how to confirm it', () => {
    expect(renderDocument(raised)).toMatchObject({
      ...{ version: 1, state: 'firing', org: 'acme', route: 'page', severity: 'page', domain: 'okta' },
      ...{ deployment: 'okta-synthetics', account: '123456789012', region: 'us-east-1' },
      ...{ code: 'internal-error', since: '2026-11-21T12:00:00.000Z', targets: ['token@default'] },
      ...{ evidence: expect.arrayContaining([expect.stringContaining('internal-error')]) },
      remedy: expect.arrayContaining([expect.stringMatching(/open a case/i)]),
      supportCase: expect.arrayContaining([expect.stringContaining('req-120100-token')]),
      confirm: expect.arrayContaining(['npm run check -- --org acme --probe token@default']),
    });
  });

  it('refers to nothing below, because nothing follows it', () => {
    for (const [, notification] of notifications) {
      const { document } = renderCloudWatch(notification);
      expect(`${JSON.stringify(renderDocument(notification))} ${document.NewStateReason}`).not.toMatch(/ below\./);
    }
  });

  it('has the same incident when the alarm resolves', () => {
    const [one, other] = [renderDocument(raised), renderDocument(over)];
    expect(other).toMatchObject({ state: 'resolved', until: '2026-11-21T12:09:00.000Z', evidence: [], remedy: [] });
    expect('incident' in one && 'incident' in other && other.alarm === one.alarm).toBe(true);
  });
});

describe('the document in the shape of CloudWatch', () => {
  it('has the name, the state and the origin of the alarm, and what was seen as its reason', () => {
    const { subject, document } = renderCloudWatch(raised);
    const { AlarmName, AlarmArn, AWSAccountId, Region, StateChangeTime, Trigger, AlarmDescription } = metricAlarm;
    expect(document).toMatchObject({
      ...{ AlarmName, AlarmArn, AWSAccountId, Region, StateChangeTime, Trigger, AlarmDescription },
      ...{ NewStateValue: 'ALARM', OldStateValue: 'OK' },
    });
    expect(subject).toBe('ALARM: "okta-synthetics/acme/okta/page" in US East (N. Virginia)');
    expect(document.NewStateReason).toMatch(/internal-error.*runbook\.md#internal-error$/);
  });

  it('resolves the same alarm', () => {
    const { subject, document } = renderCloudWatch(over);
    expect(document).toMatchObject({ AlarmName: firing.name, NewStateValue: 'OK', OldStateValue: 'ALARM' });
    expect(subject).toBe('OK: "okta-synthetics/acme/okta/page" in US East (N. Virginia)');
  });

  it.each(notifications)('about %s keeps to the limits, and its subject to the form', (_, notification) => {
    const { subject, document } = renderCloudWatch(notification);
    expect(document.NewStateReason.length).toBeLessThanOrEqual(1_023);
    expect(subject).toMatch(/^(ALARM|OK): "[ -~]+" in [ -~]+$/);
    expect(subject.length).toBeLessThan(100);
    expect(subject.startsWith(`${document.NewStateValue}: "`)).toBe(true);
  });

  it('cuts a long name in its subject only', () => {
    const name = `okta-synthetics-in-production/${'a'.repeat(32)}/configuration/ticket`;
    const { subject, document } = renderCloudWatch(composeMessage({ ...firing, name }, firingEvidence, links));
    expect(document.AlarmName).toBe(name);
    expect(subject).toMatch(/^ALARM: "okta-synthetics-in-production\/a+\.\.\." in US East \(N\. Virginia\)$/);
    expect(subject.length).toBeLessThan(100);
  });
});

/**
 * What PagerDuty accepts, without the routing key, which the connection adds.
 * https://developer.pagerduty.com/docs/send-alert-event
 */
const pagerDutyEvent = z.strictObject({
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  payload: z.strictObject({
    summary: z.string().min(1).max(1_024),
    source: z.string().min(1),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime().optional(),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.looseObject({}).optional(),
  }),
  links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
  images: z.array(z.unknown()).optional(),
  client: z.string().optional(),
  client_url: z.url().optional(),
});

describe('the event for PagerDuty', () => {
  it.each(notifications)('about %s is one that PagerDuty accepts', (_, notification) => {
    const event = renderPagerDuty(notification);
    expect(pagerDutyEvent.parse(event)).toEqual(event);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(256_000);
  });

  it('triggers and resolves by the same key: the alarm of this account and Region', () => {
    const key = `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${firing.name}`;
    expect(renderPagerDuty(raised)).toMatchObject({ event_action: 'trigger', dedup_key: key });
    expect(renderPagerDuty(over)).toMatchObject({ event_action: 'resolve', dedup_key: key });
  });

  it.each([
    ['page', 'page', 'critical'],
    ['page', 'ticket', 'error'],
    ['ticket', 'page', 'error'],
    ['ticket', 'ticket', 'warning'],
  ] as const)('on the route %s, with the severity %s, is %s', (route, severity, expected) => {
    const subject = { kind: 'findings', org: 'acme', domain: 'okta', severity } as const;
    const { payload } = renderPagerDuty(composeMessage({ ...firing, subject }, firingEvidence, { ...links, route }));
    expect(payload.severity).toBe(expected);
  });

  it('links to the runbook and to the alarm, and says what was seen', () => {
    const { links: linked, payload } = renderPagerDuty(raised);
    expect(linked.map(({ text }) => text)).toEqual(expect.arrayContaining(['Runbook', 'Alarm']));
    expect(payload).toMatchObject({
      ...{ source: 'acme', component: 'okta', class: 'internal-error', group: 'okta-synthetics' },
      custom_details: { code: 'internal-error', targets: ['token@default'] },
    });
  });
});
