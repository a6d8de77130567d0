import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Org } from '../../../functions/model/org.ts';
import { findingsOf, type Outcome } from '../../../functions/model/outcome.ts';
import { flows, limits } from '../../../functions/probes/index.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import {
  type Effect,
  emptyResponse,
  htmlResponse,
  type OktaEmulator,
  startOktaEmulator,
} from '../../../packages/okta-emulator/src/index.ts';
import { outcomeOf, runProbes } from '../../support/run-probes.ts';

const metadata = '/.well-known/okta-organization';
const [organization] = flows;
if (!organization) throw new Error('flows has no probe');

let okta: OktaEmulator;
let undo: (() => void)[] = [];

beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());
beforeEach(() => {
  for (const each of undo) each();
  undo = [];
});

const otherName = () => okta.domain.replace('localhost', '127.0.0.1');
/** What happens to the requests that name the org by this host. */
const atHost = (host: string, effect: Effect) => {
  const when = ({ raw }: { raw: { headers: { host?: string } } }) => raw.headers.host === host;
  undo.push(okta.intercept({ path: /^\/(?!status)/, when }, effect));
};
const everywhere = (effect: Effect) => undo.push(okta.intercept({ path: /^\/(?!status)/ }, effect));
const unmarked = (status: number): Effect => ({ ...emptyResponse(status), sender: 'other' });
/** The metadata names both hosts, as that of an org with a custom domain does. */
const nameBoth = () =>
  undo.push(
    okta.intercept(
      { path: metadata },
      {
        transform: (answer) => {
          const links = { organization: { href: okta.origin }, alternate: { href: `https://${otherName()}` } };
          return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), _links: links }) };
        },
      },
    ),
  );

const direct = (org: Org): Org => ({ ...org, egress: 'direct' });
const withSibling = (org: Org): Org => ({ ...direct(org), sibling: otherName() });
const runOrganization = async (adjust: (org: Org) => Org, memory = openMemory(undefined, Date.now)('acme')) =>
  outcomeOf(await runProbes(okta, [organization], { adjust, memory }), 'organization');
const found = (outcome: Outcome) =>
  findingsOf(outcome).map(({ code, domain, severity, suspect, reach }) => ({ code, domain, severity, suspect, reach }));

describe('the other name of an org', () => {
  it('is remembered from the metadata, so that a custom domain that fails alone is told apart', async () => {
    const memory = openMemory(undefined, Date.now)('acme');
    nameBoth();
    await runOrganization(direct, memory);
    atHost(okta.domain, { disconnect: 'close' });
    const [first, ...others] = found(await runOrganization(direct, memory));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ code: 'custom-domain-unreachable', domain: 'network', suspect: 'custom domain' });
    expect(first?.reach).toContain(`${otherName()} answers, only ${okta.domain} does not`);
  });

  it('is asked each minute, and its failure is a page although the org answers', async () => {
    const memory = openMemory(undefined, Date.now)('acme');
    expect(found(await runOrganization(withSibling, memory))).toEqual([]);
    expect(found(await runOrganization(withSibling, memory))).toEqual([]);
    atHost(otherName(), unmarked(503));
    const outcome = await runOrganization(withSibling, memory);
    expect(found(outcome)).toMatchObject([{ code: 'custom-domain-unreachable', severity: 'page' }]);
    expect(outcome.exchanges.at(-1)).toMatchObject({ url: `https://${otherName()}${metadata}`, status: 503 });
  });

  it('alerts about no name that has never answered', async () => {
    const memory = openMemory(undefined, Date.now)('acme');
    atHost(otherName(), { disconnect: 'close' });
    for (let run = 0; run < 3; run++) expect(found(await runOrganization(withSibling, memory))).toEqual([]);
  });

  it('shows nothing if another org answers there', async () => {
    const memory = openMemory(undefined, Date.now)('acme');
    await runOrganization(withSibling, memory);
    atHost(otherName(), {
      transform: (answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), id: '00oAnother' }) }),
    });
    atHost(okta.domain, { disconnect: 'close' });
    expect(found(await runOrganization(withSibling, memory))).toMatchObject([
      { code: 'connection-reset', domain: 'network', suspect: 'okta or custom domain' },
    ]);
  });

  it('shows nothing if it fails in another way', async () => {
    atHost(otherName(), unmarked(503));
    atHost(okta.domain, unmarked(403));
    expect(found(await runOrganization(withSibling))).toMatchObject([{ code: 'intercepted', domain: 'network' }]);
  });

  it('is asked by no other group while nothing fails', async () => {
    let asked = 0;
    atHost(otherName(), {
      transform: (answer) => {
        asked++;
        return answer;
      },
    });
    await runProbes(okta, limits, { adjust: withSibling });
    expect(asked).toBe(0);
    await runOrganization(withSibling);
    expect(asked).toBe(1);
  });
});

describe('the control', () => {
  it('is asked only when a connection fails', async () => {
    okta.clearRequests();
    await runOrganization(withSibling);
    everywhere(unmarked(502));
    await runOrganization(withSibling);
    expect(okta.requests.filter(({ path }) => path.startsWith('/status'))).toEqual([]);
    everywhere({ disconnect: 'close' });
    const [first] = found(await runOrganization(withSibling));
    expect(first).toMatchObject({ code: 'connection-reset', domain: 'okta', suspect: 'okta' });
    expect(first?.reach).toContain('our way to the Internet works');
    expect(okta.requests.some(({ path }) => path.startsWith('/status'))).toBe(true);
  });

  it('that is answered with an error shows neither that the way works nor that it does not', async () => {
    undo.push(okta.intercept({ path: /^\/status/ }, { ...htmlResponse(403, 'Blocked'), sender: 'other' }));
    everywhere({ disconnect: 'close' });
    const [first] = found(await runOrganization(withSibling));
    expect(first).toMatchObject({ code: 'connection-reset', domain: 'network', suspect: undefined });
    expect(first?.reach).toContain('answers with status 403');
  });

  it('that fails too makes it a fault of the monitor where no network of its owner is on the way', async () => {
    const toClosedPort = (org: Org): Org => ({ ...org, control: 'https://localhost:1/' });
    everywhere({ disconnect: 'close' });
    expect(found(await runOrganization((org) => toClosedPort(direct(org))))).toMatchObject([
      { code: 'connection-reset', domain: 'monitor', suspect: 'our way' },
    ]);
    expect(found(await runOrganization(toClosedPort))).toMatchObject([
      { code: 'connection-reset', domain: 'network', suspect: 'our way' },
    ]);
  });
});

describe('where a proxy or a network of the owner may be on the way', () => {
  const behindProxy = (org: Org): Org => ({ ...org, sibling: otherName() });

  it.each([
    ['a lost connection', { disconnect: 'close' } as Effect, 'connection-reset'],
    ['a 502 without a mark', unmarked(502), 'unidentified-answer'],
    ['a 403 without a mark', unmarked(403), 'intercepted'],
  ])('%s at both names is no fault of Okta', async (_, effect, code) => {
    everywhere(effect);
    expect(found(await runOrganization(behindProxy))).toMatchObject([{ code, domain: 'network', suspect: undefined }]);
  });
});

describe('a 403 without a mark at one endpoint', () => {
  it('is not said to be a refusal of everything while Okta answers the others', async () => {
    undo.push(okta.intercept({ path: '/oauth2/default/v1/keys' }, unmarked(403)));
    const report = await runProbes(okta, flows, { adjust: withSibling });
    expect(found(outcomeOf(report, 'keys', 'default'))).toMatchObject([{ code: 'intercepted', suspect: undefined }]);
  });
});
