import type { AttributeValue, GetItemCommandInput, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseSecret, type Secrets } from '../../../functions/aws/secrets.ts';
import { tableStore } from '../../../functions/journey/sign-in-memory.ts';
import type { Org } from '../../../functions/model/org.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import { journey } from '../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../functions/probes/plan.ts';
import { type OktaResponse, startOktaEmulator } from '../../../packages/okta-emulator/src/index.ts';
import { openDuring } from '../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { journeyOrg } from '../../support/full-org.ts';
import {
  type Container,
  openContainer,
  outcomeLines,
  type RunProbesOptions,
  runProbes,
} from '../../support/run-probes.ts';

const { okta } = await openOkta();

const during = openDuring();

let stored: { text: string; version: string };
/** The memory of a test's runs. */
let container: Container;
let now: () => number;
beforeEach(() => {
  okta.clearRequests();
  now = Date.now;
  container = openContainer(secrets, () => now());
  stored = { text: JSON.stringify({ password: okta.users.password.password }), version: 'first' };
});

const org = journeyOrg('acme');

let webSecret = okta.clients.web.clientSecret;

const secrets: Secrets = {
  async read(secret) {
    if (secret === 'acme/web') return parseSecret(secret, JSON.stringify({ clientSecret: webSecret }));
    return Object.assign(parseSecret(secret, stored.text), { version: stored.version });
  },
};

interface Given {
  readonly login?: string;
  readonly at?: typeof okta;
  readonly adjust?: (org: Org) => Org;
}

async function signIn({ at = okta, login = at.users.password.login, adjust = (each) => each }: Given = {}) {
  webSecret = at.clients.web.clientSecret;
  const report = await runProbes(at, journey, {
    ...{ org, secrets, container, now: () => now() },
    adjust: (each) => adjust({ ...each, user: { ...each.user, login, secret: 'acme/user' } }),
  });
  expect(report.monitorErrors).toEqual([]);
  return report;
}

/** The targets that failed, with their findings. */
async function failures(given?: Given): Promise<readonly string[]> {
  return outcomeLines(await signIn(given)).filter((line) => !/: (passed|skipped)$/.test(line));
}

const passwords = () =>
  okta.requests.filter(({ path }) => /challenge\/answer|identify|api\/v1\/authn$/.test(path)).length;

const allPassed = enabledProbes(planProbes(org, journey)).map(({ probe, target }) => {
  const { server } = target;
  return `${formatTarget({ probe: probe.id, server })}: passed`;
});

describe('a healthy sign-in', () => {
  it('passes with a password at Identity Engine, at both kinds of server', async () => {
    expect(outcomeLines(await signIn())).toEqual(allPassed);
  });

  it('passes with the password on the first page or on the second', async () => {
    for (const passwordOnFirstPage of [true, false]) {
      const restore = okta.alterSignIn({ passwordOnFirstPage });
      expect(outcomeLines(await signIn())).toEqual(allPassed);
      restore();
    }
  });

  it('passes with a password and a one-time code', async () => {
    const { login, password, totpSecret } = okta.users.totp;
    stored = { text: JSON.stringify({ password, totpSecret }), version: 'first' };
    expect(outcomeLines(await signIn({ login }))).toEqual(allPassed);
  });

  it('passes at Classic Engine', async () => {
    during(okta.alterSignIn({ engine: 'classic' }));
    expect(outcomeLines(await signIn())).toEqual(allPassed);
  });

  it('passes at Classic Engine with a one-time code', async () => {
    // A code is good once, so this one must not be that of the other test.
    await using other = await startOktaEmulator({ signIn: { engine: 'classic' } });
    const { login, password, totpSecret } = other.users.totp;
    stored = { text: JSON.stringify({ password, totpSecret }), version: 'first' };
    expect(outcomeLines(await signIn({ login, at: other }))).toEqual(allPassed);
  });

  it.each([{ keepMeSignedInPrompt: true }, { deviceChallenge: true }, { unknownUsersShown: true }] as const)(
    'passes the steps that are optional: %o',
    async (settings) => {
      during(okta.alterSignIn(settings));
      expect(outcomeLines(await signIn())).toEqual(allPassed);
    },
  );

  it.each(['identity', 'classic'] as const)(
    'passes at the %s engine with the code of Google Authenticator where the user has Okta Verify too',
    async (engine) => {
      const { login, password } = okta.users.totp;
      const seed = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
      const factor = { status: 'ACTIVE', secret: seed } as const;
      const factors = [
        { ...factor, id: `uftverify${engine}`, provider: 'OKTA' as const, secret: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU' },
        { ...factor, id: `uftgoogle${engine}`, provider: 'GOOGLE' as const },
      ];
      during(
        okta.alterUser(login, { factors }),
        okta.alterSignIn({ engine: engine === 'identity' ? 'idx' : 'classic' }),
      );
      stored = { text: JSON.stringify({ password, totpSecret: seed }), version: 'first' };
      expect(outcomeLines(await signIn({ login }))).toEqual(allPassed);
    },
  );

  it('follows redirects on the host of the org, as a browser does', async () => {
    const held = new Map<string, OktaResponse>();
    const detour = (path: string, hop: string, when: (query: URLSearchParams) => boolean) => {
      during(
        okta.intercept(
          { path, when: ({ query }) => when(query) },
          {
            transform: (real) => {
              held.set(hop, real);
              const { 'set-cookie': cookie } = real.headers;
              return {
                ...real,
                status: 302,
                body: '',
                headers: { ...real.headers, ...(cookie && { 'set-cookie': cookie }), location: hop },
              };
            },
          },
        ),
        okta.intercept({ path: hop }, { transform: (none) => held.get(hop) ?? none }),
      );
    };
    // Where it has no session yet, the page comes after a hop.
    detour('/oauth2/v1/authorize', '/signin/page', (query) => query.get('prompt') === null);
    detour('/login/token/redirect', '/login/step', () => true);
    expect(outcomeLines(await signIn())).toEqual(allPassed);
    expect(okta.requests.map(({ path }) => path)).toEqual(expect.arrayContaining(['/signin/page', '/login/step']));
  });

  it('does not follow a redirect to another host', async () => {
    const headers = { location: 'https://elsewhere.example.com/', 'x-okta-request-id': 'aaaa' };
    during(okta.intercept({ path: '/login/token/redirect' }, { status: 302, headers }));
    expect(await failures()).toEqual(['sign-in: routed-elsewhere']);
  });

  it('comes from the same device each time, in every container and not as another user', async () => {
    const deviceOf = async (login: string) => {
      const devices = new Set<string>();
      const watching = okta.intercept(
        {
          path: /./,
          when: ({ raw }) => {
            for (const [, device = ''] of raw.headers.cookie?.matchAll(/\bDT=([^;]*)/g) ?? []) devices.add(device);
            return false;
          },
        },
        {},
      );
      await runProbes(okta, journey, {
        ...{ org, secrets },
        adjust: (each) => ({ ...each, user: { login, secret: 'acme/user' } }),
      });
      watching();
      return [...devices];
    };
    const [device, ...others] = await deviceOf(okta.users.password.login);
    expect(others).toEqual([]);
    // As long as Okta takes.
    expect(device).toMatch(/^\w{32}$/);
    expect(await deviceOf(okta.users.password.login)).toEqual([device]);
    expect(await deviceOf('somebody.else@example.com')).not.toEqual([device]);
  });

  it('ends the session when the time is up for everything else', async () => {
    during(okta.intercept({ path: '/oauth2/default/v1/userinfo' }, { delayMs: 60_000 }));
    const report = await runProbes(okta, journey, {
      ...{ org, secrets, deadlineMs: 6_000 },
      adjust: (each) => ({ ...each, user: { login: okta.users.password.login, secret: 'acme/user' } }),
    });
    const lines = outcomeLines(report);
    expect(lines).toContain('userinfo@default: out-of-time');
    expect(lines).toContain('sign-out: passed');
    const userinfo = report.outcomes.find(({ probe, server }) => probe === 'userinfo' && server === 'default');
    expect(userinfo?.exchanges.at(-1)?.url).toContain('/oauth2/default/v1/userinfo');
  });

  it('leaves no session behind', async () => {
    await signIn();
    // The sign-out has ended it, so there is none to end any more.
    expect(okta.requests.filter(({ path }) => path === '/api/v1/sessions/me').map(({ status }) => status)).toEqual([
      404,
    ]);
  });

  it('sends no more requests than its probes declare', async () => {
    await signIn();
    const declared = journey.reduce(
      (sum, { requests, scope }) => sum + requests.length * (scope === 'org' ? 1 : org.servers.length),
      0,
    );
    expect(okta.requests.length).toBeLessThanOrEqual(declared + 2);
  });
});

const altered = (change: Parameters<typeof okta.alterUser>[1]) => () =>
  okta.alterUser(okta.users.password.login, change);
const set = (change: Parameters<typeof okta.alterSignIn>[0]) => () => okta.alterSignIn(change);

describe('a sign-in that fails for the test user alone', () => {
  it.each([
    ['a locked user', altered({ status: 'LOCKED_OUT' }), 'user-password-refused'],
    ['a suspended user', altered({ status: 'SUSPENDED' }), 'user-password-refused'],
    ['a deactivated user', altered({ status: 'DEPROVISIONED' }), 'user-password-refused'],
    ['another password', altered({ password: 'changed by somebody' }), 'user-password-refused'],
    ['an expired password', altered({ status: 'PASSWORD_EXPIRED' }), 'user-password-expired'],
    ['no assignment', altered({ assigned: false }), 'user-not-assigned'],
    ['a policy that denies', altered({ access: 'DENY' }), 'sign-in-denied'],
    ['a factor to enroll', altered({ factorMode: '2FA' }), 'enrollment-demanded'],
    ['an address that ThreatInsight blocks', set({ addressSuspicious: true }), 'sign-in-blocked'],
    ['consent', set({ consent: true }), 'consent-demanded'],
    ['a captcha', set({ captcha: 'HCAPTCHA' }), 'captcha-demanded'],
    ['a routing rule', set({ identityProvider: 'Partner' }), 'routed-elsewhere'],
    ['an unknown step', set({ unknownRemediation: 'prove-humanity' }), 'sign-in-step-unknown'],
    ['a page without a state token', set({ stateTokenInPage: false }), 'sign-in-page-unknown'],
  ] as const)('%s', async (_, fault, code) => {
    during(fault());
    expect(await failures()).toEqual([`sign-in: ${code}`]);
    expect(passwords()).toBeLessThanOrEqual(2);
  });

  it('a factor that is asked for and that the secret does not have', async () => {
    const { login, password } = okta.users.totp;
    stored = { text: JSON.stringify({ password }), version: 'first' };
    expect(await failures({ login })).toEqual(['sign-in: factor-unexpected']);
  });

  it('a wrong seed', async () => {
    const { login, password } = okta.users.totp;
    stored = { text: JSON.stringify({ password, totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }), version: 'first' };
    expect(await failures({ login })).toEqual(['sign-in: factor-refused']);
  });

  it.each([
    ['a locked user who is told so', { status: 'LOCKED_OUT' } as const, { lockoutShown: true }, 'user-locked'],
    ['a locked user', { status: 'LOCKED_OUT' } as const, {}, 'user-password-refused'],
    ['an expired password', { status: 'PASSWORD_EXPIRED' } as const, {}, 'user-password-expired'],
    ['an address that ThreatInsight blocks', {}, { addressSuspicious: true }, 'sign-in-blocked'],
  ])('at Classic Engine: %s', async (_, change, settings, code) => {
    during(okta.alterSignIn({ engine: 'classic', ...settings }), altered(change)());
    expect(await failures()).toEqual([`sign-in: ${code}`]);
  });
});

describe('a sign-in that fails for everybody', () => {
  it.each([
    [
      'sessions are not honored',
      set({ sessionsHonored: false }),
      ['single-sign-on@org: session-not-honored', 'single-sign-on@default: session-not-honored'],
    ],
    ['codes are refused', set({ codesAccepted: false }), ['code@org: code-refused', 'code@default: code-refused']],
    [
      'refresh tokens are refused',
      set({ refreshTokensAccepted: false }),
      ['refresh@org: refresh-refused', 'refresh@default: refresh-refused'],
    ],
    [
      'revocation does nothing',
      set({ revocationEffective: false }),
      ['revoke@org: revoked-token-active', 'revoke@default: revoked-token-active'],
    ],
    ['a sign-out does nothing', set({ signOutEffective: false }), ['sign-out: sign-out-without-effect']],
    [
      'the nonce is another one',
      () => okta.alterIdTokens('default', (claims) => ({ ...claims, nonce: 'another' })),
      ['id-token@default: nonce-mismatch'],
    ],
    [
      'the hash is another one',
      () => okta.alterIdTokens('default', (claims) => ({ ...claims, at_hash: 'another' })),
      ['id-token@default: access-token-hash-mismatch'],
    ],
    [
      'the issuer is another one',
      () => okta.alterIdTokens('org', (claims) => ({ ...claims, iss: 'https://other.okta.com' })),
      ['id-token@org: issuer-mismatch'],
    ],
    [
      'the audience is another one',
      () => okta.alterIdTokens('org', (claims) => ({ ...claims, aud: '0oaOther' })),
      ['id-token@org: audience-mismatch'],
    ],
    [
      'the sign-in is an old one',
      () => okta.alterIdTokens('org', (claims) => ({ ...claims, auth_time: 1 })),
      ['id-token@org: authentication-stale'],
    ],
    [
      'the method is another one',
      () => okta.alterIdTokens('org', (claims) => ({ ...claims, amr: ['swk'] })),
      ['id-token@org: authentication-mismatch'],
    ],
    [
      'userinfo describes another user',
      () => okta.alterUserInfo('org', (claims) => ({ ...claims, sub: '00uOther' })),
      ['userinfo@org: userinfo-mismatch'],
    ],
  ] as const)('%s', async (_, fault, expected) => {
    during(fault());
    // The same cause at both servers may be told once.
    const found = await failures();
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) expect(expected).toContain(line);
  });

  it('a claim that applications need is missing in the ID token, and is told apart from one that userinfo lacks', async () => {
    const expecting = (expects: Org['servers'][number]['expects']) => (each: Org) => ({
      ...each,
      servers: each.servers.map((server) => ({ ...server, ...(server.id === 'default' && expects && { expects }) })),
    });
    expect(await failures({ adjust: expecting({ idToken: ['email', 'staffNumber'] }) })).toEqual([
      'id-token@default: id-token-claim-missing',
    ]);
    expect(await failures({ adjust: expecting({ userinfo: ['email', 'staffNumber'] }) })).toEqual([
      'userinfo@default: userinfo-claim-missing',
    ]);
    expect(await failures({ adjust: expecting({ refreshTokenRotation: true }) })).toEqual([
      'refresh@default: refresh-rotation-unexpected',
    ]);
  });
});

describe('a refresh token that has been replaced', () => {
  const leaving = (refreshTokenLeewaySeconds: number) => (each: Org) => ({
    ...each,
    servers: each.servers.map((server) => ({ ...server, expects: { refreshTokenLeewaySeconds } })),
  });
  const reuse = async (settings: Parameters<typeof okta.alterSignIn>[0], more: Partial<RunProbesOptions> = {}) => {
    during(okta.alterSignIn(settings));
    const report = await runProbes(okta, journey, {
      ...{ org, secrets, ...more },
      adjust: (each) => leaving(0)({ ...each, user: { login: okta.users.password.login, secret: 'acme/user' } }),
    });
    expect(report.monitorErrors).toEqual([]);
    const { outcomes } = report;
    return {
      outcomes,
      lines: outcomeLines(report),
      notes: outcomes.flatMap((each) => ('notes' in each ? each.notes : [])),
    };
  };
  const passed = ['refresh-reuse@org: passed', 'refresh-reuse@default: passed'];

  it('is refused after its grace', async () => {
    const { lines, outcomes } = await reuse({ refreshTokenRotation: 'ROTATE', refreshTokenLeewaySeconds: 0 });
    expect(lines).toEqual([...allPassed, ...passed]);
    const used = outcomes.filter(({ probe }) => probe === 'refresh-reuse').map(({ exchanges }) => exchanges[0]);
    for (const exchange of used) expect(exchange?.error?.error).toBe('invalid_grant');
  });

  it('is told if it still works, and nothing that came of it does afterwards', async () => {
    const { lines } = await reuse({ refreshTokenRotation: 'ROTATE', refreshTokenLeewaySeconds: 60 });
    expect(lines).toContain('refresh-reuse@default: replaced-refresh-token-accepted');
    // The replacement, and what the old one got.
    const revocations = okta.requests.filter(({ path }) => path === '/oauth2/default/v1/revoke').slice(-2);
    expect(revocations.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is not tried where refresh tokens do not rotate', async () => {
    const { lines, notes } = await reuse({ refreshTokenRotation: 'STATIC' });
    expect(lines).toEqual([...allPassed, ...passed]);
    expect(notes).toContain('not checked: the refresh token was not replaced');
  });

  it('is tried once an hour only, and revoked in every run', async () => {
    const noon = Date.UTC(2026, 10, 21, 12);
    const runAt = (minute: number) => {
      okta.clearRequests();
      const at = noon + minute * 60_000;
      const time = { startedAt: at, minute: at, due: { at, latenessSeconds: 0 }, intervalMinutes: 5 };
      return reuse({ refreshTokenRotation: 'ROTATE', refreshTokenLeewaySeconds: 0 }, { time });
    };
    const tokenRequests = () => okta.requests.filter(({ path }) => path === '/oauth2/default/v1/token').length;
    const revocations = () => okta.requests.filter(({ path }) => path === '/oauth2/default/v1/revoke').length;
    await runAt(0);
    const [first, revoked] = [tokenRequests(), revocations()];
    const { lines, notes } = await runAt(5);
    expect(lines).toEqual([...allPassed, ...passed]);
    expect(notes).toContain('not checked in this run, but in the first of each hour');
    expect(tokenRequests()).toBe(first - 1);
    expect(revocations()).toBe(revoked);
  });
});

describe('a failing request of a journey', () => {
  it('is the evidence, and not the end of the session after it', async () => {
    during(okta.intercept({ path: '/oauth2/v1/logout' }, { disconnect: 'close' }));
    const { outcomes } = await signIn();
    const signOut = outcomes.find(({ probe }) => probe === 'sign-out');
    expect(signOut).toMatchObject({ status: 'failed', finding: { code: 'connection-reset' } });
    expect(signOut?.exchanges.at(-1)?.url).toContain('/oauth2/v1/logout');
    const ofOrg = okta.requests.filter(({ path }) => !path.startsWith('/status'));
    expect(ofOrg.at(-1)?.path).toBe('/api/v1/sessions/me');
  });

  it('is told by who answered it: a page of something in between is no sign-out', async () => {
    during(okta.intercept({ path: '/oauth2/v1/logout' }, { status: 200, body: 'blocked', sender: 'other' }));
    expect(await failures()).toEqual(['sign-out: intercepted']);
  });

  it("does not stop the sign-in if it is for the org's metadata and an earlier run read the engine", async () => {
    await signIn();
    for (const status of [200, 503]) {
      const restore = okta.intercept({ path: '/.well-known/okta-organization' }, { status, body: '[]' });
      expect(outcomeLines(await signIn())).toEqual(allPassed);
      restore();
    }
  });

  it("is a ticket if it is for the org's metadata and the engine is unknown, because users sign in without it", async () => {
    await using other = await startOktaEmulator();
    for (const status of [200, 503]) {
      const restore = other.intercept({ path: '/.well-known/okta-organization' }, { status, body: '[]' });
      const { outcomes } = await signIn({ at: other });
      expect(outcomes.find(({ probe }) => probe === 'sign-in')).toMatchObject({ finding: { severity: 'ticket' } });
      restore();
    }
  });

  it('is none where the key of the ID token is published late: applications fetch the keys once more', async () => {
    let answers = 0;
    during(
      okta.intercept(
        { path: '/oauth2/default/v1/keys' },
        {
          transform: (answer) => {
            answers += 1;
            if (answers > 1) return answer;
            const { keys } = JSON.parse(answer.body) as { keys: readonly object[] };
            return { ...answer, body: JSON.stringify({ keys: keys.slice(1) }) };
          },
        },
      ),
    );
    expect(await failures()).toEqual([]);
    expect(answers).toBe(2);
  });

  it('is told once, where the ID token has no sub to compare with', async () => {
    during(okta.alterIdTokens('default', ({ sub: _, ...claims }) => claims));
    expect(await failures()).toEqual(['id-token@default: claim-missing']);
  });
});

/** A table in memory. `refuse(after)` makes it refuse what is written after so many writes. */
function failingTable() {
  const items = new Map<string, Record<string, AttributeValue>>();
  let writesLeft = Number.POSITIVE_INFINITY;
  const getItem = async ({ Key }: GetItemCommandInput) => ({ Item: items.get(JSON.stringify(Key)) });
  const putItem = async ({ Item = {}, ExpressionAttributeValues: values }: PutItemCommandInput) => {
    if (writesLeft <= 0) throw new Error('ProvisionedThroughputExceededException');
    writesLeft -= 1;
    const key = JSON.stringify({ org: Item.org, item: Item.item });
    if (items.get(key)?.revision?.N !== values?.[':seen']?.N) {
      throw Object.assign(new Error('changed'), { name: 'ConditionalCheckFailedException' });
    }
    items.set(key, Item);
    return {};
  };
  const unused = () => Promise.reject(new Error('a sign-in reads one item'));
  return {
    table: { name: 'state', client: { getItem, putItem, query: unused, scan: unused } },
    refuse: (after: number) => {
      writesLeft = after;
    },
  };
}

describe('the user is never locked out', () => {
  let before = 0;
  beforeEach(() => {
    before = okta.refusedPasswords();
  });

  it('by a wrong password: it is sent once, until the secret changes', async () => {
    stored = { text: JSON.stringify({ password: 'wrong' }), version: 'first' };
    expect(await failures()).toEqual(['sign-in: user-password-refused']);
    const once = passwords();
    for (let run = 0; run < 20; run += 1) expect(await failures()).toEqual(['sign-in: user-password-refused']);
    expect(passwords()).toBe(once);
    stored = { text: JSON.stringify({ password: okta.users.password.password }), version: 'second' };
    expect(outcomeLines(await signIn())).toEqual(allPassed);
    expect(okta.findUser(okta.users.password.login)?.status).toBe('ACTIVE');
  });

  it('by what is wrong besides the password: it is told for five runs, in which the password is sent', async () => {
    during(okta.alterUser(okta.users.password.login, { access: 'DENY' }));
    for (let run = 0; run < 5; run += 1) expect(await failures()).toEqual(['sign-in: sign-in-denied']);
    expect(okta.refusedPasswords()).toBe(before);
  });

  it('by a wrong password whose refusal cannot be written: the process remembers it', async () => {
    const { table, refuse } = failingTable();
    container = openContainer(secrets, () => now(), tableStore(table, now));
    stored = { text: JSON.stringify({ password: 'wrong' }), version: 'first' };
    refuse(1);
    for (let run = 0; run < 5; run += 1) expect(await failures()).toEqual(['sign-in: user-password-refused']);
    expect(okta.refusedPasswords() - before).toBe(1);
  });

  it('by a table that cannot be written: no password is sent', async () => {
    const { table, refuse } = failingTable();
    container = openContainer(secrets, () => now(), tableStore(table, now));
    refuse(0);
    expect(await failures()).toEqual(['sign-in: sign-in-not-remembered']);
    expect(passwords()).toBe(0);
  });

  it('by two runs at the same time: the second sends nothing', async () => {
    const { table } = failingTable();
    container = openContainer(secrets, () => now(), tableStore(table, now));
    stored = { text: JSON.stringify({ password: 'wrong' }), version: 'first' };
    const found = await Promise.all([failures(), failures()]);
    expect(found.flat().toSorted()).toEqual(['sign-in: sign-in-not-remembered', 'sign-in: user-password-refused']);
    expect(okta.refusedPasswords() - before).toBe(1);
  });

  it('by an outage of a password that was good before', async () => {
    expect(await failures()).toEqual([]);
    const restore = okta.intercept({ path: '/idp/idx/challenge/answer' }, { status: 503 });
    const other = okta.intercept({ path: '/idp/idx/identify' }, { status: 503 });
    for (let run = 0; run < 4; run += 1) expect(await failures()).toEqual(['sign-in: gateway-error']);
    restore();
    other();
    expect(await failures()).toEqual([]);
  });
});
