import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../../functions/notify/message.ts';
import { composeMessage } from '../../../../functions/notify/message.ts';
import { type Outlet, outlets, subscriberFields } from '../../../../functions/notify/outlets.ts';
import { firing, firingEvidence, links } from '../../../support/messages.ts';

const all = Object.entries<Outlet>(outlets).map(([name, outlet]) => ({ name, ...outlet }));
const unreadable: Notification = { kind: 'unreadable', subject: 'PAGE: x', links, raw: 'it broke', why: 'it is text' };

describe('the table of outlets', () => {
  it.each(all)('has a text for $name in every message, under the protocol $protocol', ({ protocol }) => {
    const texts = JSON.parse(composeMessage(firing, firingEvidence, links).Message ?? '');
    expect(texts[protocol]).toContain('internal-error');
  });

  it.each(all)('formats an alarm that could not be read for $name', ({ format }) => {
    expect(format(unreadable).length).toBeGreaterThan(0);
  });

  it.each(all)('has one format for all outlets with the protocol of $name', ({ protocol, format }) => {
    expect(new Set(all.filter((each) => each.protocol === protocol).map((each) => each.format))).toEqual(
      new Set([format]),
    );
  });

  it('has one configuration field for each protocol at most', () => {
    const protocols = subscriberFields.map(({ protocol }) => protocol);
    expect(new Set(protocols).size).toBe(protocols.length);
  });
});

describe('a field of a subscriber', () => {
  it.each([
    ['email', 'team@example.com', undefined],
    ['email', "o'neil+pager@mail.example.com", undefined],
    ['email', 'team', 'must be an e-mail address'],
    ['email', 'team@example.com\nBcc: x@example.com', 'must be an e-mail address'],
    ['https', 'https://pager.example.com/sns', undefined],
    ['https', 'http://pager.example.com', 'must be a URL that begins with https://'],
    ['https', 'pager', 'must be a URL that begins with https://'],
    ['https', 'https://user:canary@pager.example.com', 'must not contain a user name or password'],
  ])('named %s accepts %j, or says what is wrong with it', (name, value, problem) => {
    const found = subscriberFields.find((field) => field.name === name)?.problem(value);
    expect(found).toEqual(problem === undefined ? undefined : expect.stringContaining(problem));
    expect(found ?? '').not.toContain('canary');
  });
});
