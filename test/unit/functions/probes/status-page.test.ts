import { describe, expect, it } from 'vitest';
import type { StatusPage } from '../../../../functions/model/org.ts';
import type { ProbeContext } from '../../../../functions/model/probe.ts';
import { statusPage } from '../../../../functions/probes/status-page.ts';
import { openMemory } from '../../../../functions/state/memory.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

/** A record in the page's shape: posted 80 minutes after the start. */
function record(name: string, more: object = {}): object {
  return {
    Id: `a9C4z000000${name}`,
    Name: name,
    Status__c: 'Investigating',
    Category__c: 'Service Disruption',
    Incident_Title__c: 'Flows do not start',
    Impacted_Cells__c: 'okta.com:7;okta.com:8',
    Impacted_Audience__c: 'Admin;End user',
    Okta_Sub_Service__c: 'Workflows',
    Service_Feature__c: 'Flow execution',
    Start_Time__c: '2026-11-21T10:00:00.000+0000',
    CreatedDate: '2026-11-21T11:20:00.000+0000',
    ...more,
  };
}

interface RunOptions {
  readonly tell?: NonNullable<StatusPage['tell']>;
  readonly metadata?: object;
  readonly domain?: string;
}

/** An org whose runs share a memory. */
function openOrg() {
  const memory = openMemory(undefined, () => now)('acme');
  return async (records: readonly object[], { tell, metadata = { cell: 'ok7' }, domain }: RunOptions = {}) => {
    const page = `<span data-id="incidents">${JSON.stringify(records).replaceAll('"', '&quot;')}</span>`;
    const host = domain ?? 'login.acme.com';
    const { warnings = [], ...result } = await statusPage.run({
      org: { name: 'acme', domain: host, statusPage: { page: 'https://status.okta.com/', ...(tell && { tell }) } },
      ...{ server: { id: 'org' }, now: () => now, memory, canonicalName: async () => 'ok9-crtrs.tng.okta.com' },
      fetch: async (url: string) =>
        url.startsWith(`https://${host}`) ? Response.json(metadata) : new Response(page, { status: 200 }),
    } as unknown as ProbeContext);
    return { ...result, warnings };
  };
}

/** What is told of each run: the keys of its tickets. */
const told = ({ warnings }: Awaited<ReturnType<ReturnType<typeof openOrg>>>) =>
  warnings.filter(({ severity }) => severity === 'ticket').flatMap(({ once }) => once);

describe('an announced incident', () => {
  it('is a ticket with its part of the service, audience, times and age', async () => {
    const run = openOrg();
    await run([]);
    const { warnings } = await run([record('I-1')]);
    expect(warnings).toMatchObject([
      {
        ...{ code: 'announced-incident', severity: 'ticket', once: ['status-page/I-1'] },
        detail:
          'I-1, Service Disruption, Workflows / Flow execution, Flows do not start, on okta.com:7, okta.com:8, for Admin, End user, began 2026-11-21 10:00 UTC, 2 h ago, posted 1 h 20 min later',
      },
    ]);
  });

  it('keeps its key when Okta updates it, and another one has its own', async () => {
    const run = openOrg();
    await run([]);
    const update = record('I-1', { Status__c: 'Monitoring', Incident_Title__c: 'Flows start late' });
    expect(told(await run([update, record('I-2')]))).toEqual(['status-page/I-1', 'status-page/I-2']);
  });

  it('is no ticket if it was open in the first run, and is shown nevertheless', async () => {
    const run = openOrg();
    for (const { warnings, notes, readings } of [await run([record('I-1')]), await run([record('I-1')])]) {
      expect(warnings.map(({ severity }) => severity)).toEqual(['info']);
      expect(notes).toContainEqual(expect.stringContaining('on this cell: I-1'));
      expect(readings.IncidentLevel).toBe(2);
    }
    expect(told(await run([record('I-1'), record('I-2')]))).toEqual(['status-page/I-2']);
  });

  it.each<[string, object]>([
    ['is over', { Status__c: 'Resolved' }],
    ['is maintenance', { Category__c: 'Planned Maintenance' }],
    ['is on another cell', { Impacted_Cells__c: 'okta.com:3' }],
    ['has been open for a year', { Start_Time__c: '2025-11-20T10:00:00Z', CreatedDate: '2025-11-20T11:00:00Z' }],
  ])('is not reported if it %s', async (_, more) => {
    const run = openOrg();
    await run([]);
    expect((await run([record('I-1', more)])).warnings).toEqual([]);
  });

  it.each<[NonNullable<StatusPage['tell']>, number]>([
    ['all', 1],
    ['none', 0],
    [['workflows', 'Single Sign-On'], 1],
    [['Single Sign-On'], 0],
  ])('is a ticket as "tell" says: %j', async (tell, tickets) => {
    const run = openOrg();
    await run([]);
    const { warnings } = await run([record('I-1')], { tell });
    expect(warnings).toHaveLength(1);
    expect(told(await run([record('I-1')], { tell }))).toHaveLength(tickets);
  });

  it('is a ticket if it names no sub-service, whatever the list has', async () => {
    const run = openOrg();
    await run([]);
    const unnamed = record('I-1', { Okta_Sub_Service__c: undefined, Service_Feature__c: 'Third Party' });
    expect(told(await run([unnamed], { tell: ['Single Sign-On'] }))).toEqual(['status-page/I-1']);
  });

  it('has no ticket while nobody can tell whether it is news', async () => {
    const { warnings } = await statusPage.run({
      org: {
        name: 'acme',
        domain: 'acme.okta.com',
        cell: 'okta.com:7',
        statusPage: { page: 'https://status.okta.com/' },
      },
      ...{ server: { id: 'org' }, now: () => now },
      memory: { of: () => ({ read: async () => Promise.reject(new Error('throttled')), write: async () => {} }) },
      fetch: async () =>
        new Response(`<span data-id="incidents">${JSON.stringify([record('I-1')]).replaceAll('"', '&quot;')}</span>`),
    } as unknown as ProbeContext);
    expect(warnings?.map(({ severity }) => severity)).toEqual(['info']);
  });
});

describe("the org's cell", () => {
  const cellIn = ({ notes = [] }: Awaited<ReturnType<ReturnType<typeof openOrg>>>) => notes[0];

  it('comes from the metadata, also on a custom domain', async () => {
    expect(cellIn(await openOrg()([]))).toBe('cell: okta.com:7');
  });

  it("comes from DNS only where the metadata of an org on Okta's domain names none", async () => {
    const unnamed = { metadata: { id: '00o' } };
    expect(cellIn(await openOrg()([], { domain: 'acme.okta.com' }))).toBe('cell: okta.com:7');
    expect(cellIn(await openOrg()([], { domain: 'acme.okta.com', ...unnamed }))).toBe('cell: okta.com:9');
    expect(cellIn(await openOrg()([], unnamed))).toBe('cell: unknown');
  });

  it('is remembered while the org does not answer', async () => {
    const run = openOrg();
    await run([]);
    expect(cellIn(await run([], { metadata: {} }))).toBe('cell: okta.com:7');
  });
});
