import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AttributeValue, GetItemCommandInput, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSecret, type Secrets } from '../../../../functions/aws/secrets.ts';
import { ProbeFailure } from '../../../../functions/findings/probe-failure.ts';
import { oneTimeCode, readBase32 } from '../../../../functions/journey/one-time-code.ts';
import { processStore, type SignInStore, tableStore } from '../../../../functions/journey/sign-in-memory.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import type { Org } from '../../../../functions/model/org.ts';
import { openUserCredentials } from '../../../../functions/run/user-credentials.ts';
import { fileSecrets } from '../../../../local/commands/check/check-orgs.ts';
import { signInFile, versionUnder } from '../../../../local/self-hosted/history/sign-in-file.ts';
import { secretsInFile } from '../../../../local/self-hosted/secret-source.ts';
import { fullOrg } from '../../../support/full-org.ts';
import { type Answer, asking, challenge, idx, LockingOkta, remediation } from '../../../support/locking-okta.ts';
import { exchange } from '../../../support/log-of.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-sign-in-'));
afterAll(() => rmSync(folder, { recursive: true }));

const start = Date.parse('2026-11-21T12:00:00Z');
const [minuteMs, dayMs] = [60_000, 24 * 60 * 60_000];

/** A state table in memory, with DynamoDB's conditions. A read that is not consistent misses the last write. */
function openTable() {
  const items = new Map<string, Record<string, AttributeValue>>();
  const earlier = new Map<string, Record<string, AttributeValue> | undefined>();
  const getItem = async ({ Key, ConsistentRead }: GetItemCommandInput) => ({
    Item: (ConsistentRead ? items : earlier).get(JSON.stringify(Key)),
  });
  const putItem = async ({ Item = {}, ExpressionAttributeValues: values }: PutItemCommandInput) => {
    const key = JSON.stringify({ org: Item.org, item: Item.item });
    if (items.get(key)?.revision?.N !== values?.[':seen']?.N)
      throw Object.assign(new Error('changed'), { name: 'ConditionalCheckFailedException' });
    earlier.set(key, items.get(key));
    items.set(key, Item);
    return {};
  };
  const unused = () => Promise.reject(new Error('a sign-in reads one item'));
  return { items, name: 'state', client: { getItem, putItem, query: unused, scan: unused } };
}

/** A stored secret, whose versions a test chooses. */
function openSecret(value: object = { password: 'right' }, version = 'A') {
  const stored = { value, version };
  const secrets: Secrets = {
    read: async (name) => Object.assign(parseSecret(name, JSON.stringify(stored.value)), { version: stored.version }),
  };
  return { stored, secrets };
}

interface Opened {
  readonly okta: LockingOkta;
  readonly secrets: Secrets;
  readonly store?: SignInStore;
  readonly now?: () => number;
  /** What the answers say of Okta's clock, one after the other. */
  readonly offsets?: readonly number[];
}

/** A process that signs the test user in. Returns the result of a sign-in: `passed`, or the code of the finding. */
function openProcess({ okta, secrets, store = processStore(), now = () => start, offsets = [] }: Opened) {
  const org: Org = { ...fullOrg, user: { login: 'monitor', secret: 'acme/user', engine: okta.engine } };
  const credentials = openUserCredentials(secrets, store, now)(org);
  return async (): Promise<string> => {
    const exchanges: Exchange[] = [];
    const left = [...offsets];
    const { promise: killed, resolve: kill } = Promise.withResolvers<string>();
    const fetch: typeof okta.fetch = async (url, init) => {
      try {
        const response = await okta.fetch(url, init);
        const clockOffsetSeconds = left.shift();
        exchanges.push(exchange(now(), '/', { ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }) }));
        return response;
      } catch (error) {
        if (!(error instanceof Error && error.message === 'killed')) throw error;
        kill('killed');
        return new Promise(() => {});
      }
    };
    const signedIn = credentials.signIn(fetch, exchanges).then(
      () => 'passed',
      (error: unknown) => (error instanceof ProbeFailure ? error.code : 'another error'),
    );
    return Promise.race([signedIn, killed]);
  };
}

async function repeat(count: number, signIn: () => Promise<string>): Promise<readonly string[]> {
  const ends: string[] = [];
  for (let run = 0; run < count; run += 1) ends.push(await signIn());
  return ends;
}

const status = fc.constantFrom(200, 400, 401, 403, 404, 429, 500, 503);

const steps: readonly object[] = [
  challenge,
  remediation('identify', 'identifier'),
  remediation('identify', 'identifier', 'credentials'),
  ...['select-authenticator-authenticate', 'select-authenticator-enroll', 'consent', 'redirect-idp', 'skip'].map(
    (name) => remediation(name),
  ),
  ...['keep-me-signed-in', 'device-challenge-poll', 'a-step-of-next-year'].map((name) => remediation(name)),
];

const keys = fc.constantFrom(
  ...['incorrectPassword', 'errors.E0000004', 'errors.E0000207', 'errors.E0000085', 'security.access_denied'],
  ...['authfactor.challenge.soft_token.invalid_passcode', 'idx.session.expired', 'user_not_assigned', 'next.year'],
  ...['api.users.auth.error.POST_PASSWORD_UPDATE_AUTH_FAILURE', undefined],
);

const bodies = fc.oneof(
  fc.constantFrom('', '{', '{}', '[]', 'null', '<html>blocked</html>', '{"version":"1.0.0"}'),
  fc
    .tuple(
      fc.subarray([...steps]),
      fc.array(keys, { maxLength: 2 }),
      fc.constantFrom({}, asking('okta_password'), asking('google_otp'), asking('webauthn')),
    )
    .map(([remediations, messages, more]) => idx(remediations, { keys: messages, ...more })),
  fc
    .constantFrom(
      'E0000004',
      'E0000207',
      'E0000085',
      'E0000057',
      'E0000068',
      'E0000047',
      'E0000009',
      'E0009999',
      undefined,
    )
    .map((errorCode) => JSON.stringify({ errorCode, errorSummary: 'refused' })),
  fc
    .constantFrom('LOCKED_OUT', 'MFA_REQUIRED', 'MFA_ENROLL', 'PASSWORD_WARN', 'SUCCESS', 'NEXT_YEAR')
    .map((state) => JSON.stringify({ status: state, stateToken: 'state' })),
);

/** Every form that the refusal of a password can take. */
const answers: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('answer' as const), status, body: bodies }) },
  fc.constantFrom<Answer>({ kind: 'connection lost' }, { kind: 'killed' }),
);

/** Where the monitor runs. Each starts a process, which has what such a process remembers, and a store that outlives it. */
const places = {
  'a function'({ okta, secrets, now }) {
    const store = tableStore(openTable(), now);
    return () => openProcess({ okta, secrets, store, now });
  },
  'a watch with secrets in a file that is written anew before each run'({ okta, stored, now }) {
    const store = tableStore(openTable(), now);
    const file = path.join(folder, 'watch.json');
    const source = secretsInFile(file, new Uint8Array(32));
    const secrets: Secrets = {
      async read(name) {
        writeFileSync(file, JSON.stringify({ other: now(), [name]: stored.value }));
        const { text, version } = (await source.get(name)) as { text: string; version: string };
        return Object.assign(parseSecret(name, text), { version });
      },
    };
    return () => openProcess({ okta, secrets, store, now });
  },
  'commands, one after the other'({ okta, stored, now }) {
    const state = mkdtempSync(path.join(folder, 'state-'));
    const file = path.join(state, 'secrets.json');
    return () => {
      writeFileSync(file, JSON.stringify({ 'acme/user': stored.value }));
      return openProcess({ okta, secrets: fileSecrets(file), store: signInFile(state), now });
    };
  },
} as const satisfies Record<
  string,
  (given: {
    okta: LockingOkta;
    secrets: Secrets;
    stored: { value: object };
    now: () => number;
  }) => () => () => Promise<string>
>;

describe('a user whom ten wrong passwords would lock', () => {
  const run = fc.record({ answer: answers, isNewProcess: fc.boolean(), isTwice: fc.boolean() });
  const history = fc.record({
    engine: fc.constantFrom('identity' as const, 'classic' as const),
    wasRight: fc.boolean(),
    first: run,
    runs: fc.array(run, { maxLength: 12 }),
  });

  it.each(Object.entries(places))(
    'is never locked in 30 days by a wrong password that %s sends, however it is refused',
    async (name, open) => {
      const numRuns = name === 'a function' ? 20 : 4;
      await fc.assert(
        fc.asyncProperty(history, async ({ engine, wasRight, first, runs }) => {
          const okta = new LockingOkta(engine);
          let now = start;
          const { stored, secrets } = openSecret();
          const startProcess = open({ okta, secrets, stored, now: () => now });
          let signIn = startProcess();
          if (wasRight) expect(await repeat(3, signIn)).toEqual(['passed', 'passed', 'passed']);
          okta.password = 'changed at Okta';
          const before = okta.passwords;
          for (let count = 0; now < start + 30 * dayMs; count += 1) {
            const { answer, isNewProcess, isTwice } = runs.at(count % (runs.length || 1)) ?? first;
            okta.refuse = () => answer;
            if (isNewProcess) signIn = startProcess();
            const ends = await Promise.all([signIn(), ...(isTwice ? [startProcess()()] : [])]);
            // The process is gone, with its own memory.
            if (ends.includes('killed')) signIn = startProcess();
            expect(ends).not.toContain('passed');
            now += (count < 24 ? 5 : 720) * minuteMs;
          }
          expect(okta.passwords - before).toBeGreaterThan(0);
          expect(okta.passwords - before).toBeLessThanOrEqual(name.startsWith('commands') ? 3 : 5);
          expect(okta.isLocked).toBe(false);
          // The right one is tried at once.
          Object.assign(stored, { value: { password: okta.password }, version: 'mended' });
          expect(await startProcess()()).toBe('passed');
        }),
        { numRuns },
      );
    },
  );
});

/** A refusal that says nothing of why. */
const wordless: Answer = { kind: 'answer', status: 401, body: idx([remediation('a-step-of-next-year')]) };

describe('a password', () => {
  const wrong = { password: 'wrong' };

  it('that Okta names as wrong is sent once with a version of the secret', async () => {
    const okta = new LockingOkta();
    const { secrets, stored } = openSecret(wrong);
    okta.refuse = () => ({ kind: 'answer', status: 401, body: idx([challenge], { keys: ['incorrectPassword'] }) });
    const signIn = openProcess({ okta, secrets });
    expect(await repeat(20, signIn)).toEqual(Array(20).fill('user-password-refused'));
    expect(okta.passwords).toBe(1);
    stored.version = 'B';
    await signIn();
    expect(okta.passwords).toBe(2);
  });

  it.each([
    ['user-locked', 'LOCKED_OUT'],
    ['user-password-expired', 'PASSWORD_EXPIRED'],
  ] as const)('that ends with %s is sent once with a version of the secret', async (code, status) => {
    const okta = new LockingOkta('classic');
    okta.refuse = () => ({ kind: 'answer', status: 200, body: JSON.stringify({ status }) });
    expect(await repeat(20, openProcess({ okta, ...openSecret(wrong) }))).toEqual(Array(20).fill(code));
    expect(okta.passwords).toBe(1);
  });

  it('that is refused without a known word is sent five times with a version of the secret, and never again', async () => {
    const okta = new LockingOkta();
    const { secrets } = openSecret(wrong);
    okta.refuse = () => wordless;
    let now = start;
    const table = openTable();
    const signIn = openProcess({ okta, secrets, store: tableStore(table, () => now), now: () => now });
    expect(await repeat(6, signIn)).toEqual([...Array(5).fill('sign-in-step-unknown'), 'sign-in-undecided']);
    for (now += 400 * dayMs; now < start + 3_000 * dayMs; now += 400 * dayMs) await signIn();
    // DynamoDB must not delete it meanwhile.
    for (const { expiresAt } of table.items.values()) expect(Number(expiresAt?.N) * 1000).toBeGreaterThan(now);
    expect(okta.passwords).toBe(5);
  });

  it('keeps its attempts when another version comes and goes, and both together stay below ten', async () => {
    const okta = new LockingOkta();
    const { secrets, stored } = openSecret(wrong);
    okta.refuse = () => wordless;
    const store = tableStore(openTable(), () => start);
    for (let run = 0; run < 40; run += 1) {
      stored.version = run % 2 === 0 ? 'A' : 'B';
      await openProcess({ okta, secrets, store })();
    }
    expect(okta.passwords).toBe(6);
  });

  it('is sent by a deployed monitor and by checks by hand fewer than ten times', async () => {
    const okta = new LockingOkta();
    const { secrets, stored } = openSecret(wrong);
    okta.refuse = () => wordless;
    const stores = [tableStore(openTable(), () => start), signInFile(mkdtempSync(path.join(folder, 'both-')))];
    for (let run = 0; run < 40; run += 1) {
      stored.version = run % 2 === 0 ? 'A' : 'B';
      for (const store of stores) await openProcess({ okta, secrets, store })();
    }
    expect(okta.wrongInARow).toBe(9);
    expect(okta.isLocked).toBe(false);
  });

  it('is counted by the process too, so a table that is emptied while it runs forgets nothing', async () => {
    const okta = new LockingOkta();
    const { secrets, stored } = openSecret(wrong);
    okta.refuse = () => wordless;
    const table = openTable();
    const signIn = openProcess({ okta, secrets, store: tableStore(table, () => start) });
    for (let run = 0; run < 40; run += 1) {
      stored.version = run % 2 === 0 ? 'A' : 'B';
      await signIn();
      table.items.clear();
    }
    expect(okta.passwords).toBe(6);
  });

  it('is counted with that of a process which has sent one just before', async () => {
    const okta = new LockingOkta();
    const { secrets } = openSecret(wrong);
    okta.refuse = () => wordless;
    const store = tableStore(openTable(), () => start);
    for (const [sent, expected] of [
      [5, 'sign-in-step-unknown'],
      [1, 'sign-in-undecided'],
    ] as const) {
      for (let run = 0; run < sent; run += 1) expect(await openProcess({ okta, secrets, store })()).toBe(expected);
    }
  });

  it('is not sent where the record of earlier sign-ins cannot be read', async () => {
    const okta = new LockingOkta();
    const { secrets } = openSecret();
    for (const body of [
      {},
      null,
      'text',
      { versions: [{ version: 'A' }], sent: 0 },
      { versions: [], sent: -1 },
      { versions: [], sent: 0.5 },
      { versions: [{ passwords: 0, codes: 0 }], sent: 0 },
    ]) {
      const store: SignInStore = (org) => ({ ...processStore()(org), read: async () => ({ body, revision: 0 }) });
      expect(await openProcess({ okta, secrets, store })()).toBe('sign-in-not-remembered');
    }
    expect(okta.passwords).toBe(0);
  });

  it('goes on from the record of an earlier version of the monitor', async () => {
    const okta = new LockingOkta();
    const { secrets } = openSecret();
    const record = { version: 'A', accepted: true, at: start, open: 0 };
    const signInFrom = (body: object) => {
      const store: SignInStore = (org) => ({ ...processStore()(org), read: async () => ({ body, revision: 0 }) });
      return openProcess({ okta, secrets, store })();
    };
    expect(await signInFrom({ ...record, refused: 'user-locked' })).toBe('user-locked');
    expect(await signInFrom({ ...record, open: 5 })).toBe('sign-in-undecided');
    expect(okta.passwords).toBe(0);
    expect(await signInFrom(record)).toBe('passed');
  });

  it('stays counted unless the sign-in ended at the application with a code and the state that was sent', async () => {
    for (const [query, expected] of [
      ['code=code&state=another', 'malformed-answer'],
      ['code=code', 'malformed-answer'],
      ['state=STATE', 'malformed-answer'],
      ['error=access_denied&state=STATE', 'another error'],
    ] as const) {
      const okta = new LockingOkta();
      const { secrets } = openSecret();
      let state = '';
      okta.instead.set('/login/token/redirect', () => {
        const location = `https://app.example.com/callback?${query.replace('STATE', state)}`;
        return new Response(null, { status: 302, headers: { location } });
      });
      okta.onAuthorize = (given) => {
        state = given;
      };
      const ends = await repeat(8, openProcess({ okta, secrets }));
      expect(ends).toEqual([...Array(5).fill(expected), ...Array(3).fill('sign-in-undecided')]);
      expect(okta.passwords).toBe(5);
    }
  });

  it('is counted anew once a sign-in has shown that it is right', async () => {
    const okta = new LockingOkta();
    const { secrets } = openSecret();
    const signIn = openProcess({ okta, secrets });
    for (let round = 0; round < 4; round += 1) {
      okta.password = 'changed at Okta';
      okta.refuse = () => wordless;
      expect(await repeat(4, signIn)).toEqual(Array(4).fill('sign-in-step-unknown'));
      okta.password = 'right';
      expect(await signIn()).toBe('passed');
    }
  });

  it('goes to no other host, wherever the answers lead', async () => {
    for (const host of [
      'https://evil.example',
      'https://acme.okta.com.evil.example',
      'http://acme.okta.com',
      '//evil.example',
    ]) {
      const okta = new LockingOkta();
      const { secrets } = openSecret();
      const elsewhere = (name: string) => ({ ...remediation(name, 'credentials'), href: `${host}/idp/idx/identify` });
      okta.instead.set('/idp/idx/introspect', () => new Response(idx([elsewhere('identify')])));
      const signIn = openProcess({ okta, secrets });
      // It is not counted, because it is not sent.
      expect(await repeat(7, signIn)).toEqual(Array(7).fill('redirected'));
      okta.instead.clear();
      okta.instead.set(
        '/idp/idx/identify',
        () => new Response(idx([elsewhere('challenge-authenticator')], asking('okta_password'))),
      );
      expect(await signIn()).toBe('redirected');
      expect([...okta.hosts]).toEqual(['acme.okta.com']);
      expect(okta.passwords).toBe(0);
    }
  });

  it('is sent once in a run, whatever the answers ask for', async () => {
    const onFirstPage = remediation('identify', 'identifier', 'credentials');
    for (const again of [[challenge], [onFirstPage], [onFirstPage, challenge], [remediation('skip'), challenge]]) {
      const okta = new LockingOkta();
      const { secrets } = openSecret();
      let passwords = 0;
      const answer = (body: string) => {
        if (body.includes('right')) passwords += 1;
        return new Response(idx(again, asking('okta_password')));
      };
      okta.instead.set('/idp/idx/introspect', () => new Response(idx([onFirstPage])));
      for (const step of ['identify', 'challenge/answer', 'skip']) okta.instead.set(`/idp/idx/${step}`, answer);
      await openProcess({ okta, secrets })();
      expect(passwords).toBe(1);
    }
  });
});

const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** The code of the user's authenticator at a time by Okta's clock. */
function codeAt(at: number): string {
  return oneTimeCode(readBase32(totpSecret) ?? Buffer.alloc(0), at).code;
}

describe('a one-time code', () => {
  const open = (given: Partial<Opened> = {}) => {
    const okta = new LockingOkta();
    okta.refuse = () => ({
      kind: 'answer',
      status: 403,
      body: idx([challenge], { keys: ['api.authn.error.PASSCODE_INVALID'] }),
    });
    okta.code = codeAt((given.now ?? (() => start))());
    const opened = { okta, ...openSecret({ password: 'right', totpSecret }), ...given };
    return { ...opened, signIn: openProcess(opened) };
  };

  it('is used once, however many sign-ins there are in its half minute', async () => {
    const { okta, signIn } = open();
    expect(await repeat(3, signIn)).toEqual(['passed', 'one-time-code-used', 'one-time-code-used']);
    expect(okta.codes).toHaveLength(1);
  });

  it('is used once although the clock of Okta is ahead', async () => {
    const { okta, signIn } = open({ offsets: Array(9).fill(30) });
    okta.code = codeAt(start + 30_000);
    expect(await repeat(2, signIn)).toEqual(['passed', 'one-time-code-used']);
    expect(okta.codes).toHaveLength(1);
  });

  it('is sent once in a run, whatever the answers ask for', async () => {
    const { okta, signIn } = open();
    okta.code = 'another';
    okta.refuse = () => ({ kind: 'answer', status: 200, body: idx([challenge], asking('okta_verify')) });
    expect(await signIn()).toBe('factor-refused');
    expect(okta.codes).toHaveLength(1);
  });

  it('that is refused is not followed by another with the same version of the secret', async () => {
    let now = start;
    const { okta, signIn } = open({ now: () => now });
    okta.code = 'another';
    for (let run = 0; run < 20; run += 1) {
      expect(await signIn()).toBe('factor-refused');
      now += 5 * minuteMs;
    }
    expect(okta.codes).toHaveLength(1);
  });

  it('that is refused without a known word is sent three times, because Okta locks a factor after five', async () => {
    let now = start;
    const { okta, signIn } = open({ now: () => now });
    okta.code = 'another';
    okta.refuse = () => wordless;
    for (let run = 0; run < 20; run += 1) {
      await signIn();
      now += 5 * minuteMs;
    }
    expect(okta.codes).toHaveLength(3);
  });

  it('follows the latest clock of the answers, also where that is ours again', async () => {
    const { signIn } = open({ offsets: [-3_600, 0, 0, 0, 0] });
    expect(await signIn()).toBe('passed');
  });

  it.each([-3_600, 3_600])('that a clock of %d seconds spoils is tried again in the next run', async (offset) => {
    let now = start;
    const store = processStore();
    const { okta, secrets, signIn } = open({ now: () => now, store, offsets: Array(9).fill(offset) });
    expect(await signIn()).toBe('factor-refused');
    const stored = await store(fullOrg).read();
    expect(Object(stored?.body).step).toBeLessThanOrEqual(now / 30_000 + 2);
    now += 5 * minuteMs;
    okta.code = codeAt(now);
    expect(await openProcess({ okta, secrets, store, now: () => now })()).toBe('passed');
  });

  it('is not held back by a code that was sent while our own clock was ahead', async () => {
    let now = start + dayMs;
    const { okta, signIn } = open({ now: () => now });
    expect(await signIn()).toBe('passed');
    now = start;
    okta.code = codeAt(now);
    expect(await signIn()).toBe('passed');
  });
});

describe('the file that counts the passwords of commands', () => {
  const wrong = { password: 'wrong' };

  it.each([
    ['damaged', (file: string) => writeFileSync(file, 'no database '.repeat(1_000))],
    ['emptied', (file: string) => writeFileSync(file, '')],
    ['a folder', (file: string) => mkdirSync(file)],
    [
      'cut off',
      (file: string) => {
        signInFile(path.dirname(file))({ name: 'acme', domain: 'acme.okta.com' }).versionOf(parseSecret('acme', '{}'));
        truncateSync(file, 5_000);
      },
    ],
  ])('lets none be sent where it is %s', async (_, damage) => {
    const state = mkdtempSync(path.join(folder, 'state-'));
    damage(path.join(state, 'sign-ins.sqlite'));
    const okta = new LockingOkta();
    const signIn = openProcess({ okta, ...openSecret(), store: signInFile(state) });
    expect(await repeat(3, signIn)).toEqual(Array(3).fill('sign-in-not-remembered'));
    expect(okta.passwords).toBe(0);
  });

  it('is for its owner alone, and holds neither the password nor a digest that could be guessed from', async () => {
    const state = mkdtempSync(path.join(folder, 'state-'));
    const file = path.join(state, 'sign-ins.sqlite');
    await openProcess({ okta: new LockingOkta(), ...openSecret(wrong), store: signInFile(state) })();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes('wrong')).toBe(false);
  });

  it('counts what commands send that run at the same time', async () => {
    const okta = new LockingOkta();
    okta.refuse = () => wordless;
    const state = mkdtempSync(path.join(folder, 'state-'));
    const { secrets } = openSecret(wrong);
    const command = () => openProcess({ okta, secrets, store: signInFile(state) })();
    for (let round = 0; round < 5; round += 1) await Promise.all([command(), command(), command()]);
    expect(okta.passwords).toBe(3);
  });
});

describe('the version of a secret in a file', () => {
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

  it('changes with the value, and not with the order of its members', () => {
    const version = versionUnder(one, { password: 'right', totpSecret: 'seed', more: [{ b: 1, a: 2 }] });
    expect(versionUnder(one, { more: [{ a: 2, b: 1 }], totpSecret: 'seed', password: 'right' })).toBe(version);
    expect(versionUnder(one, { password: 'other', totpSecret: 'seed', more: [{ b: 1, a: 2 }] })).not.toBe(version);
  });

  it('says nothing of the value without the key', () => {
    expect(versionUnder(one, { password: 'right' })).not.toBe(versionUnder(other, { password: 'right' }));
  });
});
