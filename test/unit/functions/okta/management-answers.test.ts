import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expiriesByKid,
  identified,
  parseSigningApplication,
  parseTrustedProviders,
} from '../../../../functions/okta/certificate-keys.ts';
import { memberAt, objectsIn, shownName, textAt, timeAt } from '../../../../functions/okta/json-fields.ts';
import {
  isVerified,
  kidsWith,
  parseAgentPools,
  parseApiTokens,
  parseClientCredentials,
  parseCustomDomains,
  parseHooks,
  parseServerSigning,
  signingKeysIn,
} from '../../../../functions/okta/management-answers.ts';

const agent = (name: string, operationalStatus: string, more: object = {}) => ({
  id: `a53${name}`,
  name,
  operationalStatus,
  ...more,
});
const pool = (operationalStatus: string, agents: unknown, more: object = {}) => {
  const [parsed] = parseAgentPools([{ id: '0oa1', name: 'corp', type: 'AD', operationalStatus, agents, ...more }]);
  if (!parsed) throw new Error('no pool');
  return parsed;
};

describe('agent pools', () => {
  it.each([
    ['OPERATIONAL', ['OPERATIONAL', 'OPERATIONAL'], 'operational'],
    ['DEGRADED', ['OPERATIONAL', 'DISRUPTED'], 'degraded'],
    ['DISRUPTED', ['DISRUPTED', 'INACTIVE'], 'down'],
    // The agents are newer than the word for the pool.
    ['OPERATIONAL', ['INACTIVE', 'OPERATIONAL'], 'degraded'],
    ['OPERATIONAL', ['INACTIVE'], 'down'],
    // Slow, and not dead.
    ['DEGRADED', ['DEGRADED', 'DEGRADED'], 'degraded'],
    ['OPERATIONAL', ['UPGRADING'], 'operational'],
    ['DISRUPTED', [], 'down'],
    ['INACTIVE', ['INACTIVE'], 'inactive'],
    ['', [], 'unknown'],
  ] as const)('%s with agents that are %j is %s', (status, agents, state) => {
    expect(
      pool(
        status,
        agents.map((each, at) => agent(`host${at}`, each)),
      ).state,
    ).toBe(state);
  });

  it('an agent that is hidden is none, and agents may be an object', () => {
    const all = { one: agent('host1', 'OPERATIONAL'), two: agent('host2', 'INACTIVE', { isHidden: true }) };
    expect(pool('OPERATIONAL', all)).toMatchObject({
      state: 'operational',
      agents: [{ name: 'host1', isDown: false }],
    });
  });

  it('the last contact is in milliseconds, as Okta sends it for agents', () => {
    const [found] = pool('OPERATIONAL', [agent('host1', 'OPERATIONAL', { lastConnection: 1_766_430_781_000 })]).agents;
    expect(found?.lastConnection).toBe(1_766_430_781_000);
  });

  it('an agent is outdated only if Okta says so', () => {
    const versions = [{}, { isLatestGAedVersion: true }, { isLatestGAedVersion: false, version: '3.16.0' }];
    const agents = versions.map((more, at) => agent(`host${at}`, 'OPERATIONAL', more));
    expect(pool('OPERATIONAL', agents).agents.map(({ outdatedVersion }) => outdatedVersion)).toEqual([
      undefined,
      undefined,
      '3.16.0',
    ]);
  });
});

describe('certificates', () => {
  it('expire by kid, and those without a date are left out', () => {
    const keys = [
      { kid: 'one', expiresAt: '2027-01-01T00:00:00.000Z' },
      { kid: 'two' },
      { kid: 'three', expiresAt: 'soon' },
    ];
    expect([...expiriesByKid(keys)]).toEqual([['one', Date.UTC(2027, 0, 1)]]);
  });

  it('are of SAML applications only, by the kid that is active', () => {
    const credentials = { signing: { kid: 'kid1' } };
    const item = { id: '0oa1', label: 'Payroll', status: 'ACTIVE', signOnMode: 'SAML_2_0', credentials };
    expect(parseSigningApplication(item)).toEqual({ id: '0oa1', name: 'Payroll', isActive: true, kid: 'kid1' });
    expect(parseSigningApplication({ ...item, signOnMode: 'OPENID_CONNECT' })).toBeUndefined();
  });

  it('are of active identity providers, which may sign with several', () => {
    const provider = (status: string, trust: object) => ({
      id: '0oa1',
      name: 'Partner',
      status,
      protocol: { credentials: { trust } },
    });
    expect(
      parseTrustedProviders([
        provider('ACTIVE', { kid: 'one', additionalKids: ['two', 3] }),
        provider('INACTIVE', { kid: 'one' }),
        provider('ACTIVE', {}),
      ]).map(({ kids }) => kids),
    ).toEqual([['one', 'two']]);
  });
});

describe('custom domains', () => {
  it('are those with an address of their own', () => {
    const publicCertificate = {
      expiration: '2027-01-01T00:00:00.000Z',
      fingerprint: '73f2',
      subject: 'CN=login.acme.com',
    };
    const items = [
      { id: 'default', domain: 'acme.okta.com' },
      {
        id: 'OcD1',
        domain: 'Login.Acme.com',
        certificateSourceType: 'OKTA_MANAGED',
        validationStatus: 'COMPLETED',
        publicCertificate,
      },
      { id: 'OcD2', domain: 'id.acme.com', certificateSourceType: 'MANUAL', validationStatus: 'FAILED_TO_VERIFY' },
      { id: 'OcD3', domain: 'https://not.a/host' },
    ];
    const domains = parseCustomDomains(items);
    expect(domains).toEqual([
      {
        id: 'OcD1',
        domain: 'login.acme.com',
        isManaged: true,
        validation: 'COMPLETED',
        expiresAt: Date.UTC(2027, 0, 1),
      },
      { id: 'OcD2', domain: 'id.acme.com', isManaged: false, validation: 'FAILED_TO_VERIFY' },
    ]);
    expect(domains.map(isVerified)).toEqual([true, false]);
  });
});

describe('secrets and keys of applications', () => {
  it('are their id, status and age, and nothing else', () => {
    const secret = {
      id: 'ocs1',
      status: 'ACTIVE',
      created: '2026-01-01T00:00:00.000Z',
      client_secret: 'hush',
      secret_hash: 'h',
    };
    expect(parseClientCredentials([secret])).toEqual([{ id: 'ocs1', isActive: true, created: Date.UTC(2026, 0, 1) }]);
  });

  it('keys that encrypt are not those that a client authenticates with', () => {
    const keys = [{ id: 'pks1', use: 'sig' }, { id: 'pks2', use: 'enc' }, { id: 'pks3' }];
    expect(signingKeysIn({ jwks: { keys } })?.map(({ id }) => id)).toEqual(['pks1', 'pks3']);
  });

  it("the keys of a client are read as Okta's example and as its schema have them", () => {
    const keys = [{ id: 'pks1', use: 'sig' }];
    for (const answer of [{ jwks: { keys } }, { keys }]) expect(signingKeysIn(answer)).toEqual(keys);
    for (const answer of [{}, { jwks: {} }, { keys: 'pks1' }, keys]) expect(signingKeysIn(answer)).toBeUndefined();
  });

  it('API tokens have an owner, and work from anywhere if Okta says so', () => {
    const token = {
      id: '00T1',
      name: 'job',
      userId: '00u1',
      network: { connection: 'ANYWHERE' },
      expiresAt: '2027-01-01T00:00:00.000Z',
    };
    expect(parseApiTokens([token, { id: '00T2' }])).toEqual([
      { id: '00T1', name: 'job', owner: '00u1', isUnrestricted: true, expiresAt: Date.UTC(2027, 0, 1) },
      { id: '00T2', name: '00T2', isUnrestricted: false },
    ]);
  });
});

it('hooks have the status that Okta says, and those that are not verified say so', () => {
  const items = [
    { id: 'who1', status: 'ACTIVE', verificationStatus: 'UNVERIFIED' },
    { id: 'cal1', status: 'INACTIVE' },
    { id: 'cal2' },
  ];
  expect(parseHooks(items).map(({ status, isUnverified }) => [status, isUnverified])).toEqual([
    ['ACTIVE', true],
    ['INACTIVE', false],
    ['unknown', false],
  ]);
});

it('a server rotates its keys by itself or by hand', () => {
  const at = (signing: object) => parseServerSigning({ credentials: { signing } });
  expect(at({ rotationMode: 'MANUAL', lastRotated: '2026-01-01T00:00:00.000Z' })).toEqual({
    ...{ isManual: true, lastRotated: Date.UTC(2026, 0, 1) },
  });
  expect(at({ rotationMode: 'AUTO', nextRotation: '2027-01-01T00:00:00.000Z' })).toEqual({
    ...{ isManual: false, nextRotation: Date.UTC(2027, 0, 1) },
  });
  const keys = [
    { kid: 'one', status: 'ACTIVE' },
    { kid: 'two', status: 'NEXT' },
    { kid: 'three', status: 'EXPIRED' },
  ];
  expect([kidsWith('ACTIVE', keys), kidsWith('NEXT', keys)]).toEqual([['one'], ['two']]);
});

describe('what an answer may hold', () => {
  it('is read by its own members only', () => {
    expect(memberAt({}, 'constructor')).toBeUndefined();
    expect(memberAt(JSON.parse('{"__proto__": {"id": "x"}}'), 'id')).toBeUndefined();
    expect(textAt({ a: { b: 'c' } }, 'a', 'b')).toBe('c');
    expect(textAt({ a: 'x'.repeat(501) }, 'a')).toBeUndefined();
  });

  it.each([
    ['2027-01-01T00:00:00.000Z', Date.UTC(2027, 0, 1)],
    [1_766_430_781_000, 1_766_430_781_000],
    ['2027', undefined],
    ['2027-13-45T99:00:00Z', undefined],
    [-1, undefined],
    [8.65e15, undefined],
    [null, undefined],
  ])('%j is the time %j', (value, time) => {
    expect(timeAt({ value }, 'value')).toBe(time);
  });

  it.each([
    ['Payroll', 'Payroll'],
    ['jane@example.com', 'id1'],
    ['two\nlines\u202e', 'two lines'],
    ['x'.repeat(80), `${'x'.repeat(59)}…`],
    ['', 'id1'],
    [7, 'id1'],
  ])('the name %j is shown as %j', (name, shown) => {
    expect(shownName({ name }, 'id1')).toBe(shown);
  });

  it('is known or not, whatever it is, and never an error', () => {
    const names = [
      'id',
      'kid',
      'name',
      'label',
      'status',
      'agents',
      'operationalStatus',
      'signOnMode',
      'credentials',
      'protocol',
      'expiresAt',
      'created',
      'network',
      'userId',
      'domain',
      'publicCertificate',
      'jwks',
      'keys',
    ];
    const item = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(item)), (answer) => {
        const items = identified(answer) ?? [];
        const parsed = [
          ...[parseAgentPools(items), parseTrustedProviders(items), parseCustomDomains(items), parseHooks(items)],
          ...[parseClientCredentials(items), parseApiTokens(items), items.map(parseSigningApplication)],
          ...[[...expiriesByKid(items)], items.map(parseServerSigning), signingKeysIn(answer) ?? [], objectsIn(answer)],
        ];
        for (const each of parsed) expect(Array.isArray(each)).toBe(true);
      }),
    );
  });
});
