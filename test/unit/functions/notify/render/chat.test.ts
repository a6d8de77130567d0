import { describe, expect, it } from 'vitest';
import { composeMessage } from '../../../../../functions/notify/message.ts';
import { type NotificationContext, renderChat } from '../../../../../functions/notify/render/chat.ts';
import { renderDocument } from '../../../../../functions/notify/render/document.ts';
import { renderPagerDuty } from '../../../../../functions/notify/render/pagerduty.ts';
import { writeNotes } from '../../../../../functions/okta/status-notes.ts';
import { at, evidenceOf, runs, statusPage } from '../../../../support/log-of.ts';
import {
  firing,
  firingEvidence,
  firingOf,
  links,
  messageOf,
  resolved,
  resolvedEvidence,
} from '../../../../support/messages.ts';

describe('the document for chats and programs', () => {
  const { chat, subject } = messageOf(firing, firingEvidence);
  const after = messageOf(resolved, resolvedEvidence).chat;

  it('is a custom notification that Amazon Q Developer can post', () => {
    expect(chat).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: subject },
      metadata: { eventType: 'okta-synthetics-firing' },
    });
    expect(chat.content.description).toMatch(
      /^Okta's fault: apps get no tokens at 'default'; .*\n\*Hit\* token@default, since 2026/,
    );
    expect(chat.content.keywords).toEqual(['acme', 'okta', 'internal-error', 'page']);
  });

  it('carries the steps with their commands, and the text for Okta Support', () => {
    const steps = chat.content.nextSteps ?? [];
    expect(steps[0]).toMatch(
      /^Confirm from a laptop \(without the secrets, add --from lambda\):\n`curl -i .*`\n`npm run check -- --org acme --probe token@default`$/,
    );
    expect(steps[1]).toBe('Open a case with the text below: https://support.okta.com/help/s/opencase');
    const [, block = ''] = chat.content.description.split('*For Okta Support*\n');
    expect(block).toContain('X-Okta-Request-Id req-120100-token');
  });

  it('names no finding if the logs contain none', () => {
    const blind = messageOf(firing, evidenceOf([])).chat;
    expect(blind.metadata.additionalContext).not.toHaveProperty('finding');
    expect(blind.content.keywords).toEqual(['acme', 'page']);
  });

  it('gives programs the facts of an alarm that fires', () => {
    expect(chat.metadata.additionalContext).toEqual({
      state: 'firing',
      route: 'page',
      org: 'acme',
      domain: 'okta',
      severity: 'page',
      finding: 'internal-error',
      since: '2026-11-21T12:00:00.000Z',
      durationSeconds: '127',
      targets: 'token@default',
      requestIds: 'req-120100-token,req-120000-token',
      runbook: `${links.runbook}#internal-error`,
      dashboard: links.dashboard,
      ...links.monitor,
      alarm: 'okta-synthetics/acme/okta/page',
      oktaStatus: 'none',
    } satisfies NotificationContext);
  });

  it('gives programs the end and the duration of an alarm that has resolved', () => {
    expect(after.metadata.eventType).toBe('okta-synthetics-resolved');
    expect(after.metadata.additionalContext).toMatchObject({
      ...{ state: 'resolved', since: '2026-11-21T12:00:00.000Z', until: '2026-11-21T12:09:00.000Z' },
      durationSeconds: '540',
    } satisfies Partial<NotificationContext>);
  });

  it('gives programs the facts of an alarm about the monitor itself', () => {
    const alarm = firingOf({ kind: 'group-broken', group: 'negative-tests' });
    const { additionalContext } = messageOf(alarm, evidenceOf([]), { ...links, route: 'ticket' }).chat.metadata;
    expect(additionalContext).toMatchObject({
      ...{ org: 'monitor', domain: 'monitor', severity: 'ticket', finding: 'negative-tests-broken' },
      ...{ targets: '', oktaStatus: 'unknown', runbook: `${links.runbook}#monitor-broken` },
    });
  });

  it('says whether Okta has announced an incident', () => {
    const notes = writeNotes({ cell: 'okta.com:8', own: ['I-20001'], elsewhere: [], unplaced: [] });
    const lines = [...firingEvidence.lines, statusPage(at('12:01'), { notes })];
    const { metadata } = messageOf(firing, { ...firingEvidence, lines }).chat;
    expect(metadata.additionalContext).toMatchObject({ oktaStatus: 'announced' });
  });

  it('does not state the problem of an alarm that has resolved', () => {
    expect(after.content.description).toContain('No run has reported internal-error since 2026-11-21 12:09 UTC.');
    expect(after.content.description).not.toContain('Okta answers with an internal error');
    expect(after.content.nextSteps).toEqual([]);
  });

  it('puts both messages of an incident into one thread, and each incident into its own', () => {
    expect(after.metadata.threadId).toBe(chat.metadata.threadId);
    const next = { ...firing, reason: firing.reason.replaceAll('21/11/26', '22/11/26') };
    expect(messageOf(next, firingEvidence).chat.metadata.threadId).not.toBe(chat.metadata.threadId);
  });

  it.each([{ region: 'eu-west-1' }, { account: '210987654321' }])(
    'has an id of its own at %j, for the same reason',
    (place) => {
      const elsewhere = { ...links, monitor: { ...links.monitor, ...place } };
      const [here, there] = [links, elsewhere].map((each) => {
        const message = composeMessage(firing, firingEvidence, each);
        const { id, metadata } = renderChat(message);
        return [id, metadata.threadId, renderPagerDuty(message).dedup_key, Object(renderDocument(message)).incident];
      });
      for (const [index, id] of (here ?? []).entries()) {
        expect(id).toEqual(expect.any(String));
        expect(there?.[index]).not.toBe(id);
      }
    },
  );

  it('contains only strings in its context, and clips long texts', () => {
    const targets = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`token@aus${n}`, 'internal-error' as const]),
    );
    const evidence = evidenceOf([...runs(['12:00', '12:01'], targets), statusPage(at('12:00'))]);
    const { content, metadata } = messageOf(firing, evidence).chat;
    for (const value of Object.values(metadata.additionalContext)) expect(typeof value).toBe('string');
    expect(content.title.length).toBeLessThan(100);
    expect(content.description.length).toBeLessThanOrEqual(3_000);
    for (const step of content.nextSteps ?? []) expect(step.length).toBeLessThanOrEqual(700);
    expect(JSON.stringify([content, metadata]).length).toBeLessThan(10_000);
  });
});
