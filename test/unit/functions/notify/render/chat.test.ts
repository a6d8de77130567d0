import { describe, expect, it } from 'vitest';
import { evidenceOf, runs } from '../../../../support/log-of.ts';
import { links, messageOf, recovery, recoveryEvidence, rise, riseEvidence } from '../../../../support/messages.ts';

describe('the message for chats and programs', () => {
  const { chat, subject } = messageOf(rise, riseEvidence);
  const over = messageOf(recovery, recoveryEvidence).chat;

  it('is a custom notification, which Amazon Q Developer posts', () => {
    expect(chat).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: subject },
    });
    expect(chat.content.description).toContain('Okta answers with an internal error.\n*Since* 2026-11-21 12:00 UTC');
    expect(chat.content.nextSteps[0]).toBe('Check https://status.okta.com/ for an incident');
    expect(chat.content.keywords).toEqual(['acme', 'okta', 'internal-error', 'page']);
  });

  it('tells programs what a rise is', () => {
    expect(chat.metadata.additionalContext).toEqual({
      audience: 'page',
      state: 'rose',
      org: 'acme',
      domain: 'okta',
      severity: 'page',
      finding: 'internal-error',
      since: '2026-11-21T12:00:00.000Z',
      durationSeconds: '127',
      places: 'token@default',
      requestIds: 'req-120100-token,req-120000-token',
      runbook: `${links.runbook}#internal-error`,
      dashboard: links.dashboard,
      alarm: 'okta-synthetics/acme/okta/page',
    });
  });

  it('tells programs what a recovery is, and when it was over', () => {
    expect(over.metadata.eventType).toBe('okta-synthetics-recovered');
    expect(over.metadata.additionalContext).toMatchObject({
      ...{ state: 'recovered', since: '2026-11-21T12:00:00.000Z', until: '2026-11-21T12:09:00.000Z' },
      durationSeconds: '540',
    });
  });

  it('ties a recovery to its rise, and no two incidents', () => {
    expect(over.metadata.threadId).toBe(chat.metadata.threadId);
    const next = messageOf({ ...rise, reason: rise.reason.replaceAll('21/11/26', '22/11/26') }, riseEvidence).chat;
    expect(next.metadata.threadId).not.toBe(chat.metadata.threadId);
  });

  it('has texts only, and none that is long', () => {
    const places = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`token@aus${n}`, 'internal-error' as const]),
    );
    const { content, metadata } = messageOf(rise, evidenceOf(runs(['12:00', '12:01'], places))).chat;
    for (const value of Object.values(metadata.additionalContext)) expect(typeof value).toBe('string');
    expect(content.title.length).toBeLessThan(100);
    expect(content.description.length).toBeLessThanOrEqual(2_500);
    expect(JSON.stringify([content, metadata]).length).toBeLessThan(10_000);
  });
});
