import { describe, expect, it } from 'vitest';
import { loadReviewedConfig } from '../../../../lib/config/load-config.ts';
import { reviewConfig } from '../../../../lib/config/review-config.ts';
import type { ConfigInput } from '../../../../lib/config/schema.ts';
import { configSchema } from '../../../../lib/config/schema.ts';
import { minimalOrg } from '../../../support/build-config.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const people = { pages: [{ email: 'on-call@acme.test' }], tickets: [{ email: 'team@acme.test' }] };

const review = (alerts: ConfigInput['alerts'], now = noon, more: Partial<ConfigInput> = {}) =>
  reviewConfig(configSchema.parse({ alerts, orgs: [minimalOrg], ...more }), now);

describe('a configuration', () => {
  it('is deployed as it is, without a note, if nothing in it is odd', () => {
    const config = configSchema.parse({ alerts: people, orgs: [minimalOrg] });
    expect(reviewConfig(config, noon)).toEqual({ config, notes: [] });
  });

  it('without a receiver for a severity gets a note that names the topic', () => {
    expect(review({ tickets: people.tickets }, noon, { deployment: 'staging' }).notes).toEqual([
      'Nobody receives pages: add a receiver to alerts.pages, or subscribe to the topic staging-pages in another way.',
    ]);
  });

  it('that is the shipped example gets a note, and one with its orgs or its addresses alone does not', () => {
    const { notes } = loadReviewedConfig('lib/config/example.jsonc');
    expect(notes).toEqual([expect.stringMatching(/^This is the shipped example: acme\.okta\.com /)]);
    const acme = { name: 'acme', domain: 'acme.okta.com' };
    expect(review(people, noon, { orgs: [acme] }).notes).toEqual([]);
    const reserved = { ...people, pages: [{ email: 'on-call@example.com' }] };
    expect(review(reserved, noon, { orgs: [{ ...acme, domain: 'login.acme.test' }] }).notes).toEqual([]);
  });

  it('that names a receiver twice in a list subscribes it once, and gets a note', () => {
    const [first] = people.pages;
    const pages = [...people.pages, { email: 'On-Call@acme.test' }, { https: 'https://a.test/x' }];
    const { config, notes } = review({ ...people, pages });
    expect(config.alerts.pages).toMatchObject([first ?? {}, { https: 'https://a.test/x' }]);
    expect(notes).toEqual(['alerts.pages has On-Call@acme.test more than once: it gets each message once.']);
  });

  it('may name a receiver in both lists', () => {
    expect(review({ pages: people.pages, tickets: people.pages }).notes).toEqual([]);
  });

  it('leaves out a one-time window once it is over in its time zone, and not before', () => {
    const nightly = { name: 'nightly', schedule: 'cron(0 2 * * *)', durationMinutes: 60, timeZone: 'UTC' };
    const once = { ...nightly, name: 'once', schedule: 'at(2026-11-21T12:00)', timeZone: 'Asia/Tokyo' };
    const tokyo = (time: string) => Date.parse(`2026-11-21T${time}:00+09:00`);
    const at = (time: string) => review({ ...people, maintenance: [nightly, once] }, tokyo(time));
    expect(at('12:59')).toMatchObject({ config: { alerts: { maintenance: [nightly, once] } }, notes: [] });
    expect(at('13:00')).toMatchObject({
      config: { alerts: { maintenance: [nightly] } },
      notes: ['The maintenance window once is over and mutes nothing: remove it.'],
    });
  });
});
