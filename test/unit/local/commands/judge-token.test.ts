import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Introspection, judgeToken, type TokenContext } from '../../../../local/commands/check/judge-token.ts';
import { locateIssuer, readToken, type TokenKind } from '../../../../local/commands/check/read-token.ts';
import { formatToken, tokenDocument } from '../../../../local/commands/reporters/token.ts';
import { buildOrg } from '../../../support/build-config.ts';
import { openCanaries, shownInEveryWay } from '../../../support/canaries.ts';
import {
  accessClaims,
  encrypted,
  idClaims,
  issuer,
  judgedAt,
  publishedKeys,
  signed,
  signedWithSecret,
  unsigned,
} from '../../../support/made-tokens.ts';
import { tooLong } from '../../../support/run-command.ts';

const org = buildOrg({
  web: { clientId: '0oaWeb', redirectUri: 'https://app.example.com/callback' },
  service: { clientId: '0oaService', secret: 'acme/key' },
  servers: [
    { id: 'org', scopes: ['okta.users.read'] },
    { id: 'default', audience: 'api://default', scopes: ['orders.read'] },
  ],
});

const orgClaims = {
  ...accessClaims,
  iss: 'https://acme.okta.com',
  aud: 'https://acme.okta.com',
  scp: ['okta.users.read'],
};
const orgHeader = { header: { typ: 'application/okta-internal-at+jwt' } };

function asked(claims: Introspection['claims'], clientId = '0oaService'): Pick<TokenContext, 'introspections'> {
  return { introspections: [{ server: 'default', clientId, ...(claims && { claims }) }] };
}

const active = {
  active: true,
  iss: issuer,
  aud: 'api://default',
  exp: judgedAt + 60,
  iat: judgedAt,
  scope: 'orders.read',
};

interface Sample {
  readonly name: string;
  readonly token: string;
  readonly kind: TokenKind;
  readonly verdict: 'accepted' | 'rejected' | 'undecided';
  /** The checks that failed, or that stay open. */
  readonly because?: readonly string[];
  readonly answer?: string;
  readonly context?: Partial<TokenContext>;
}

const good = await signed(accessClaims);
const [header = '', payload = '', signature = ''] = good.split('.');
const rejectedAt = (...because: readonly string[]) => ({ verdict: 'rejected', because }) as const;
const custom = { kind: 'custom-access-token' } as const;

const samples: readonly Sample[] = [
  { name: 'a good access token', token: good, ...custom, verdict: 'accepted' },
  {
    ...{ name: 'an access token with the audience and scopes of the service', token: good, ...custom },
    ...{ verdict: 'accepted', context: { requirements: { audience: 'api://default', scopes: ['orders.read'] } } },
  },
  {
    ...{ name: 'an expired one', token: await signed({ ...accessClaims, exp: judgedAt - 7_500 }), ...custom },
    ...{ ...rejectedAt('expires'), answer: '401 invalid_token' },
  },
  {
    ...{ name: 'one with milliseconds for times', ...custom, ...rejectedAt('expires') },
    token: await signed({ ...accessClaims, exp: judgedAt * 1000 }),
  },
  {
    ...{ name: 'one without an expiry', ...custom, ...rejectedAt('expires') },
    token: await signed({ ...accessClaims, exp: undefined }),
  },
  {
    ...{ name: 'one that is not valid yet', ...custom, ...rejectedAt('not before') },
    token: await signed({ ...accessClaims, nbf: judgedAt + 600 }),
  },
  {
    ...{ name: 'one from the future', ...custom, ...rejectedAt('issued') },
    token: await signed({ ...accessClaims, iat: judgedAt + 600 }),
  },
  {
    ...{ name: 'one for another audience than the configured one', ...custom, ...rejectedAt('audience') },
    token: await signed({ ...accessClaims, aud: 'api://other' }),
  },
  {
    ...{ name: 'one for another audience than --audience', token: good, ...custom, ...rejectedAt('audience') },
    context: { requirements: { audience: 'api://orders' } },
  },
  {
    ...{ name: 'one that lacks a scope', token: good, ...custom, ...rejectedAt('scopes') },
    ...{ answer: '403 insufficient_scope', context: { requirements: { scopes: ['orders.write'] } } },
  },
  {
    ...{ name: "another org's", ...custom, ...rejectedAt('issuer') },
    token: await signed({ ...accessClaims, iss: 'https://globex.okta.com/oauth2/default' }),
  },
  {
    ...{ name: 'one of a host that is not of Okta', ...custom, ...rejectedAt('issuer') },
    token: await signed({ ...accessClaims, iss: 'https://issuer.example.net/oauth2/default' }),
  },
  {
    ...{ name: 'one whose issuer has a slash too many', ...custom, ...rejectedAt('issuer') },
    token: await signed({ ...accessClaims, iss: `${issuer}/` }),
  },
  {
    ...{ name: 'one of another server at the domain', ...custom, verdict: 'accepted' },
    token: await signed({ ...accessClaims, iss: 'https://acme.okta.com/oauth2/ausOther1' }),
  },
  {
    ...{ name: 'one that was changed', token: `${header}.${payload}.${flipped(signature)}`, ...custom },
    ...rejectedAt('signature'),
  },
  {
    ...{ name: 'one that another key signed', token: await signed(accessClaims, { byStranger: true }), ...custom },
    ...rejectedAt('signature'),
  },
  {
    ...{ name: 'one with a key that is not published', ...custom, ...rejectedAt('signature') },
    token: await signed(accessClaims, { header: { kid: 'retired' } }),
  },
  {
    ...{ name: 'one that a shared secret signed', token: await signedWithSecret(accessClaims), ...custom },
    ...rejectedAt('algorithm', 'signature'),
  },
  {
    ...{ name: 'one that is bound to a key', ...custom, verdict: 'accepted' },
    token: await signed({ ...accessClaims, cnf: { jkt: 'thumbprint' } }),
  },
  {
    ...{
      name: 'one that is not bound although its client demands it',
      token: good,
      ...custom,
      ...rejectedAt('binding'),
    },
    context: withOrg(
      buildOrg({
        service: { clientId: '0oaService', secret: 'acme/key', dpop: true },
        servers: [{ id: 'default', scopes: ['orders.read'] }],
      }),
    ),
  },
  {
    ...{ name: 'one that was revoked', token: good, ...custom, ...rejectedAt('introspection') },
    context: asked({ active: false }),
  },
  {
    ...{ name: 'one of another client that is not active', token: good, ...custom },
    ...{ verdict: 'undecided', because: ['introspection'], context: asked({ active: false }, '0oaOther') },
  },
  {
    ...{ name: 'one of which introspection says another thing', token: good, ...custom },
    ...{ ...rejectedAt('introspection'), context: asked({ active: true, jti: 'AT.other' }) },
  },
  {
    ...{
      name: 'one whose keys cannot be fetched',
      token: good,
      ...custom,
      verdict: 'undecided',
      because: ['signature'],
    },
    context: { keys: { unavailable: 'acme.okta.com answers 503 for its keys' } },
  },
  {
    ...{ name: 'one without a configuration', token: good, ...custom, verdict: 'undecided' },
    ...{ because: ['issuer', 'signature'], context: { orgs: [], issuer: { place: 'elsewhere' } } },
  },
  {
    ...{
      name: 'an access token of the Org server',
      token: await signed(orgClaims, orgHeader),
      kind: 'org-access-token',
    },
    ...{ verdict: 'undecided', because: ['introspection'] },
  },
  {
    ...{ name: 'an access token of the Org server that is active', kind: 'org-access-token', verdict: 'accepted' },
    ...{ token: await signed(orgClaims, orgHeader), context: asked({ active: true }) },
  },
  {
    ...{ name: 'an access token of the Org server at a service of your own', kind: 'org-access-token' },
    ...{ token: await signed(orgClaims, orgHeader), ...rejectedAt('kind', 'audience'), answer: '401 invalid_token' },
    context: { ...asked({ active: true }), requirements: { audience: 'api://default' } },
  },
  { name: 'an ID token', token: await signed(idClaims), kind: 'id-token', verdict: 'accepted' },
  {
    ...{ name: 'an ID token where an access token belongs', token: await signed(idClaims), kind: 'id-token' },
    ...{ ...rejectedAt('kind'), context: { requirements: { scopes: ['orders.read'] } } },
  },
  {
    ...{ name: "another application's ID token", kind: 'id-token', ...rejectedAt('audience') },
    token: await signed({ ...idClaims, aud: '0oaOther' }),
  },
  {
    name: 'an unsigned token',
    token: unsigned(accessClaims),
    kind: 'unsigned-jwt',
    ...rejectedAt('kind', 'algorithm', 'signature'),
  },
  {
    name: 'an encrypted token',
    token: await encrypted(accessClaims),
    kind: 'encrypted-jwt',
    verdict: 'undecided',
    because: ['introspection'],
  },
  {
    ...{ name: 'an encrypted token that is active', token: await encrypted(accessClaims), kind: 'encrypted-jwt' },
    ...{ verdict: 'accepted', context: { ...asked(active), issuer: locateIssuer(issuer, [org]) } },
  },
  {
    name: 'a refresh token',
    token: 'dGhpcyBpcyBhIHJlZnJlc2ggdG9rZW4tYW5kIG1vcmU',
    kind: 'opaque',
    verdict: 'undecided',
    because: ['introspection'],
  },
  { name: 'an API token', token: `00${'a1B2c3D4'.repeat(5)}`, kind: 'api-token', ...rejectedAt('kind') },
  {
    name: 'a client assertion',
    token: await signed({ iss: '0oaService', sub: '0oaService', aud: `${issuer}/v1/token`, exp: judgedAt + 60 }),
    kind: 'client-assertion',
    ...rejectedAt('kind'),
  },
  {
    name: 'a DPoP proof',
    token: await signed({ jti: 'x', htm: 'GET', htu: issuer, iat: judgedAt }, { header: { typ: 'dpop+jwt' } }),
    kind: 'dpop-proof',
    ...rejectedAt('kind'),
  },
  {
    name: 'a JWT of something else',
    token: await signed({ iss: issuer, sub: 'x', aud: 'api://default', exp: judgedAt + 60 }),
    kind: 'other-jwt',
    ...rejectedAt('kind'),
  },
  { name: 'half a token', token: `${header}.${payload.slice(0, 50)}`, kind: 'damaged-jwt', ...rejectedAt('kind') },
  { name: 'a token without its signature', token: `${header}.${payload}.`, kind: 'damaged-jwt', ...rejectedAt('kind') },
  { name: 'a token response', token: JSON.stringify({ access_token: good }), kind: 'none', ...rejectedAt('kind') },
  {
    name: 'a private key',
    token: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----',
    kind: 'none',
    ...rejectedAt('kind'),
  },
  { name: 'a URL', token: 'https://app.example.com/callback?code=Zk3vQ0xTn8yB', kind: 'none', ...rejectedAt('kind') },
  { name: 'nothing', token: ' \n', kind: 'none', ...rejectedAt('kind') },
];

function flipped(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
}

function withOrg(other: typeof org): Partial<TokenContext> {
  return { orgs: [other], issuer: locateIssuer(issuer, [other]) };
}

function judge({ token, context }: Pick<Sample, 'token' | 'context'>) {
  const read = readToken(token);
  const base = { now: judgedAt, orgs: [org], issuer: locateIssuer(read.claims?.iss, [org]), keys: publishedKeys };
  return judgeToken(read, { ...base, requirements: {}, introspections: [], ...context });
}

const named = samples.map((sample) => [sample.name, sample] as const);

describe('the judgement of a pasted token', () => {
  it.each(named)('is right about %s', async (_, sample) => {
    const { kind, verdict, answer, checks } = await judge(sample);
    const status = sample.verdict === 'undecided' ? 'unknown' : 'failed';
    const because = new Set(checks.filter((check) => check.status === status).map(({ name }) => name));
    expect({ kind, verdict, because: [...because] }).toEqual({
      ...{ kind: sample.kind, verdict: sample.verdict, because: sample.because ?? [] },
    });
    if (sample.answer !== undefined) expect(answer).toBe(sample.answer);
  });

  it.each(named)('shows nothing of %s itself, and of its claims only names', async (_, sample) => {
    const canaries = openCanaries();
    canaries.add('the token', sample.token);
    canaries.add("a claim's value", 'jane@example.com');
    const read = readToken(sample.token);
    const report = await judge(sample);
    const shown = [
      formatToken(report, read, false),
      JSON.stringify(tokenDocument(report, read, false)),
      shownInEveryWay(report),
    ];
    expect(canaries.leaksIn(stripVTControlCharacters(shown.join('\n')))).toEqual([]);
  });

  it.each(named)('fits what it says of %s into 80 columns', async (_, sample) => {
    const text = formatToken(await judge(sample), readToken(sample.token), true);
    expect(tooLong(stripVTControlCharacters(text), 80)).toEqual([]);
  });
});

describe('the text about a token', () => {
  it('says times in words and dates, by the clock that is given', async () => {
    const { checks } = await judge({ token: await signed({ ...accessClaims, exp: judgedAt - 7_500 }) });
    expect(checks.find(({ name }) => name === 'expires')?.found).toBe(
      '2 hours 5 minutes ago (2029-12-31 21:55:00 UTC)',
    );
  });

  it('says that a token which expired a moment ago is still accepted by some services', async () => {
    const { checks, verdict } = await judge({ token: await signed({ ...accessClaims, exp: judgedAt - 30 }) });
    expect(checks.find(({ name }) => name === 'expires')?.why).toContain('two minutes');
    expect(verdict).toBe('rejected');
  });

  it('says how far the clocks are apart', async () => {
    const { checks } = await judge({ token: good, context: { clockOffsetSeconds: 300 } });
    expect(checks.find(({ name }) => name === 'clock')?.found).toBe('this machine is 5 minutes behind Okta');
  });

  it('has the values of claims only where they are asked for', async () => {
    const report = await judge({ token: good });
    const read = readToken(good);
    expect(formatToken(report, read, false)).not.toContain('jane@example.com');
    expect(formatToken(report, read, true)).toContain('"sub": "jane@example.com"');
    expect(tokenDocument(report, read, true)).toMatchObject({ claims: { sub: 'jane@example.com' } });
  });

  it('hides a token inside a claim, and a part of the signature in one, also where values are shown', async () => {
    const nested = await signed({ ...accessClaims, inner: good });
    const signatureOf = good.split('.')[2] ?? '';
    // A claim cannot hold its own signature, so the text is judged with the one of another token.
    const read = { ...readToken(nested), value: readToken(good).value };
    const shown = [
      formatToken(await judge({ token: nested }), read, true),
      JSON.stringify(tokenDocument(await judge({ token: nested }), { ...read, claims: { part: signatureOf } }, true)),
    ].join('\n');
    expect(shown).toContain('not shown');
    const windows = Array.from({ length: signatureOf.length - 20 }, (_, at) => signatureOf.slice(at, at + 20));
    expect(windows.filter((part) => shown.includes(part))).toEqual([]);
  });

  it('says that a bound token is accepted with a proof, and another without one', async () => {
    const bound = await judge({ token: await signed({ ...accessClaims, cnf: { jkt: 'thumbprint' } }) });
    expect(bound.summary).toContain('with a proof by its key (DPoP)');
    expect((await judge({ token: good })).summary).not.toContain('proof');
  });

  it('warns of a key that the token brings along', async () => {
    const token = await signed(accessClaims, { header: { jku: 'https://keys.example.net/jwks' } });
    const { checks } = await judge({ token });
    expect(checks.find(({ name }) => name === 'header')).toMatchObject({ status: 'noted', found: 'jku' });
  });

  it('prints no escape sequence that a claim contains', async () => {
    const token = await signed({ ...accessClaims, aud: '\u001b[31mred', name: '\u001b]0;title\u0007', '\u001b[2J': 1 });
    const report = await judge({ token });
    const values = formatToken(report, readToken(token), true)
      .split('\n')
      .filter((line) => line.startsWith('    "'));
    expect(values.length).toBeGreaterThan(5);
    const shown = [...values, ...report.claimNames, ...report.checks.map(({ found }) => found)].join(' ');
    expect(shown).not.toMatch(/\p{Cc}/u);
  });
});

describe('a pasted text', () => {
  it.each(['Bearer ', 'DPoP ', 'Authorization: Bearer ', '"access_token": "', "authorization: 'bearer "])(
    'is the same token with %s before it',
    (lead) => {
      const token = readToken(` ${lead}${good}${lead.includes('"') ? '",' : ''}\n`);
      expect(token.kind).toBe('custom-access-token');
      expect(token.value.reveal()).toBe(good);
    },
  );
});

describe('the issuer of a token', () => {
  it.each([
    [issuer, 'configured'],
    ['https://ACME.okta.com:443/oauth2/default', 'configured'],
    ['https://acme.okta.com/oauth2/aus1', 'domain'],
    ['https://acme.okta.com/oauth2/../admin', 'elsewhere'],
    ['https://acme.okta.com@evil.example.net/oauth2/default', 'elsewhere'],
    ['https://acme.okta.com.evil.example.net', 'elsewhere'],
    ['https://acme.okta.com:8443/oauth2/default', 'elsewhere'],
    ['no URL', 'elsewhere'],
    [undefined, 'unnamed'],
    [42, 'unnamed'],
  ])('is found: %s is %s', (value, place) => {
    expect(locateIssuer(value, [org]).place).toBe(place);
  });
});
