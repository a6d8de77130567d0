import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LogEvent, type OktaEmulator, type PastHappening, startOktaEmulator } from '../src/index.ts';
import { createBrowser, signIn } from './support/browser.ts';
import { createOktaClient, type OktaClient } from './support/okta-client.ts';

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 1, 12);

let okta: OktaEmulator;
let client: OktaClient;
let nowMs = start;
const restores: (() => void)[] = [];
const during = (restore: () => void) => void restores.push(restore);

beforeAll(async () => {
  okta = await startOktaEmulator({ now: () => nowMs, rateLimits: { '/api/v1/logs': 10_000, '/api/v1/apps': 20 } });
  client = createOktaClient(okta);
});

/** Each test begins a day after the one before, and reads only its own events. */
let since = '';
beforeEach(() => {
  nowMs += 24 * hourMs;
  since = new Date(nowMs).toISOString();
});

afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

afterAll(async () => {
  await client.close();
  await okta.close();
});

async function get(pathOrUrl: string) {
  const response = await client.request(pathOrUrl, { headers: { authorization: `SSWS ${okta.apiToken}` } });
  const events = (await response.json()) as readonly LogEvent[];
  const links = response.headers.get('link') ?? '';
  const linkOf = (rel: string) => new RegExp(`<([^>]+)>; rel="${rel}"`).exec(links)?.[1];
  return { response, events, self: linkOf('self'), next: linkOf('next') };
}

const logs = (query: Readonly<Record<string, string>> = {}) => get(`/api/v1/logs?${new URLSearchParams(query)}`);
const types = (events: readonly LogEvent[]) => events.map(({ eventType }) => eventType);
const at = (ms: number) => new Date(ms).toISOString();

const actor = { id: '0oa1batch2job3client', type: 'PublicClientApp', displayName: 'Batch' };
const happening = (name: string, publishedAt?: number): PastHappening => ({
  ...{ eventType: `test.${name}`, displayMessage: name, actor },
  ...(publishedAt !== undefined && { publishedAt }),
});
const many = (count: number, stepMs = 1) =>
  Array.from({ length: count }, (_, index) => happening(`event${index}`, nowMs + index * stepMs));

/** All pages from here to the first empty one, and the link after it. */
async function drain(first: Promise<Awaited<ReturnType<typeof logs>>>) {
  const events: LogEvent[] = [];
  let page = await first;
  let pages = 1;
  while (page.next !== undefined && page.events.length > 0) {
    events.push(...page.events);
    page = await get(page.next);
    pages += 1;
  }
  events.push(...page.events);
  return { events, pages, next: page.next };
}

const post = (server: string, authentication: Record<string, string>, scope = 'monitor.read') =>
  client.post(`/oauth2/${server}/v1/token`, { grant_type: 'client_credentials', scope }, authentication);
const getToken = (scope?: string) => post('default', client.secretAuth, scope);

describe('an event of the System Log', () => {
  it('of a token has the request ID of its response', async () => {
    const id = (await getToken()).headers.get('x-okta-request-id');
    expect((await logs({ filter: `transaction.id eq "${id}"` })).events).toMatchObject([
      {
        eventType: 'app.oauth2.as.token.grant.access_token',
        outcome: { result: 'SUCCESS', reason: null },
        actor: { id: okta.clients.secret.clientId, type: 'PublicClientApp' },
        debugContext: { debugData: { requestId: id, requestUri: '/oauth2/default/v1/token' } },
      },
    ]);
  });

  it('of a granted token names the client, the token, the server, the scopes and the policy', async () => {
    await getToken();
    const { clientId } = okta.clients.secret;
    expect((await logs({ since, filter: 'eventType sw "app.oauth2"' })).events).toMatchObject([
      {
        actor: { id: clientId, type: 'PublicClientApp', displayName: 'Okta monitor (secret)', alternateId: clientId },
        client: { id: clientId },
        target: [{ type: 'access_token', displayName: 'Access Token', detailEntry: { subject: clientId } }],
        debugContext: {
          debugData: {
            ...{ grantType: 'client_credentials', requestedScopes: 'monitor.read', grantedScopes: 'monitor.read' },
            ...{ clientAuthType: 'client_secret_basic', authorizationServer: 'default' },
            ...{ authorizationServerName: 'default', policy: expect.any(String), rule: expect.any(String) },
          },
        },
      },
    ]);
  });

  it.each([
    ['a scope that the server lacks', 'no_matching_scope', () => getToken('nope')],
    [
      'a wrong secret',
      'invalid_client_secret',
      () => post('default', client.basic(okta.clients.secret.clientId, 'wrong')),
    ],
    ['a client that does not exist', 'invalid_client_id', () => post('default', client.basic('0oa1nobody', 'wrong'))],
    ['no credentials', 'missing_client_credentials', () => post('default', {})],
    [
      'a grant that the Org server refuses',
      'unsupported_auth_method_client_creds',
      () =>
        client.post(
          '/oauth2/v1/token',
          { grant_type: 'client_credentials', scope: 'okta.users.read' },
          client.secretAuth,
        ),
    ],
    [
      'a code that is none',
      'invalid_authorization_code',
      () => {
        const { clientId, clientSecret, redirectUri } = okta.clients.web;
        const form = { grant_type: 'authorization_code', code: 'none', redirect_uri: redirectUri };
        return client.post('/oauth2/default/v1/token', form, client.basic(clientId, clientSecret));
      },
    ],
  ])('of a request refused for %s has the reason %s', async (_, reason, ask) => {
    const refused = await ask();
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await logs({ since })).events).toMatchObject([
      {
        eventType: expect.stringMatching(/^app\.oauth2\.(as\.)?token\.grant$/),
        severity: 'WARN',
        outcome: { result: 'FAILURE', reason },
        target: [],
        transaction: { id: refused.headers.get('x-okta-request-id') },
        debugContext: { debugData: { error: refused.body.error, errorDescription: refused.body.error_description } },
      },
    ]);
  });

  it('of a revocation is there, and there is none of an introspection', async () => {
    const { body } = await getToken();
    const form = { token: String(body.access_token) };
    await client.post('/oauth2/default/v1/introspect', form, client.secretAuth);
    await client.post('/oauth2/default/v1/revoke', form, client.secretAuth);
    expect(types((await logs({ since })).events)).toEqual([
      'app.oauth2.as.token.grant.access_token',
      'app.oauth2.as.token.revoke',
    ]);
  });

  it('of each token of a user names the user and the token', async () => {
    const { clientId, clientSecret, redirectUri } = okta.clients.web;
    const query = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', state: 'a-state' };
    const url = `/oauth2/default/v1/authorize?${new URLSearchParams({ ...query, scope: 'openid offline_access', nonce: 'n' })}`;
    const callback = await signIn(okta, client, new URL(okta.origin + url));
    const form = {
      ...{ grant_type: 'authorization_code', redirect_uri: redirectUri },
      code: callback.searchParams.get('code') ?? '',
    };
    await client.post('/oauth2/default/v1/token', form, client.basic(clientId, clientSecret));
    const user = { type: 'User', id: okta.user.id };
    const { events } = await logs({ since, filter: 'eventType sw "app.oauth2"' });
    const issued = (eventType: string, type: string) => ({ eventType, target: [user, { type }] });
    expect(events).toMatchObject([
      issued('app.oauth2.as.authorize.code', 'code'),
      issued('app.oauth2.as.token.grant.access_token', 'access_token'),
      issued('app.oauth2.as.token.grant.id_token', 'id_token'),
      issued('app.oauth2.as.token.grant.refresh_token', 'refresh_token'),
    ]);
    expect(events[0]?.debugContext.debugData).toMatchObject({ state: 'a-state', redirectUri, responseType: 'code' });
    const sso = (await logs({ since, filter: 'eventType eq "user.authentication.sso"' })).events;
    expect(sso).toMatchObject([
      {
        target: [
          { type: 'AppInstance', id: clientId },
          { type: 'AppUser', id: okta.user.id },
        ],
      },
    ]);
  });
});

describe('a refused single sign-on', () => {
  const authorize = (more = {}) => {
    const { clientId: client_id, redirectUri: redirect_uri } = okta.clients.web;
    const query = { client_id, redirect_uri, response_type: 'code', state: 'a-state', scope: 'openid' };
    return `/oauth2/default/v1/authorize?${new URLSearchParams({ ...query, ...more })}`;
  };

  it.each([
    [{ access: 'DENY' }, 'no_matching_policy', true],
    [{ assigned: false }, 'user_not_assigned', false],
  ] as const)(
    'of a user with %j has the reason %s in the log, and the policy that denied it if one did',
    async (changes, reason, isDenied) => {
      const browser = createBrowser(okta, client);
      await browser.visit(okta.origin + authorize());
      during(okta.alterUser(okta.user.login, changes));
      nowMs += 1000;
      since = at(nowMs);
      await browser.send(authorize({ prompt: 'none' }));
      await browser.send(new URL(okta.samlApps.wiki.ssoUrl).pathname);
      const { events } = await logs({ since });
      const refused = events.filter(({ eventType }) => /authorize\.code$/.test(eventType));
      expect(refused).toMatchObject([{ outcome: { result: 'FAILURE', reason } }]);
      const signOns = events.filter(({ eventType }) => eventType === 'user.authentication.sso');
      expect(signOns).toMatchObject([{ outcome: { result: 'FAILURE' } }, { outcome: { result: 'FAILURE' } }]);
      const policies = events.filter(({ eventType }) => eventType === 'policy.evaluate_sign_on');
      const denied = { outcome: { result: 'DENY' }, target: [{ type: 'PolicyEntity' }, { type: 'PolicyRule' }] };
      expect(policies).toMatchObject(isDenied ? [denied, denied] : []);
    },
  );
});

describe('a query of the System Log that polls', () => {
  it('returns 100 events at a time unless it asks for another number', async () => {
    okta.recordEvents(many(150));
    nowMs += 1000;
    expect((await logs({ since })).events).toHaveLength(100);
    expect((await logs({ since, limit: '1000' })).events).toHaveLength(150);
    expect((await logs({ since, limit: '0' })).events).toEqual([]);
  });

  it('always has a next page, also after an empty one, which has what happens later', async () => {
    const { events, next = '' } = await logs({ since });
    expect(events).toEqual([]);
    expect((await get(next)).events).toEqual([]);
    okta.recordEvents([happening('later')]);
    const later = await get(next);
    expect(types(later.events)).toEqual(['test.later']);
    const last = await get(later.next ?? '');
    expect(last.events).toEqual([]);
    expect(last.next).toBeDefined();
  });

  it('repeats its parameters in its links', async () => {
    const query = { since, filter: 'eventType sw "test."', q: 'batch', limit: '7' };
    const { self = '', next = '' } = await logs(query);
    const parametersOf = (link: string) => Object.fromEntries(new URL(link).searchParams);
    expect(parametersOf(self)).toEqual(query);
    expect(parametersOf(next)).toEqual({ ...query, after: expect.any(String) });
    expect((await get(next)).self).toBe(next);
  });

  it('returns each event once, page by page, where many have the same time', async () => {
    okta.recordEvents(many(25, 0));
    const { events } = await drain(logs({ since, limit: '10' }));
    expect(types(events)).toEqual(many(25).map(({ eventType }) => eventType));
  });

  it('does not read again events that the filter left out', async () => {
    okta.recordEvents([...many(5), happening('wanted', nowMs + 5), ...many(5)]);
    nowMs += 1000;
    const filter = 'eventType eq "test.wanted"';
    const first = await logs({ since, filter });
    expect(types(first.events)).toEqual(['test.wanted']);
    expect((await get(first.next ?? '')).events).toEqual([]);
    okta.recordEvents([happening('wanted')]);
    expect(types((await get(first.next ?? '')).events)).toEqual(['test.wanted']);
  });
});

describe('an event that reaches the System Log late', () => {
  it('is not there before, and then on the next page of a poll, with its own time', async () => {
    during(okta.delayLog(90_000));
    okta.recordEvents([happening('late')]);
    const { events, next = '' } = await logs({ since });
    expect(events).toEqual([]);
    nowMs += 89_999;
    expect((await get(next)).events).toEqual([]);
    nowMs += 1;
    expect((await get(next)).events).toMatchObject([{ eventType: 'test.late', published: since }]);
  });

  it('comes after events that happened later in a poll, and before them in a bounded query', async () => {
    during(okta.delayLog(({ eventType }) => (eventType === 'test.slow' ? 5000 : 0)));
    okta.recordEvents([happening('slow'), happening('fast', nowMs + 1000)]);
    nowMs += hourMs;
    expect(types((await logs({ since })).events)).toEqual(['test.fast', 'test.slow']);
    expect(types((await logs({ since, until: at(nowMs) })).events)).toEqual(['test.slow', 'test.fast']);
  });

  it('is returned by a poll since a time before it arrived, though it happened earlier', async () => {
    during(okta.delayLog(60_000));
    okta.recordEvents([happening('late')]);
    nowMs += hourMs;
    const afterIt = at(nowMs - hourMs + 30_000);
    expect(types((await logs({ since: afterIt })).events)).toEqual(['test.late']);
    expect((await logs({ since: afterIt, until: at(nowMs) })).events).toEqual([]);
  });

  it('is missed by a bounded query that has passed it', async () => {
    during(okta.delayLog(({ eventType }) => (eventType === 'test.slow' ? 5000 : 0)));
    okta.recordEvents([happening('slow'), happening('fast', nowMs + 1), happening('faster', nowMs + 2)]);
    nowMs += 1000;
    const first = await logs({ since, until: at(nowMs), limit: '1' });
    nowMs += 10_000;
    const { events } = await drain(Promise.resolve(first));
    expect(types(events)).toEqual(['test.fast', 'test.faster']);
  });

  it('is late no more when the delay has ended', async () => {
    okta.delayLog(90_000)();
    okta.recordEvents([happening('punctual')]);
    expect(types((await logs({ since })).events)).toEqual(['test.punctual']);
  });
});

describe('the System Log', () => {
  it('lacks the events that are dropped, until that ends', async () => {
    const restore = okta.dropFromLog(({ eventType }) => eventType === 'test.lost');
    okta.recordEvents([happening('lost'), happening('kept')]);
    restore();
    okta.recordEvents([happening('lost')]);
    expect(types((await logs({ since })).events)).toEqual(['test.kept', 'test.lost']);
  });

  it('has the events of the future when their time has come', async () => {
    okta.recordEvents([happening('tomorrow', nowMs + 2 * hourMs), happening('soon', nowMs + hourMs)]);
    expect((await logs({ since })).events).toEqual([]);
    nowMs += 3 * hourMs;
    expect(types((await logs({ since })).events)).toEqual(['test.soon', 'test.tomorrow']);
  });

  it('has events that are late by up to 90 s each once for who polls, and not for who asks minute by minute', async () => {
    const happenings = many(3000, 200);
    const delays = new Map(happenings.map(({ eventType }, index) => [eventType, (index * 7919) % 90_000]));
    during(okta.delayLog(({ eventType }) => delays.get(eventType) ?? 0));
    okta.recordEvents(happenings);
    const polled: string[] = [];
    const bounded: string[] = [];
    let link = `/api/v1/logs?${new URLSearchParams({ since, limit: '1000' })}`;
    for (let minute = 0; minute < 13; minute += 1) {
      nowMs += 60_000;
      const { events, next = '' } = await drain(get(link));
      polled.push(...types(events));
      link = next;
      bounded.push(...types((await logs({ since: at(nowMs - 60_000), until: at(nowMs), limit: '1000' })).events));
    }
    expect(polled.toSorted()).toEqual(happenings.map(({ eventType }) => eventType).toSorted());
    expect(new Set(bounded).size).toBeLessThan(happenings.length);
  });
});

describe('a query of the System Log with an end', () => {
  it('has no link after its last page, in either order', async () => {
    okta.recordEvents(many(5));
    nowMs += 1000;
    for (const sortOrder of ['ASCENDING', 'DESCENDING']) {
      const { events, pages, next } = await drain(logs({ since, until: at(nowMs), limit: '2', sortOrder }));
      const wanted = many(5).map(({ eventType }) => eventType);
      expect(types(events)).toEqual(sortOrder === 'ASCENDING' ? wanted : wanted.toReversed());
      expect([pages, next]).toEqual([3, undefined]);
    }
  });

  it('returns the events since and before its times', async () => {
    okta.recordEvents([happening('first'), happening('second', nowMs + 1000), happening('third', nowMs + 2000)]);
    nowMs += hourMs;
    const { events } = await logs({ since: at(nowMs - hourMs + 1000), until: at(nowMs - hourMs + 2000) });
    expect(types(events)).toEqual(['test.second']);
  });

  it('begins seven days before it ends unless it says when', async () => {
    okta.recordEvents([happening('old', nowMs - 8 * 24 * hourMs), happening('young', nowMs - 6 * 24 * hourMs)]);
    const { events } = await logs({ until: at(nowMs), filter: 'eventType eq "test.old" or eventType eq "test.young"' });
    expect(types(events)).toEqual(['test.young']);
  });
});

describe('the System Log of administrators', () => {
  it.each([
    ['policy-rule', 'update', 'policy.rule.update', ['PolicyRule', 'PolicyEntity']],
    ['server-policy-rule', 'create', 'policy.rule.add', ['PolicyRule', 'PolicyEntity']],
    ['policy', 'deactivate', 'policy.lifecycle.deactivate', ['PolicyEntity']],
    ['server', 'deactivate', 'oauth2.as.deactivated', ['AuthorizationServer']],
    ['scope', 'delete', 'oauth2.scope.deleted', ['Scope', 'AuthorizationServer']],
    ['claim', 'update', 'oauth2.claim.updated', ['Claim', 'AuthorizationServer']],
    ['application', 'update', 'application.lifecycle.update', ['AppInstance']],
    ['credential', 'deactivate', 'app.oauth2.credentials.lifecycle.deactivate', ['ClientCredential', 'AppInstance']],
    ['application-key', 'update', 'app.keys.rotate', ['AppInstance']],
    ['server-key', 'update', 'app.oauth2.as.key.rollover', ['AuthorizationServer']],
    ['zone', 'update', 'zone.update', ['NetworkZone']],
    ['feature', 'activate', 'system.feature.enable', ['Feature']],
  ] as const)('has a change of a %s (%s) as %s', async (what, change, eventType, targetTypes) => {
    (okta.administer as (what: string, change: string) => void)(what, change);
    const { events } = await logs({ since });
    expect(events).toMatchObject([
      { eventType, actor: { id: '00u5ada6lovelace7use', type: 'User' }, outcome: { result: 'SUCCESS' } },
    ]);
    expect(events[0]?.target.map(({ type }) => type)).toEqual(targetTypes);
  });

  it('names the web application by its client ID', async () => {
    okta.administer('application', 'update');
    okta.administer('credential', 'delete');
    const { clientId } = okta.clients.web;
    const { events } = await logs({ since, filter: `target.id eq "${clientId}"` });
    expect(types(events)).toEqual(['application.lifecycle.update', 'app.oauth2.credentials.lifecycle.delete']);
  });

  it('names the changed object, and the time', async () => {
    const of = { id: '00p9policy', name: 'Finance' };
    okta.administer('policy-rule', 'update', { id: '0pr9rule', name: 'Deny all', of, publishedAt: nowMs + 1000 });
    nowMs += 1000;
    expect((await logs({ since })).events).toMatchObject([
      {
        published: at(nowMs),
        target: [
          { id: '0pr9rule', displayName: 'Deny all' },
          { id: '00p9policy', displayName: 'Finance', detailEntry: { policyType: 'ACCESS_POLICY' } },
        ],
      },
    ]);
  });

  it.each([
    [{ status: 'LOCKED_OUT' }, 'user.account.lock', 'user.account.unlock_by_admin'],
    [{ status: 'SUSPENDED' }, 'user.lifecycle.suspend', 'user.lifecycle.unsuspend'],
    [{ status: 'DEPROVISIONED' }, 'user.lifecycle.deactivate', 'user.lifecycle.activate'],
    [{ assigned: false }, 'application.user_membership.remove', 'application.user_membership.add'],
    [{ access: 'DENY' }, 'policy.rule.update', 'policy.rule.update'],
    [{ factorMode: '1FA' }, 'policy.rule.update', 'policy.rule.update'],
    [{ factors: [] }, 'user.mfa.factor.deactivate', 'user.mfa.factor.activate'],
    [{ password: 'new' }, 'user.account.update_password', 'user.account.update_password'],
    [{ department: 'Sales' }, 'user.account.update_profile', 'user.account.update_profile'],
  ] as const)('has what made a user %j as %s, and what ended it as %s', async (changes, began, ended) => {
    const restore = okta.alterUser(okta.users.totp.login, changes);
    restore();
    restore();
    expect(types((await logs({ since })).events)).toEqual([began, ended]);
  });

  it.each([
    [{ identityProvider: 'Partner' }, 'policy.rule.update'],
    [{ captcha: 'HCAPTCHA' }, 'system.org.captcha.activate'],
    [{ maxAttempts: 3 }, 'policy.lifecycle.update'],
    [{ customClaims: [] }, 'oauth2.claim.updated'],
    [{ pushedRequestsRequired: true }, 'application.lifecycle.update'],
    [{ deviceChallenge: true }, 'security.authenticator.lifecycle.update'],
  ] as const)('has the setting %j as %s', async (changes, eventType) => {
    during(okta.alterSignIn(changes));
    expect(types((await logs({ since })).events)).toEqual([eventType]);
  });

  it('has what Okta tells of agents, hooks, streams and servers, and nothing of an agent that is gone', async () => {
    const restores = [
      okta.alterHealth('agents', 'ad-east', { operationalStatus: 'DISRUPTED' }),
      okta.alterHealth('eventHooks', 'provisioning', { status: 'INACTIVE' }),
      okta.alterHealth('inlineHooks', 'claims', { status: 'INACTIVE' }),
      okta.alterHealth('logStreams', 'siem', { status: 'INACTIVE' }),
      okta.alterHealth('servers', 'default', { rotationMode: 'MANUAL' }),
    ];
    const began = types((await logs({ since })).events);
    expect(began).toEqual([
      ...['event_hook.delivery', 'inline_hook.executed', 'system.log_stream.lifecycle.deactivate'],
      'oauth2.as.updated',
    ]);
    for (const restore of restores) restore();
    expect(types((await logs({ since })).events).slice(began.length)).toEqual([
      ...['system.agent.ad.connect', 'oauth2.as.updated'],
    ]);
  });

  it('has a lockout by wrong passwords, and what undid it', async () => {
    during(okta.alterSignIn({ maxAttempts: 1 }));
    const body = JSON.stringify({ username: okta.users.thin.login, password: 'wrong' });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    await client.request('/api/v1/authn', { method: 'POST', body, headers });
    okta.resetUsers();
    expect(types((await logs({ since, filter: 'eventType sw "user.account."' })).events)).toEqual([
      'user.account.lock',
      'user.account.unlock_by_admin',
    ]);
  });

  it('has nothing of what only does not work', async () => {
    during(okta.alterSignIn({ codesAccepted: false, sessionsHonored: false, networkBlocked: true }));
    expect((await logs({ since })).events).toEqual([]);
  });

  it.each([
    [{ certificateDays: 5 }, 'app.keys.rotate'],
    [{ audience: 'another' }, 'application.lifecycle.update'],
  ])('has the setting %j of a SAML application as %s', async (changes, eventType) => {
    during(okta.alterSamlApp('wiki', changes));
    expect((await logs({ since })).events).toMatchObject([{ eventType, target: [{ displayName: 'Wiki' }] }]);
  });
});

describe('the System Log of Okta’s own jobs', () => {
  it.each([
    ['ldap-agent-disconnected', 'system.agent.ldap.disconnect', 'SUCCESS'],
    ['event-hook-failed', 'event_hook.delivery', 'FAILURE'],
    ['inline-hook-failed', 'inline_hook.executed', 'FAILURE'],
    ['log-stream-deactivated', 'system.log_stream.lifecycle.deactivate', 'SUCCESS'],
    ['threat-detected', 'security.threat.detected', 'DENY'],
  ] as const)('has a job of the kind %s as %s with the outcome %s', async (job, eventType, result) => {
    okta.recordJob(job, 'siem');
    expect((await logs({ since })).events).toMatchObject([
      { eventType, outcome: { result }, actor: { type: 'SystemPrincipal' } },
    ]);
  });
});

describe('the System Log of rate limits', () => {
  const bucket = '/api/v1/apps';
  const apps = (headers: Record<string, string> = { authorization: `SSWS ${okta.apiToken}` }) =>
    client.request('/api/v1/apps?limit=1', { headers });
  const limitEvents = async () =>
    (await logs({ since, filter: 'eventType co "rate_limit" or eventType co "limit.v"' })).events;

  it('has one warning and one violation of a bucket in a window, of who sent the request that reached it', async () => {
    for (let count = 0; count < 25; count += 1) await apps();
    const [warning, violation, ...others] = await limitEvents();
    expect(others).toEqual([]);
    const owner = { id: okta.user.id, type: 'User' };
    const target = [
      { type: 'URL Pattern', id: bucket },
      { type: 'Bucket Uuid', id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-3/) },
    ];
    const debugData = {
      ...{
        rateLimitScopeType: 'ORG',
        rateLimitSecondsToReset: '60',
        threshold: '20',
        timeSpan: '1',
        timeUnit: 'MINUTES',
      },
      ...{ userId: okta.user.id, requestUri: bucket },
    };
    expect(warning).toMatchObject({
      ...{
        eventType: 'system.org.rate_limit.warning',
        severity: 'WARN',
        outcome: { result: 'SUCCESS' },
        actor: owner,
        target,
      },
      transaction: { detail: { requestApiTokenId: expect.stringMatching(/^00T/) } },
      debugContext: { debugData: { ...debugData, warningPercent: '90' } },
    });
    expect(violation).toMatchObject({ eventType: 'system.org.rate_limit.violation', debugContext: { debugData } });
    expect(violation?.debugContext.debugData).not.toHaveProperty('warningPercent');
  });

  it('has them again in the next window, and names an application by its ID', async () => {
    const headers = { authorization: `Bearer ${await client.orgToken('okta.apps.read')}` };
    for (const _ of ['first window', 'second window']) {
      for (let count = 0; count < 20; count += 1) await apps(headers);
      nowMs += 60_000;
    }
    const { clientId } = okta.clients.service;
    const warning = { eventType: 'system.org.rate_limit.warning', actor: { id: clientId, type: 'PublicClientApp' } };
    expect(await limitEvents()).toMatchObject([warning, warning]);
  });

  it('has a warning of other clients where they used a bucket', async () => {
    during(okta.setRemaining(bucket, 0.05));
    okta.setRemaining(bucket, 0.05);
    expect(await limitEvents()).toMatchObject([
      { eventType: 'system.org.rate_limit.warning', actor: { displayName: 'Nightly import' } },
    ]);
  });

  it('has one violation of a user’s own limit in a window, of the user', async () => {
    const json = { username: okta.user.login, password: 'wrong' };
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    for (let count = 0; count < 8; count += 1) {
      await client.request('/api/v1/authn', { method: 'POST', body: JSON.stringify(json), headers });
    }
    expect(await limitEvents()).toMatchObject([
      {
        ...{ eventType: 'system.org.rate_limit.violation', actor: { type: 'User', id: okta.user.id } },
        debugContext: { debugData: { rateLimitScopeType: 'USER', threshold: '4', timeSpan: '1', timeUnit: 'SECONDS' } },
      },
    ]);
  });

  it.each([
    ['org-burst', 'system.org.rate_limit.burst', { burstRateLimitUrlPattern: '/oauth2/v1/token' }],
    ['org-concurrency', 'core.concurrency.org.limit.violation', {}],
    ['client-violation', 'system.client.rate_limit.violation', { clientId: '0oa7nightly8import9x', threshold: '60' }],
    ['client-notification', 'system.client.rate_limit.notification', { clientType: 'OAUTH2' }],
    ['client-concurrency', 'system.client.concurrency_rate_limit.violation', { clientId: '0oa7nightly8import9x' }],
    ['client-share', 'app.oauth2.client_id_rate_limit_warning', { rateLimitBucket: '/oauth2/v1/token' }],
    ['operation-warning', 'system.operation.rate_limit.warning', { operationRateLimitType: 'phone_enrollment' }],
    ['operation-violation', 'system.operation.rate_limit.violation', { operationRateLimitScopeType: 'user' }],
  ] as const)('has a limit of the kind %s as %s', async (kind, eventType, debugData) => {
    okta.touchLimit(kind, { threshold: 60, operation: 'phone_enrollment', scope: 'USER' });
    expect(await limitEvents()).toMatchObject([{ eventType, debugContext: { debugData } }]);
  });
});

describe('a query of the System Log', () => {
  it.each([
    ['filter=eventType eq "test.one"', ['test.one']],
    ['filter=event_type eq "test.one"', ['test.one']],
    ['filter=eventType eq "test.one" or eventType eq "test.two"', ['test.one', 'test.two']],
    ['filter=not (eventType eq "test.one")', ['test.two']],
    ['filter=target.type eq "URL Pattern"', ['test.two']],
    ['filter=debugContext.debugData.grantType eq "client_credentials"', ['test.one']],
    ['q=BATCH test.one', ['test.one']],
    ['q=nobody', []],
  ])('with %s selects %j', async (query, selected) => {
    const target = { id: '/api/v1/users', type: 'URL Pattern', displayName: null };
    okta.recordEvents([
      { ...happening('one'), debugData: { grantType: 'client_credentials' } },
      { ...happening('two'), targets: [target] },
    ]);
    const { events } = await get(`/api/v1/logs?${new URLSearchParams({ since })}&${query}`);
    expect(types(events)).toEqual(selected);
  });

  it.each([
    ['since=yesterday', 'E0000001', "Api validation failed: 'since': "],
    ['until=2026-01-01', 'E0000001', "Api validation failed: 'until': "],
    ['limit=1001', 'E0000001', "Api validation failed: 'limit': "],
    ['limit=-1', 'E0000001', "Api validation failed: 'limit': "],
    ['limit=many', 'E0000001', "Api validation failed: 'limit': "],
    ['sortOrder=UPWARD', 'E0000001', "Api validation failed: 'sortOrder': "],
    [`q=${'x'.repeat(41)}`, 'E0000001', "Api validation failed: 'q': "],
    [`q=${'x '.repeat(11)}`, 'E0000001', "Api validation failed: 'q': "],
    ['since=2024-01-01T00:00:00Z', 'E0000053', 'Invalid parameter: '],
    ['filter=eventType is "a"', 'E0000053', `Invalid filter 'eventType is "a"': `],
    ['filter=some_field eq "a"', 'E0000053', 'field is not valid: some_field'],
    ['filter=published gt "2026-01-01T00:00:00Z"', 'E0000053', 'field is not valid: published'],
    ['filter=debugContext.debugData.url co "/oauth/"', 'E0000031', 'The supplied combination of operator and field'],
    ['after=nowhere', 'E0000029', 'Invalid paging request.'],
  ])('with %s is refused with %s', async (query, errorCode, errorSummary) => {
    const { response, events: body } = await get(`/api/v1/logs?${query}`);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ errorCode, errorSummary: expect.stringContaining(errorSummary) });
  });

  it('needs the scope okta.logs.read', async () => {
    const as = async (scope: string) => {
      const headers = { authorization: `Bearer ${await client.orgToken(scope)}` };
      return (await client.request('/api/v1/logs?limit=1', { headers })).status;
    };
    expect(await as('okta.logs.read')).toBe(200);
    expect(await as('okta.users.read')).toBe(403);
  });
});
