import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { FindingDefinition } from '../../../functions/findings/definition.ts';
import { type FindingCode, findings } from '../../../functions/findings/finding.ts';
import type { Finding } from '../../../functions/model/finding.ts';
import type { Org } from '../../../functions/model/org.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import type { RunMemory } from '../../../functions/model/probe.ts';
import { budgetOf } from '../../../functions/probes/budget.ts';
import { health, limits } from '../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../functions/probes/plan.ts';
import type { RunReport } from '../../../functions/run/run.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import type { Effect } from '../../../packages/okta-emulator/src/index.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { fullOrg, healthOrg, healthScopes } from '../../support/full-org.ts';
import { outcomeLines, outcomeOf, type RunProbesOptions, runProbes } from '../../support/run-probes.ts';
import { expectSound } from '../../support/sound-report.ts';

/** By how much the clock of the org is ahead. */
let aheadMs = 0;
const { okta } = await openOkta({ now: () => Date.now() + aheadMs });

const restores: (() => unknown)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0).toReversed()) restore();
  aheadMs = 0;
});

const all = healthOrg({ applications: ['0oaPayrollPayroll'], clients: ['0oaWebApplication'], readSecrets: true });

async function check(org: Org = all, options: Omit<RunProbesOptions, 'org'> = {}): Promise<RunReport> {
  okta.clearRequests();
  okta.resetRateLimits();
  const report = await runProbes(okta, health, { org, ...options });
  expect(report.monitorErrors).toEqual([]);
  expectToldAsDefined(report);
  return report;
}

/** Notices are defined as such, because their end is not announced. */
function expectToldAsDefined(report: RunReport): void {
  for (const { code, once } of found(report)) {
    const { isToldOnce }: FindingDefinition = findings[code as FindingCode];
    // The journey reports it in each run, because its service provider refuses each response.
    if (code !== 'saml-certificate-expired') expect(once !== undefined, code).toBe(isToldOnce === true);
  }
}

const found = (report: RunReport): readonly Finding[] => report.outcomes.flatMap(findingsOf);
const inShort = (report: RunReport) =>
  found(report).map(({ code, domain, severity }) => `${code} ${domain}/${severity}`);
const notesOf = (report: RunReport, probe: string, server?: string) => {
  const outcome = outcomeOf(report, probe, server);
  return outcome.status === 'passed' ? outcome.notes : [];
};

describe('a healthy org', () => {
  it('has no finding, whatever can be read', async () => {
    const report = await check();
    expect(outcomeLines(report).filter((line) => !line.endsWith(': passed'))).toEqual([]);
    expect(found(report)).toEqual([]);
    const readers = health.filter(({ requires }) => !requires?.includes('workflow'));
    expect(report.outcomes.map(({ probe }) => probe)).toEqual(readers.map(({ id }) => id));
  });

  it('is asked no more than is declared, by rate-limit bucket, and one access token does for all probes', async () => {
    const { plan } = await check();
    const { byBucket, unlimited } = budgetOf(plan);
    for (const [bucket, requests] of Object.entries(Object.groupBy(okta.requests, (each) => each.bucket ?? 'none')))
      expect([bucket, (requests?.length ?? 0) <= (bucket === 'none' ? unlimited : (byBucket[bucket] ?? 0))]).toEqual([
        bucket,
        true,
      ]);
    expect(okta.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1);
  });

  it('is read with an API token too, and with a bound token', async () => {
    const withToken: Org = { ...all, api: { kind: 'token', secret: 'acme/api' } };
    expect(found(await check(withToken))).toEqual([]);
    if (all.api?.kind !== 'client') throw new Error('the org has no API client');
    expect(found(await check({ ...all, api: { ...all.api, dpop: true } }))).toEqual([]);
  });
});

/** Expects that a change leads to one finding, which shows what was expected, and that it is gone with the change. */
async function expectFound(alter: () => () => unknown, expected: string): Promise<void> {
  restores.push(alter());
  const report = await check();
  expect(inShort(report)).toEqual([expected]);
  expect(found(report)[0]?.comparisons?.length).toBeGreaterThan(0);
  for (const restore of restores.splice(0)) restore();
  expect(inShort(await check())).toEqual([]);
}

const unrenewed = { certificateSourceType: 'OKTA_MANAGED', certificateDays: 19 };
const unverified = { validationStatus: 'FAILED_TO_VERIFY' };
const inactive: Effect = {
  transform: (answer) => ({ ...answer, body: String(answer.body).replaceAll('"ACTIVE"', '"INACTIVE"') }),
};

describe('an imminent failure', () => {
  const steps = [
    [200, undefined],
    [31, undefined],
    [30, 'ticket#30'],
    [15, 'ticket#30'],
    [14, 'ticket#14'],
    [7, 'page#7'],
    [1, 'page#1'],
    [0, 'page#1'],
    [-3, 'page#0'],
  ] as const;

  it.each(steps)('a SAML certificate with %d days left has reached the step %s', async (days, step) => {
    restores.push(okta.alterSamlApp('payroll', { certificateDays: days + 0.5 }));
    const findings = found(await check());
    expect(findings.map(({ severity, once }) => `${severity}#${once?.map((key) => key.split('#')[1])}`)).toEqual(
      step ? [step] : [],
    );
    if (!step) return;
    const [finding] = findings;
    expect(finding?.domain).toBe('configuration');
    expect(finding?.code).toBe(days < 0 ? 'saml-certificate-expired' : 'saml-certificate-expires');
    expect(finding?.once).toEqual([expect.stringMatching(new RegExp(`^${okta.samlApps.payroll.id}/[\\w-]+#`))]);
    expect(finding?.comparisons).toMatchObject([{ name: 'SAML certificate of Payroll', found: expect.any(String) }]);
  });

  it('a certificate of all applications is found, and a replaced one is not', async () => {
    restores.push(okta.alterSamlApp('wiki', { certificateDays: 10 }));
    const report = await check(healthOrg({ allApplications: true }));
    expect(inShort(report)).toEqual(['saml-certificate-expires configuration/ticket']);
    expect(found(report)[0]?.detail).toMatch(/^SAML certificate of Wiki: (9|10) days left, \d{4}-\d\d-\d\d$/);
  });

  it('without any right to read applications, the public metadata is', async () => {
    const { payroll } = okta.samlApps;
    restores.push(okta.alterSamlApp('payroll', { certificateDays: 5 }));
    const samlApps = [{ ...payroll, name: 'payroll' }];
    const adjust = (org: Org): Org => ({ ...org, samlApps });
    const org = healthOrg({}, ['okta.users.read']);
    expect(inShort(await check({ ...org, samlApps }, { adjust }))).toEqual([
      'saml-certificate-expires configuration/page',
    ]);
    restores.push(okta.intercept({ path: new URL(payroll.metadataUrl).pathname }, { status: 404 }));
    expect(inShort(await check({ ...org, samlApps }, { adjust }))).toEqual([
      'saml-metadata-missing configuration/ticket',
    ]);
  });

  it.each([
    [
      'identityProviders',
      'Partner',
      { certificateDays: 6 },
      'identity-provider-certificate-expires configuration/ticket',
    ],
    [
      'identityProviders',
      'Partner',
      { certificateDays: -2 },
      'identity-provider-certificate-expired configuration/ticket',
    ],
    ['domains', 'login.example.com', { certificateDays: -2 }, 'domain-certificate-expired credentials/page'],
    ['domains', 'login.example.com', { certificateDays: 29 }, 'domain-certificate-expires credentials/ticket'],
    ['domains', 'login.example.com', unrenewed, 'domain-certificate-not-renewed credentials/ticket'],
    ['domains', 'login.example.com', unverified, 'domain-not-verified configuration/ticket'],
    ['clientSecrets', 'web', { active: [400] }, 'client-credential-old credentials/ticket'],
    ['clientSecrets', 'web', { active: [300, 40] }, 'client-rotation-unfinished credentials/ticket'],
    ['apiTokens', 'pipeline', { unusedDays: 25 }, 'api-token-expires credentials/ticket'],
    ['apiTokens', 'pipeline', { userId: '00u8alan9turing0user' }, 'api-token-owner-inactive credentials/ticket'],
    ['agents', 'ad-west', { operationalStatus: 'INACTIVE', silentMinutes: 42 }, 'agent-down configuration/ticket'],
    ['agents', 'radius-1', { operationalStatus: 'DISRUPTED' }, 'agent-pool-down configuration/page'],
    ['eventHooks', 'provisioning', { verificationStatus: 'UNVERIFIED' }, 'event-hook-unverified configuration/ticket'],
    ['eventHooks', 'provisioning', { status: 'INACTIVE' }, 'hook-inactive configuration/ticket'],
    ['inlineHooks', 'claims', { status: 'INACTIVE' }, 'hook-inactive configuration/ticket'],
    ['logStreams', 'siem', { status: 'INACTIVE' }, 'log-stream-inactive configuration/ticket'],
    ['servers', 'default', { rotatesInDays: -3 }, 'key-rotation-overdue okta/ticket'],
    ['servers', 'default', { rotationMode: 'MANUAL', rotatedDaysAgo: 400 }, 'signing-key-old configuration/ticket'],
  ] as const)('of the %s, %s with %j is found, and nothing else is', (kind, name, change, expected) =>
    expectFound(() => okta.alterHealth(kind, name as never, change as never), expected),
  );

  it.each([
    [
      'a key that signs and is not published',
      () => okta.hideKey('default', 'active'),
      'active-key-unpublished configuration/page',
    ],
    ['a next key that is not published', () => okta.hideKey('default', 'next'), 'next-key-unpublished okta/ticket'],
    [
      'an application whose keys are all inactive',
      () => okta.intercept({ path: /credentials\/jwks$/ }, inactive),
      'client-keys-inactive credentials/page',
    ],
  ])('%s is found, and nothing else is', (_, alter, expected) => expectFound(alter, expected));

  it('a key that signs and is not published is a note where new tokens are verified, which pages first', async () => {
    restores.push(okta.hideKey('default', 'active'));
    const verified = all.servers.map((server) => ({ ...server, areTokensVerified: true as const }));
    const report = await check({ ...all, servers: verified });
    expect(found(report)).toEqual([]);
    expect(notesOf(report, 'signing-keys', 'default').join()).toContain('the active key is not published');
  });

  it('two agents of two are a page that names the directory, the hosts and when they were last heard of', async () => {
    restores.push(okta.alterHealth('agents', 'ad-west', { operationalStatus: 'INACTIVE', silentMinutes: 42 }));
    restores.push(okta.alterHealth('agents', 'ad-east', { operationalStatus: 'DISRUPTED', silentMinutes: 3 }));
    const [finding, ...others] = found(await check());
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ code: 'agent-pool-down', domain: 'configuration', severity: 'page' },
      detail: 'users of directory corp.example.com sign in only with a password that Okta saw within five days',
    });
    expect(finding?.comparisons?.[0]?.found).toBe(
      '0; not: ad-east is DISRUPTED, last heard of 3 minutes ago, ad-west is INACTIVE, last heard of 42 minutes ago',
    );
  });

  it('an agent that is outdated, and a pool of one agent, are notes', async () => {
    restores.push(okta.alterHealth('agents', 'ad-west', { isLatest: false }));
    const report = await check();
    expect(inShort(report)).toEqual([]);
    expect(notesOf(report, 'agents')).toEqual(['outdated: ad-west (3.16.0)', 'one agent and none in reserve: VPN']);
  });

  it('of the domain that the monitor uses, the served certificate counts, and not the one that Okta holds', async () => {
    restores.push(okta.alterHealth('domains', 'localhost', { certificateDays: 3 }));
    const report = await check();
    expect(inShort(report)).toEqual([]);
    expect(notesOf(report, 'domains')).toEqual([expect.stringMatching(/^localhost serves another certificate/)]);
  });

  it('an application that Okta does not have is found', async () => {
    const adjust = (org: Org): Org => ({ ...org, health: { ...healthOf(org), applications: ['0oaDeleted000'] } });
    expect(inShort(await check(all, { adjust }))).toEqual(['application-not-found configuration/ticket']);
  });

  it('an accepted deviation is ignored', async () => {
    restores.push(okta.alterHealth('logStreams', 'siem', { status: 'INACTIVE' }));
    const [finding] = found(await check());
    const id = /\((\w+)\)$/.exec(finding?.detail ?? '')?.[1] ?? '';
    const adjust = (org: Org): Org => ({ ...org, health: { ...healthOf(org), ignored: [id] } });
    expect(inShort(await check(all, { adjust }))).toEqual([]);
  });
});

function healthOf({ health }: Org) {
  if (!health) throw new Error('the org has no health settings');
  return health;
}

describe('rights that the monitor does not have', () => {
  const probeIds = (org: Org) => enabledProbes(planProbes(org, health)).map(({ probe }) => probe.id);

  it('a probe without any of its scopes is off, and says which', () => {
    expect(probeIds(healthOrg({}, ['okta.users.read']))).toEqual(['api-access']);
    expect(probeIds(healthOrg({}, ['okta.agentPools.read', 'okta.logStreams.read']))).toEqual([
      ...['api-access', 'agents', 'hooks'],
    ]);
    const plan = planProbes(healthOrg({}, ['okta.users.read']), health);
    expect(plan.find(({ probe }) => probe.id === 'agents')?.howToEnable).toBe(
      'grant the application of "api" "okta.agentPools.read", and add it to "api.client.scopes" on org "acme"',
    );
  });

  it('a scope that is missing for a part of a probe is a note, and nothing is requested for it', async () => {
    const report = await check(healthOrg({}, ['okta.logStreams.read']));
    expect(inShort(report)).toEqual([]);
    expect(notesOf(report, 'hooks')).toEqual([
      'not checked: event hooks, for want of the scope for okta.eventHooks.read',
      'not checked: inline hooks, for want of the scope for okta.inlineHooks.read',
    ]);
    expect(okta.requests.map(({ path }) => path)).toEqual([
      ...['/.well-known/okta-organization', '/oauth2/v1/token', '/api/v1/logStreams'],
    ]);
    expect(budgetOf(report.plan).byBucket).toEqual({ '/oauth2/v1/token': 1, '/api/v1': 1 });
  });

  it('an admin role that is missing is a note', async () => {
    restores.push(okta.restrictRoles(healthScopes));
    for (const org of [all, { ...all, api: { kind: 'token', secret: 'acme/api' } } as const]) {
      const report = await check(org);
      expect(inShort(report)).toEqual([]);
      expect(notesOf(report, 'agents')).toEqual([
        'not checked: agents, for want of the admin role for okta.agentPools.read',
      ]);
    }
  });

  it('either is a ticket where the configuration requires the probe', async () => {
    const org = healthOrg({ required: ['agents', 'hooks'] }, ['okta.agentPools.read', 'okta.logStreams.read']);
    restores.push(okta.restrictRoles(['okta.agentPools.read']));
    const report = await check(org);
    expect(inShort(report)).toEqual([
      'admin-role-missing configuration/ticket',
      'api-scope-missing configuration/ticket',
    ]);
    expect(found(report).map(({ comparisons }) => comparisons?.[0]?.expected)).toEqual([
      'one with the rights of okta.agentPools.read',
      'okta.eventHooks.read',
    ]);
  });

  it('a feature that the org does not have is a note', async () => {
    restores.push(
      okta.intercept(
        { path: '/api/v1/logStreams' },
        {
          transform: (answer) => ({
            ...answer,
            status: 401,
            body: JSON.stringify({ errorCode: 'E0000015', errorId: 'oae1' }),
          }),
        },
      ),
    );
    const report = await check();
    expect(inShort(report)).toEqual([]);
    expect(notesOf(report, 'hooks')).toEqual(['not checked: log streams, which this org does not have']);
  });
});

describe('an org that does not answer', () => {
  it('without access, one probe says why, and the others are skipped', async () => {
    restores.push(okta.intercept({ path: '/oauth2/v1/token' }, { status: 401, body: '{"error":"invalid_client"}' }));
    const lines = outcomeLines(await check());
    expect(lines[0]).toMatch(/^api-access: (?!passed|skipped)/);
    expect(lines.slice(1).every((line) => line.endsWith(': skipped'))).toBe(true);
  });

  it('a failing part of the API is no page', async () => {
    const envelope = { errorCode: 'E0000009', errorSummary: 'Internal Server Error', errorId: 'oae1' };
    restores.push(
      okta.intercept(
        { path: '/api/v1/agentPools' },
        { status: 500, body: JSON.stringify(envelope), headers: { 'content-type': 'application/json' } },
      ),
    );
    expect(inShort(await check())).toEqual(['internal-error okta/ticket']);
  });

  it('a list that answers 404 leaves a note', async () => {
    restores.push(okta.intercept({ path: '/api/v1/logStreams' }, { status: 404, headers: {}, body: '' }));
    const report = await check();
    expect(found(report)).toEqual([]);
    expect(notesOf(report, 'hooks')).toContain('not checked: log streams, which Okta does not have here (404)');
  });

  it.each([
    ['no list', '{}'],
    ['no JSON', 'nothing'],
    ['a list of nothing known', '[1, null, "x", {"id": 4}]'],
    ['null', 'null'],
  ])('%s where a list must be is a finding', async (_, body) => {
    restores.push(
      okta.intercept({ path: /^\/api\/v1\// }, { transform: (answer) => ({ ...answer, status: 200, body }) }),
    );
    const report = await check();
    expect(new Set(inShort(report))).toEqual(new Set(['health-unread okta/ticket']));
  });

  it('a page of something in between is not blamed on Okta', async () => {
    restores.push(
      okta.intercept({ path: '/api/v1/eventHooks' }, {
        status: 403,
        headers: { server: 'Zscaler', 'content-type': 'text/html' },
        body: '<html>Blocked</html>',
        sender: 'other',
      } as never),
    );
    const domains = found(await check()).map(({ domain }) => domain);
    expect(domains.length).toBe(1);
    expect(domains).not.toContain('okta');
  });

  it('a list whose pages do not end is read to a bound, and leads to no other host', async () => {
    let pages = 0;
    const next = (to: string) =>
      okta.intercept(
        { path: '/api/v1/idps' },
        {
          transform: (answer) => {
            pages += 1;
            return { ...answer, headers: { ...answer.headers, link: `<${to}?limit=200>; rel="next"` } };
          },
        },
      );
    const restore = next(`${okta.origin}/api/v1/idps`);
    expect(notesOf(await check(), 'certificates')).toContain('identity providers: only the first 4 are checked');
    expect(pages).toBe(2);
    restore();
    pages = 0;
    restores.push(next('https://elsewhere.example.com/api/v1/idps'));
    expect(inShort(await check())).toEqual([]);
    expect(pages).toBe(1);
  });
});

it('a run reports one valid outcome per probe, whatever the management API answers', async () => {
  const names =
    'id kid status name label agents operationalStatus lastConnection credentials signing signOnMode protocol trust domains domain publicCertificate expiration jwks keys created expiresAt userId network'.split(
      ' ',
    );
  const { anything } = fc.letrec((tie) => ({
    anything: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...names), tie('anything')),
      fc.array(tie('anything')),
    ),
  }));
  const statuses = fc.constantFrom(200, 200, 200, 204, 302, 400, 401, 403, 404, 429, 500, 503);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(statuses, anything), { minLength: 1, maxLength: 12 }), async (answers) => {
      let turn = 0;
      const restore = okta.intercept(
        { path: /^\/api\/v1\// },
        {
          transform: (answer) => {
            const [status, body] = answers[turn % answers.length] ?? [200, null];
            turn += 1;
            return { ...answer, status, body: status === 204 ? '' : JSON.stringify(body) };
          },
        },
      );
      try {
        expectSound(await check());
      } finally {
        restore();
      }
    }),
    { numRuns: 40 },
  );
});

it('a secret that Okta answers with is nowhere in a report', async () => {
  restores.push(okta.alterHealth('clientSecrets', 'web', { active: [400, 390] }));
  const report = await check();
  expect(okta.requests.some(({ path }) => path.endsWith('/credentials/secrets'))).toBe(true);
  for (const secret of [okta.clients.web.clientSecret, okta.clients.service.privateJwk.d ?? 'd', okta.apiToken])
    expect(JSON.stringify(report)).not.toContain(secret);
});

it('a name that may be the address of a person is not shown', async () => {
  restores.push(
    okta.intercept(
      { path: '/api/v1/api-tokens' },
      { transform: (answer) => ({ ...answer, body: String(answer.body).replace('"pipeline"', '"jane@example.com"') }) },
    ),
    okta.alterHealth('apiTokens', 'pipeline', { unusedDays: 25 }),
  );
  const report = await check();
  expect(inShort(report)).toEqual(['api-token-expires credentials/ticket']);
  expect(JSON.stringify(report)).not.toContain('jane');
});

it('an org without "health" is asked nothing of it', async () => {
  const report = await check(fullOrg);
  expect(report.outcomes).toEqual([]);
  expect(okta.requests).toEqual([]);
  expect(enabledProbes(planProbes(fullOrg, limits)).length).toBeGreaterThan(0);
});

describe('the memory from run to run', () => {
  const memoryOf = (): RunMemory => openMemory(undefined, Date.now)('acme');
  const minuteMs = 60_000;

  it('a key that signed within the last hour and is not published any more is a page', async () => {
    const memory = memoryOf();
    const vanishing = memory.of('signing-keys@default');
    expect(inShort(await check(all, { memory }))).toEqual([]);
    // The keys that sign are known by now, and are still there.
    expect(inShort(await check(all, { memory }))).toEqual([]);
    await vanishing.write({ signedAt: { gone: Date.now() - 59 * minuteMs } });
    const [finding] = found(await check(all, { memory }));
    expect(finding).toMatchObject({ code: 'signing-key-vanished', domain: 'configuration', severity: 'page' });
    expect(finding?.comparisons?.[0]).toMatchObject({ expected: 'gone' });
    // Nothing is left that it signed.
    await vanishing.write({ signedAt: { gone: Date.now() - 61 * minuteMs } });
    expect(inShort(await check(all, { memory }))).toEqual([]);
  });

  it('is nothing if somebody wrote something else there', async () => {
    const memory = memoryOf();
    for (const body of [{ signedAt: 'yesterday' }, { signedAt: { gone: 'soon' } }, { at: 7 }]) {
      await memory.of('signing-keys@default').write(body);
      expect(inShort(await check(all, { memory }))).toEqual([]);
    }
  });

  it('an expiry is told 30, 14, 7 days and 1 day before and when it is over, each once', async () => {
    const keys = new Map<string, string>();
    const memory: RunMemory = { ...memoryOf(), told: async () => keys };
    const told: string[] = [];
    restores.push(okta.alterHealth('domains', 'login.example.com', { certificateDays: 40.5 }));
    // A token of the API is good on any day.
    const org: Org = { ...all, api: { kind: 'token', secret: 'acme/api' } };
    for (let daysLeft = 40; daysLeft >= -3; daysLeft -= 1) {
      aheadMs = (40 - daysLeft) * 24 * 60 * minuteMs;
      const now = () => Date.now() + aheadMs;
      for (const { severity, once = [], detail } of found(await check(org, { memory, now }))) {
        // As whoever sends the message notes it.
        for (const key of once) keys.set(key, new Date().toISOString());
        if (detail?.includes('login.example.com')) told.push(`${daysLeft}: ${severity}`);
      }
    }
    expect(told).toEqual(['30: ticket', '14: ticket', '7: page', '1: page', '-1: page']);
  });

  it('the days that are left are counted by the clock of Okta where the clock of the monitor is wrong', async () => {
    const wrong = { now: () => Date.now() + 60 * 24 * 60 * minuteMs };
    restores.push(okta.alterHealth('domains', 'login.example.com', { certificateDays: 40.5 }));
    restores.push(okta.alterSamlApp('payroll', { certificateDays: 40.5 }));
    expect(inShort(await check(all, wrong))).toEqual(inShort(await check()));
  });

  const noting = (): RunMemory & { readonly note: (report: RunReport) => void } => {
    const keys = new Map<string, string>();
    return {
      ...memoryOf(),
      told: async () => keys,
      forget: async (mended) => {
        for (const key of mended) keys.delete(key);
      },
      // As the notifier does when it sends the message.
      note(report) {
        for (const { once = [] } of found(report)) for (const key of once) keys.set(key, new Date().toISOString());
      },
    };
  };

  it.each([
    [
      'an application that is missing',
      () =>
        okta.intercept(
          { path: `/api/v1/apps/${okta.clients.web.clientId}` },
          { transform: (answer) => ({ ...answer, status: 404, body: JSON.stringify({ errorCode: 'E0000007' }) }) },
        ),
    ],
    ['a rotation that nobody finished', () => okta.alterHealth('clientSecrets', 'web', { active: [300, 40] })],
    [
      'an owner of an API token who is suspended',
      () => okta.alterHealth('apiTokens', 'pipeline', { userId: '00u8alan9turing0user' }),
    ],
  ])('%s is told once, and again if it was mended meanwhile', async (_, inject) => {
    const memory = noting();
    const tell = async () => {
      const report = await check(all, { memory });
      memory.note(report);
      return found(report).length;
    };
    const restore = inject();
    expect([await tell(), await tell()]).toEqual([1, 0]);
    restore();
    expect(await tell()).toBe(0);
    restores.push(inject());
    expect([await tell(), await tell()]).toEqual([1, 0]);
  });

  it('the seven days that are left of an API token are told again after it was used', async () => {
    const memory = noting();
    const tell = async (unusedDays: number) => {
      const restore = okta.alterHealth('apiTokens', 'pipeline', { unusedDays });
      const report = await check(all, { memory });
      memory.note(report);
      restore();
      return found(report).length;
    };
    // The emulator counts from now, so another day stands for another use.
    expect([await tell(23.5), await tell(23.5), await tell(0), await tell(24.5)]).toEqual([1, 0, 0, 1]);
  });
});
