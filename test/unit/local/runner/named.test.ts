import { describe, expect, it } from 'vitest';
import { misnamed } from '../../../../local/runner/named.ts';
import { messageOf } from '../../../support/traces.ts';

const named = { code: 'internal-error', domain: 'okta' } as const;

describe('what a message must say', () => {
  it('is the finding, the org and whose fault it is, in the subject and in the body', () => {
    expect(misnamed(messageOf(), named, 'acme')).toEqual([]);
    expect(misnamed(messageOf({ subject: 'PAGE globex: it broke' }), named, 'acme')).toEqual([
      'the subject "PAGE globex: it broke" does not name internal-error',
      'the subject "PAGE globex: it broke" does not name acme',
      `the subject "PAGE globex: it broke" does not say whose fault it is: Okta problem`,
    ]);
    expect(misnamed(messageOf({ body: 'Finding  internal-error' }), named, 'acme')).toEqual([
      'the body does not name acme',
      `the body does not say whose fault it is: Okta problem`,
    ]);
  });

  it('leads with no other finding, though it may name others further down', () => {
    const besides = messageOf({ body: `${messageOf().body}\nALSO\n  gateway-error at keys@org` });
    expect(misnamed(besides, named, 'acme')).toEqual([]);
    const astray = messageOf({ body: messageOf().body.replaceAll('internal-error', 'gateway-error') });
    expect(misnamed(astray, named, 'acme')).toEqual([
      'the message leads with gateway-error, and not with internal-error',
      'the body does not name internal-error',
    ]);
    const both = messageOf({ subject: `${messageOf().subject} - gateway-error` });
    expect(misnamed(both, named, 'acme')).toEqual(['the subject names gateway-error too']);
  });

  it('does not take a longer name for the name', () => {
    const other = messageOf({ subject: 'PAGE acme-test: internal-error - Okta problem' });
    expect(misnamed(other, named, 'acme')).toEqual([`the subject "${other.subject}" does not name acme`]);
  });

  it('includes what a row asks for besides, and fits into a subject of SNS', () => {
    const asked = { ...named, says: ['Okta has announced an incident'] };
    expect(misnamed(messageOf(), asked, 'acme')).toEqual(['the message does not say "Okta has announced an incident"']);
    const long = messageOf({ subject: messageOf().subject.padEnd(100, '.') });
    expect(misnamed(long, named, 'acme')).toEqual(['the subject has 100 characters, and SNS takes 99']);
  });
});
