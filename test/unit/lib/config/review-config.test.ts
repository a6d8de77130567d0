import { describe, expect, it } from 'vitest';
import { health } from '../../../../functions/probes/index.ts';
import { readConfig } from '../../../../lib/config/load-config.ts';
import { type ReviewOptions, reviewConfig } from '../../../../lib/config/review-config.ts';
import type { ConfigInput } from '../../../../lib/config/schema.ts';
import { configSchema } from '../../../../lib/config/schema.ts';
import { minimalOrg } from '../../../support/build-config.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const runbook = 'https://git.acme.test/runbook.md';
const people = { pages: [{ email: 'on-call@acme.test' }], tickets: [{ email: 'team@acme.test' }], runbook };

function review(
  alerts: ConfigInput['alerts'],
  { now = noon, toExistingTopics = [], ...more }: Partial<ConfigInput & ReviewOptions> = {},
) {
  const config = configSchema.parse({ alerts: { runbook, ...alerts }, orgs: [minimalOrg], ...more });
  const { notes, ...reviewed } = reviewConfig(config, { now, toExistingTopics });
  return { ...reviewed, notes: notes.map(({ text }) => text) };
}

describe('a configuration', () => {
  it('is deployed as it is, without a note, if nothing in it is odd', () => {
    const config = configSchema.parse({ alerts: people, orgs: [minimalOrg] });
    expect(reviewConfig(config, { now: noon })).toEqual({ config, notes: [] });
  });

  it('without a receiver for a severity gets a note that names the topic', () => {
    expect(review({ tickets: people.tickets }, { deployment: 'staging' }).notes).toEqual([
      'No one receives pages: add a receiver to alerts.pages, such as { "email": "on-call@example.com" }, or subscribe to the topic staging-pages in another way.',
    ]);
  });

  it('that is the shipped example gets a note, and one with its orgs or its addresses alone does not', () => {
    const { notes } = reviewConfig(readConfig('lib/config/example.jsonc'), { now: noon });
    expect(notes.map(({ id }) => id)).toEqual(['example', 'no-runbook']);
    expect(notes[0]?.text).toMatch(/^This is the shipped example: acme\.okta\.com /);
    const acme = { name: 'acme', domain: 'acme.okta.com' };
    expect(review(people, { orgs: [acme] }).notes).toEqual([]);
    const reserved = { ...people, pages: [{ email: 'on-call@example.com' }] };
    expect(review(reserved, { orgs: [{ ...acme, domain: 'login.acme.test' }] }).notes).toEqual([]);
  });

  it('that names a receiver twice in a list subscribes it once, and gets a note', () => {
    const [first] = people.pages;
    const pages = [...people.pages, { email: 'On-Call@acme.test' }, { https: 'https://a.test/x' }];
    const { config, notes } = review({ ...people, pages });
    expect(config.alerts.pages).toMatchObject([first ?? {}, { https: 'https://a.test/x' }]);
    expect(notes).toEqual(['alerts.pages has On-Call@acme.test more than once: it gets each message once.']);
  });

  it('without an e-mail address in a list gets a note, because only e-mail shows the original of an alarm', () => {
    const pages = [{ kind: 'chat' as const }, { kind: 'json' as const, https: 'https://a.test/x' }];
    expect(review({ ...people, pages }).notes).toEqual([
      expect.stringMatching(/^alerts\.pages has no e-mail address\. /),
    ]);
    expect(review({ ...people, pages: [...pages, ...people.pages] }).notes).toEqual([]);
  });

  it('without the URL of the runbook gets a note', () => {
    expect(review({ ...people, runbook: undefined }).notes).toEqual([
      'Messages will not link to the runbook: set alerts.runbook to the URL of your copy of docs/runbook.md.',
    ]);
  });

  it('gets no note about the receivers of a route whose messages go to an existing topic', () => {
    expect(review({ tickets: people.tickets }, { toExistingTopics: ['page'] }).notes).toEqual([]);
    const pages = [{ kind: 'chat' as const }];
    expect(review({ ...people, pages }, { toExistingTopics: ['page'] }).notes).toEqual([]);
    expect(review({}, { toExistingTopics: ['page'] }).notes).toEqual([
      expect.stringMatching(/^No one receives tickets:/),
    ]);
  });

  it('may name a receiver in both lists', () => {
    expect(review({ pages: people.pages, tickets: people.pages }).notes).toEqual([]);
  });

  it('leaves out a one-time window once it is over in its time zone, and not before', () => {
    const nightly = { name: 'nightly', schedule: 'cron(0 2 * * *)', durationMinutes: 60, timeZone: 'UTC' };
    const once = { ...nightly, name: 'once', schedule: 'at(2026-11-21T12:00)', timeZone: 'Asia/Tokyo' };
    const tokyo = (time: string) => Date.parse(`2026-11-21T${time}:00+09:00`);
    const at = (time: string) => review({ ...people, maintenance: [nightly, once] }, { now: tokyo(time) });
    expect(at('12:59')).toMatchObject({ config: { alerts: { maintenance: [nightly, once] } }, notes: [] });
    expect(at('13:00')).toMatchObject({
      config: { alerts: { maintenance: [nightly] } },
      notes: ['The maintenance window once is over and mutes nothing: remove it.'],
    });
  });
});

describe('an org with receivers of its own', () => {
  const [email] = people.pages;
  const [other] = people.tickets;
  const reviewOwn = (alerts: NonNullable<ConfigInput['orgs'][number]['alerts']>) =>
    review(people, { orgs: [minimalOrg, { ...minimalOrg, name: 'globex', alerts }], toExistingTopics: ['page'] });

  it('gets no note if nothing is odd about them', () => {
    const { config, notes } = reviewOwn({ pages: people.pages, tickets: people.tickets });
    expect(notes).toEqual([]);
    expect(config.orgs[1]?.alerts).toMatchObject({ pages: people.pages, tickets: people.tickets });
  });

  it('gets a note about a list without a receiver, with the topic of the org, whatever topics the deployment has', () => {
    expect(reviewOwn({ tickets: people.tickets }).notes).toEqual([
      'No one receives pages about globex: add a receiver to orgs[1].alerts.pages, such as { "email": "on-call@example.com" }, or subscribe to the topic okta-synthetics_globex_pages in another way.',
    ]);
  });

  it('gets a note about an address that stands twice, which is subscribed once', () => {
    const { config, notes } = reviewOwn({
      pages: people.pages,
      tickets: [{ email: 'TEAM@acme.test' }, ...people.tickets],
    });
    expect(notes).toEqual(['orgs[1].alerts.tickets has team@acme.test more than once: it gets each message once.']);
    expect(config.orgs[1]?.alerts?.tickets).toMatchObject([{ email: 'TEAM@acme.test' }]);
    expect(config.orgs[0]).not.toHaveProperty('alerts');
  });

  it('gets no note while it is disabled', () => {
    const globex = { ...minimalOrg, name: 'globex', alerts: {}, enabled: false };
    expect(review(people, { orgs: [minimalOrg, globex] }).notes).toEqual([]);
  });

  it('gets a note about a list without an e-mail address', () => {
    const { notes } = reviewOwn({ pages: [{ kind: 'chat' }], tickets: [email, other].flatMap((each) => each ?? []) });
    expect(notes).toEqual([expect.stringMatching(/^orgs\[1\]\.alerts\.pages has no e-mail address\. /)]);
  });
});

it('what the health checks have no scope for is said, with the scopes', () => {
  const org = (...scopes: string[]) => ({
    ...minimalOrg,
    ...{ api: { client: { clientId: '0oaApi', secret: 'acme/api', scopes } }, health: {} },
  });
  const all = health.flatMap(({ apiScopes }) => apiScopes?.anyOf ?? []);
  expect(review(people, { orgs: [org(...all)] }).notes).toEqual([]);
  expect(review(people, { orgs: [org(...all.filter((scope) => !/agentPools|logStreams/.test(scope)))] }).notes).toEqual(
    [
      'Health checks of acme without all of agents, hooks: to have them, grant the application of orgs[0].api okta.agentPools.read, okta.logStreams.read, and add these to its scopes.',
    ],
  );
  expect(review(people, { orgs: [{ ...org('okta.users.read'), enabled: false }] }).notes).toEqual([]);
});
