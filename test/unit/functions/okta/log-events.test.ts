import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTypes, logFilter } from '../../../../functions/okta/log-event-types.ts';
import { readLogEvent } from '../../../../functions/okta/log-events.ts';
import { matchFootprint } from '../../../../functions/okta/log-footprint.ts';
import { createAdministrationLog } from '../../../../packages/okta-emulator/src/administration-log.ts';
import { createJobsLog } from '../../../../packages/okta-emulator/src/okta-jobs-log.ts';
import { createRateLimitLog, otherIntegration } from '../../../../packages/okta-emulator/src/rate-limit-log.ts';
import { parseFilter } from '../../../../packages/okta-emulator/src/scim-filter.ts';
import { createSystemLog } from '../../../../packages/okta-emulator/src/system-log.ts';
import { createUsers } from '../../../../packages/okta-emulator/src/users.ts';
import { readFixture } from '../../../support/read-fixture.ts';

const person = {
  ...{ id: '00u1person2with3name', type: 'User', alternateId: 'mona.lisa@example.com' },
  ...{ displayName: 'Mona Lisa', detailEntry: null },
};
const application = {
  ...{ id: '0oa1shop2frontend345', type: 'PublicClientApp', alternateId: '0oa1shop2frontend345' },
  ...{ displayName: 'Shop', detailEntry: null },
};
/** What must not come out, wherever it is in an event. */
const personal = ['00u1person2with3name', 'mona', 'lisa', '203.0.113.7', 'mozilla', 'da vinci', 'paris'];

/** An event in the shape that Okta documents and others have recorded, with made-up values. */
function event(eventType: string, members: Readonly<Record<string, unknown>> = {}) {
  const place = { city: 'Paris', state: 'Da Vinci', country: 'France', geolocation: { lat: 48.86, lon: 2.34 } };
  return {
    actor: person,
    client: {
      userAgent: { rawUserAgent: 'Mozilla/5.0 (X11)', os: 'Linux', browser: 'FIREFOX' },
      ...{ zone: 'null', device: 'Computer', id: null, ipAddress: '203.0.113.7', geographicalContext: place },
    },
    authenticationContext: { authenticationStep: 0, externalSessionId: '102abc' },
    displayMessage: 'Mona Lisa did something',
    eventType,
    outcome: { result: 'SUCCESS', reason: null },
    published: '2026-03-02T10:20:30.405Z',
    securityContext: { asNumber: 1, asOrg: 'Da Vinci', isp: 'Da Vinci', domain: 'example.com', isProxy: false },
    severity: 'INFO',
    debugContext: {
      debugData: { requestId: 'aZ09_-made-up', requestUri: '/users/mona.lisa@example.com', url: '/?mona' },
    },
    legacyEventType: null,
    transaction: { type: 'WEB', id: 'aZ09_-made-up', detail: {} },
    uuid: 'f790999f-fe87-467a-9880-6982a583986c',
    version: '0',
    request: { ipChain: [{ ip: '203.0.113.7', geographicalContext: place, version: 'V4', source: null }] },
    target: null,
    ...members,
  };
}
const debug = (debugData: object) => ({ debugContext: { debugData } });
const failed = (reason: string, result = 'FAILURE') => ({ outcome: { result, reason } });
const thing = (type: string, id: string, displayName: string | null = null) => ({
  id,
  type,
  displayName,
  alternateId: 'x',
});

describe('a log event', () => {
  it('is read with its UUID, its time and the ID of its request', () => {
    expect(readLogEvent(event('user.session.start'))).toEqual({
      ...{ id: 'f790999f-fe87-467a-9880-6982a583986c', type: 'user.session.start', requestId: 'aZ09_-made-up' },
      ...{ atMs: Date.UTC(2026, 2, 2, 10, 20, 30, 405), kind: 'sign-in', succeeded: true },
    });
  });

  it('of one of Okta’s own jobs has no request', () => {
    const job = event('system.agent.ldap.disconnect', {
      transaction: { type: 'JOB', id: 'a-job-of-okta' },
      ...debug({}),
    });
    expect(readLogEvent(job)).not.toHaveProperty('requestId');
  });

  it.each([
    ['an unknown type', event('user.account.update_profile')],
    ['a member of every object as its type', event('constructor')],
    ['no UUID', event('user.session.start', { uuid: undefined })],
    ['a time that is none', event('user.session.start', { published: 'yesterday' })],
    ['nothing', undefined],
    ['a list', [event('user.session.start')]],
  ])('with %s is not read', (_, value) => {
    expect(readLogEvent(value)).toBeUndefined();
  });

  it.each([
    ['user.authentication.sso', 'SUCCESS'],
    ['policy.evaluate_sign_on', 'ALLOW'],
    ['policy.evaluate_sign_on', 'CHALLENGE'],
    ['app.oauth2.as.authorize.code', 'SUCCESS'],
    ['inline_hook.executed', 'SUCCESS'],
  ])('of the type %s with the result %s is not read', (eventType, result) => {
    expect(readLogEvent(event(eventType, { outcome: { result } }))).toBeUndefined();
  });
});

const bucket = [thing('URL Pattern', '/api/v1/logs'), thing('Bucket Uuid', 'b192d91c-b242-36da-9332-d97a5579f865')];

/** An event, its members that differ from a common event, and what it means. */
interface MeantEvent {
  readonly what: string;
  readonly event: { readonly eventType: string };
  readonly meaning: object;
}

/** The shapes are those of https://developer.okta.com/docs/reference/rl-system-log-events/ and of recorded events. */
describe('what an event means', () => {
  it.each(readFixture<MeantEvent>('log-events.jsonl'))(
    'is, of $what, without whom it is about',
    ({ event: { eventType, ...members }, meaning }) => {
      const read = readLogEvent(event(eventType, members));
      expect(read).toMatchObject(meaning);
      const json = JSON.stringify(read).toLowerCase();
      expect(personal.filter((text) => json.includes(text))).toEqual([]);
    },
  );

  it.each([
    ['the e-mail address of somebody', 'App of leonardo@example.com'],
    ['an IPv4 address', 'Server 203.0.113.99'],
    ['an IPv6 address', 'Server 2001:db8::1'],
    ['the name of the actor', "Mona Lisa's app"],
  ])('leaves out the name of a thing that has %s', (_, name) => {
    const value = event('application.lifecycle.update', { target: [thing('AppInstance', '0oa5app', name)] });
    expect(readLogEvent(value)).toMatchObject({ targets: [{ type: 'AppInstance', id: '0oa5app' }] });
    expect(JSON.stringify(readLogEvent(value))).not.toContain(name);
  });

  it.each(['User', 'AppUser', 'UserGroup', 'AuthenticatorEnrollment', 'Email', 'Device'])(
    'has no trace of a target of the type %s',
    (type) => {
      const target = [thing('AppInstance', '0oa5app', 'Payroll'), thing(type, 'any-id', 'Anything')];
      expect(readLogEvent(event('application.lifecycle.update', { target }))).toHaveProperty('targets', [
        { type: 'AppInstance', id: '0oa5app', name: 'Payroll' },
      ]);
    },
  );

  it('keeps words that only contain a short name', () => {
    const actor = { ...person, displayName: 'Ali' };
    expect(readLogEvent(event('user.session.start', { actor, ...failed('INVALID_CREDENTIALS') }))).toMatchObject({
      reason: 'INVALID_CREDENTIALS',
    });
  });
});

describe('hostile events', () => {
  const texts = fc.oneof(
    fc.constantFrom(...personal, 'Mona Lisa <mona.lisa@example.com>'),
    fc.string({ unit: 'binary' }),
  );
  const values = fc.oneof(texts, fc.jsonValue(), fc.constantFrom({ toString: 1 }, { __proto__: null }, [[[]]]));
  /** The paths of everything in an event. */
  const pathsOf = (value: unknown): string[][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, member]) => [[name], ...pathsOf(member).map((path) => [name, ...path])])
      : [];
  const put = (value: unknown, [name, ...rest]: readonly string[], given: unknown): unknown => {
    if (name === undefined) return given;
    if (Array.isArray(value))
      return value.map((member, index) => (String(index) === name ? put(member, rest, given) : member));
    return typeof value === 'object' && value !== null
      ? { ...value, [name]: put((value as Record<string, unknown>)[name], rest, given) }
      : given;
  };

  it('are read or not, but never throw', () => {
    fc.assert(fc.property(fc.anything(), (value) => void readLogEvent(value)));
  });

  it('with anything anywhere never throw, and are small', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(eventTypes)), fc.nat(), values, (eventType, choice, given) => {
        const sound = event(eventType, { ...failed('LOCKED_OUT'), target: [...bucket, person, application] });
        const paths = pathsOf(sound);
        const read = readLogEvent(put(sound, paths[choice % paths.length] ?? [], given));
        expect(JSON.stringify(read ?? {}).length).toBeLessThan(5000);
      }),
      { numRuns: 1000 },
    );
  });

  it('never show what names a person, whatever things are called like people', () => {
    const name = fc.constantFrom('Mona Lisa', 'app of mona.lisa@example.com', '00u1person2with3name', '203.0.113.7');
    const type = fc.constantFrom('AppInstance', 'AppUser', 'PolicyRule', 'User', 'URL Pattern', 'Scope', 'Unheard Of');
    const participant = fc.record({ id: name, type, displayName: name, alternateId: name });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(eventTypes)),
        fc.array(participant),
        fc.dictionary(fc.constantFrom('error', 'factor', 'clientId', 'authorizationServer', 'urlPattern'), name),
        fc.constantFrom('SUCCESS', 'FAILURE', 'DENY'),
        name,
        (eventType, target, debugData, result, reason) => {
          const read = readLogEvent(event(eventType, { target, ...debug(debugData), outcome: { result, reason } }));
          const json = JSON.stringify(read ?? {}).toLowerCase();
          expect(personal.filter((text) => json.includes(text))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the filter of the System Log', () => {
  it('selects every event that is read', () => {
    const isSelected = parseFilter(logFilter);
    const results = ['SUCCESS', 'FAILURE', 'DENY', 'ALLOW'];
    const events = Object.keys(eventTypes).flatMap((eventType) =>
      results.map((result) => event(eventType, { outcome: { result, reason: null } })),
    );
    const missed = events.filter((one) => readLogEvent(one) !== undefined && !isSelected(one));
    expect(missed.map(({ eventType }) => eventType)).toEqual([]);
  });

  it.each([
    ['user.authentication.sso', 'SUCCESS'],
    ['policy.evaluate_sign_on', 'ALLOW'],
    ['user.session.end', 'SUCCESS'],
    ['system.agent.ad.realtimesync', 'SUCCESS'],
  ])('leaves out %s with the result %s', (eventType, result) => {
    expect(parseFilter(logFilter)(event(eventType, { outcome: { result } }))).toBe(false);
  });

  it('fits into a URL that servers take', () => {
    expect(new URLSearchParams({ filter: logFilter }).toString().length).toBeLessThan(4000);
  });
});

describe('an event of the embedded Okta', () => {
  const recorded = (record: (log: ReturnType<typeof createSystemLog>) => void) => {
    const log = createSystemLog(() => Date.UTC(2026, 0, 1));
    record(log);
    return log.entries().map(({ event: one }) => readLogEvent(JSON.parse(JSON.stringify(one))));
  };
  const users = createUsers();
  const administer = (log: ReturnType<typeof createSystemLog>) =>
    createAdministrationLog(log, () => users.find('ada@example.com'), '0oa1web').administer;

  it.each([
    ['policy-rule', 'policy-rule', 'Two factors'],
    ['server', 'server', 'default'],
    ['scope', 'scope', 'monitor.read'],
    ['claim', 'claim', 'department'],
    ['application', 'application', 'Web application'],
    ['application-key', 'application-key', 'Web application'],
    ['server-key', 'server-key', 'default'],
    ['zone', 'zone', 'Office'],
    ['identity-provider', 'identity-provider', 'Partner'],
    ['api-token', 'api-token', 'monitor'],
  ] as const)('about a change of a %s names what was changed', (thingName, what, name) => {
    const events = recorded((log) => administer(log)(thingName, 'update'));
    expect(events).toMatchObject([{ kind: 'change', what, change: 'updated', by: { type: 'user' } }]);
    expect(events[0]).toHaveProperty('targets.0.name', name);
  });

  it('about an import that a safeguard stopped is a change, although its result is a failure', () => {
    const stopped = event('system.import.roadblock', { outcome: { result: 'FAILURE' } });
    expect(readLogEvent(stopped)).toMatchObject({ kind: 'change', what: 'import', change: 'stopped', succeeded: true });
    const refused = event('group.application_assignment.remove', { outcome: { result: 'FAILURE' } });
    expect(readLogEvent(refused)).toMatchObject({ kind: 'change', succeeded: false });
  });

  it.each([
    ['org-warning', 'warning', 'org'],
    ['org-violation', 'violation', 'org'],
    ['org-burst', 'burst', 'org'],
    ['org-concurrency', 'concurrency', 'org'],
    ['client-violation', 'violation', 'client'],
    ['client-notification', 'notification', 'client'],
    ['client-concurrency', 'concurrency', 'client'],
    ['client-share', 'warning', 'client'],
    ['operation-warning', 'warning', 'operation'],
    ['operation-violation', 'violation', 'operation'],
  ] as const)('about a limit of the kind %s says who reached it', (kind, limit, scope) => {
    const record = (log: ReturnType<typeof createSystemLog>) =>
      createRateLimitLog(log, Date.now, () => otherIntegration).record(
        kind,
        { bucket: '/api/v1/users' },
        otherIntegration,
      );
    const by = { type: 'application', id: '0oa7nightly8import9x', name: 'Nightly import' };
    expect(recorded(record)).toMatchObject([{ kind: 'rate-limit', limit, scope, by }]);
  });

  it.each([
    ['API_TOKEN', 'token'],
    ['APP', 'client'],
    ['USER', 'user'],
  ] as const)('about a limit of the scope %s is one of a %s', (scope, expected) => {
    const record = (log: ReturnType<typeof createSystemLog>) =>
      createRateLimitLog(log, Date.now, () => otherIntegration).record('org-violation', { scope }, otherIntegration);
    expect(recorded(record)).toMatchObject([{ kind: 'rate-limit', scope: expected }]);
  });

  it.each([
    ['ldap-agent-disconnected', { kind: 'system', part: 'agent', state: 'down' }],
    ['ad-agent-connected', { kind: 'system', part: 'agent', state: 'up' }],
    ['event-hook-failed', { kind: 'system', part: 'event-hook', state: 'failed' }],
    ['inline-hook-failed', { kind: 'system', part: 'inline-hook', state: 'failed' }],
    ['log-stream-deactivated', { kind: 'change', what: 'log-stream', change: 'deactivated', by: { type: 'okta' } }],
    ['certificate-renewed', { kind: 'system', part: 'certificate' }],
    ['threat-detected', { kind: 'threat', sign: 'detected' }],
    ['attack-started', { kind: 'threat', sign: 'attack-started' }],
    ['credentials-refused', { kind: 'credentials-refused' }],
  ] as const)('about a job of the kind %s is read', (job, meaning) => {
    expect(recorded((log) => createJobsLog(log)(job, 'siem'))).toMatchObject([meaning]);
  });
});

describe('the footprint of the monitor’s own requests', () => {
  const sent = [
    { requestId: 'first', sentAtMs: 1000 },
    { requestId: 'second', sentAtMs: 2000 },
  ];

  it('is what arrived and within which time, and what did not', () => {
    const read = ['second', 'of somebody else'].map((requestId) => ({ requestId, readAtMs: 92_000 }));
    expect(matchFootprint(sent, read)).toEqual({
      arrived: [{ requestId: 'second', sentAtMs: 2000, withinMs: 90_000 }],
      missing: [{ requestId: 'first', sentAtMs: 1000 }],
    });
  });

  it('has no negative times where clocks differ', () => {
    const read = [{ requestId: 'first', readAtMs: 0 }];
    expect(matchFootprint(sent, read).arrived.map(({ withinMs }) => withinMs)).toEqual([0]);
  });
});
