import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../../../lib/config/schema.ts';
import { bundle } from '../../../../lib/functions/bundle.ts';
import type { GameDayReport } from '../../../../local/commands/game-day/game-day.ts';
import { planGameDay, runGameDay } from '../../../../local/commands/game-day/game-day.ts';
import { targetIn } from '../../../../local/commands/game-day/target.ts';
import { type LiveDrillValues, liveDrill } from '../../../../local/commands/live-drill.ts';
import type { HiddenInput } from '../../../../local/commands/terminal.ts';
import { UsageError } from '../../../../local/lab/result.ts';
import { intercept } from '../../../../local/lab/scenarios/faults/answers.ts';
import { atEach, token } from '../../../../local/lab/scenarios/targets.ts';
import { Simulation } from '../../../../local/lab/simulation/simulation.ts';
import { synthesize } from '../../../../local/self-hosted/synthesize.ts';
import { buildConfig, minimalOrg } from '../../../support/build-config.ts';
import { tooLong } from '../../../support/run-command.ts';
import { simulatedAccount } from '../../../support/simulated-account.ts';

const org = {
  ...minimalOrg,
  service: { clientId: '0oaService', secret: 'okta/service' },
  servers: [{ id: 'default', scopes: ['monitor'] }],
};
const input = {
  alerts: {
    pages: [{ email: 'on-call@example.com' }, { kind: 'pagerduty', secret: 'okta/pagerduty' }],
    tickets: [{ email: 'team@example.com' }],
    drills: [{ email: 'drills@example.com' }],
  },
  orgs: [org],
} as const;
const config = buildConfig(input as unknown as ConfigInput);

const alarm = 'okta-synthetics/acme/okta/page';
let simulation: Simulation;

beforeAll(async () => {
  const { template } = synthesize(config);
  simulation = await Simulation.open({ template, bundleOf: (entry) => bundle(entry).file });
  await pass(12);
});
afterAll(() => simulation[Symbol.asyncDispose]());

async function pass(minutes: number) {
  for (let minute = 0; minute < minutes; minute += 1) await simulation.tick();
}

interface Options {
  readonly page?: boolean;
  /** Called after each minute that it waits, with the minutes so far. */
  readonly onMinute?: (minutes: number) => Promise<unknown> | undefined;
  /** It is stopped after this step. */
  readonly stopAfter?: string;
}

async function gameDay({ page = false, onMinute, stopAfter }: Options = {}) {
  const before = simulation.inbox.length;
  const stopper = new AbortController();
  let minutes = 0;
  const account = simulatedAccount(simulation, 'OktaSynthetics', () => {
    minutes += 1;
    return onMinute?.(minutes);
  });
  const plan = await planGameDay(account, targetIn(config, { finding: 'internal-error', page }));
  const report = await runGameDay(account, plan, {
    signal: stopper.signal,
    onStep: ({ name }) => name === stopAfter && stopper.abort(),
  });
  return { plan, report, minutes, told: () => toldSince(before) };
}

/** The messages since then, as `topic subject`, or the name of the rule that passed an event on. */
function toldSince(count: number): readonly string[] {
  return simulation.inbox.slice(count).map(({ topic, subject = '' }) => `${topic} ${subject}`.trim());
}

const statuses = ({ steps }: GameDayReport) => Object.fromEntries(steps.map(({ name, status }) => [name, status]));
const problems = ({ steps }: GameDayReport) =>
  steps.flatMap((step) => step.problems.map(({ what }) => `${step.name}: ${what}`));

/** Minutes until nothing is left of what happened. */
async function settle() {
  await pass(2);
  while (simulation.alarmState(alarm).state !== 'OK') await simulation.tick();
  await pass(4);
}

const noTokens = () => simulation.inject('acme', atEach(token, intercept({ status: 503, body: 'no backend' })));

describe('a game day of a deployment in which everything works', () => {
  let day: Awaited<ReturnType<typeof gameDay>>;
  beforeAll(async () => {
    day = await gameDay();
  });

  it('passes each step, within the time that it says before', () => {
    expect(problems(day.report)).toEqual([]);
    expect(new Set(Object.values(statuses(day.report)))).toEqual(new Set(['passed']));
    expect(day.minutes).toBeLessThanOrEqual(day.plan.expectedMinutes);
  });

  it('knows before whom it tells, by shortened addresses', () => {
    expect(day.plan.told).toEqual(['d…@example.com']);
  });

  it('notifies the receivers of drills of the alarm and of its end, and no one else', () => {
    expect(day.told()).toEqual([
      expect.stringMatching(/^okta-synthetics-drills DRILL PAGE acme: .*Okta 500/),
      expect.stringMatching(/^okta-synthetics-drills DRILL RESOLVED acme/),
    ]);
  });

  it('leaves the alarm resolved, and no state that anything failed', async () => {
    expect(simulation.alarmState(alarm).state).toBe('OK');
    const items = await simulation.aws.tables.items('okta-synthetics-state');
    const flows = items.filter(({ item }) => item?.S === 'group#flows');
    expect(flows).toHaveLength(1);
    expect(JSON.stringify(flows)).not.toContain('failing');
  });
});

describe('each problem of a deployment is found and named', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const restore of undo.splice(0)) await restore();
    // AWS counts the calls of a second, and no time has passed.
    await pass(1);
  });
  const inspect = async (stopAfter: string) => problems((await gameDay({ stopAfter })).report);

  it('an unconfirmed subscription', async () => {
    undo.push(simulation.unconfirm('okta-synthetics-pages', 'on-call@example.com'));
    expect(await inspect('schedules')).toEqual([
      'subscriptions: o…@example.com (email) has not confirmed the subscription to okta-synthetics-pages',
    ]);
  });

  it('a schedule that is disabled', async () => {
    undo.push(simulation.disable('acme-status'));
    expect(await inspect('schedules')).toEqual(['schedules: The schedule acme-status is disabled']);
  });

  it('a function that crashes; without the sweep nothing is drilled', async () => {
    undo.push(simulation.crash('sweep'));
    const { report } = await gameDay();
    expect(problems(report)).toEqual([expect.stringMatching(/^function sweep: okta-synthetics-sweep failed/)]);
    expect(statuses(report)).toMatchObject({ drill: 'skipped', 'as before': 'skipped' });
  });

  const refusal = { status: 400, type: 'AccessDeniedException', message: 'not authorized' };

  it('each right of a function that was taken away', async () => {
    for (const operation of ['PutMetricData', 'PutItem', 'Query', 'DescribeAlarmHistory'] as const) {
      undo.push(simulation.aws.injectFault(operation, refusal));
    }
    const { secrets } = simulation.environment('acme');
    const secret = secrets.get('okta/service') ?? '';
    secrets.set('okta/service', refusal);
    undo.push(() => secrets.set('okta/service', secret));
    await simulation.coldStart('flows');
    const found = await inspect('function flows');
    for (const problem of [
      /^function flows: .* cannot publish metrics: it lacks cloudwatch:PutMetricData/,
      /^function flows: .* cannot keep its state: it lacks .*dynamodb:PutItem/,
      /^function flows: .* it lacks secretsmanager:GetSecretValue/,
      /^function notify-page: .* the state table could not be read \(AccessDenied/,
      /^function notify-ticket: .*history could not be read: AccessDenied/,
    ]) {
      expect(found).toContainEqual(expect.stringMatching(problem));
    }
  });

  it('a right of the sweep that was taken away', async () => {
    undo.push(simulation.aws.injectFault('Scan', refusal));
    expect(await inspect('function flows')).toEqual([
      expect.stringMatching(/^function sweep: okta-synthetics-sweep failed: /),
    ]);
  });
});

describe('a game day that is stopped in the middle', () => {
  it('has drilled nothing before its first value, and says so', async () => {
    const { report } = await gameDay({ stopAfter: 'alarm is quiet' });
    expect(report.stopped).toMatch(/^Nothing was drilled/);
    expect(simulation.alarmState(alarm).state).toBe('OK');
  });

  it('leaves what resolves by itself: the end is told as that of a drill, and nothing else is', async () => {
    await settle();
    const { report, told } = await gameDay({ stopAfter: 'alarm fires' });
    expect(statuses(report)).toMatchObject({
      'alarm fires': 'passed',
      'message sent': 'skipped',
      'as before': 'skipped',
    });
    expect(report.stopped).toMatch(/^Nothing was changed\..* it resolves by itself by about \d\d:\d\dZ\.$/);
    await settle();
    expect(told()).toEqual([
      expect.stringMatching(/^okta-synthetics-drills DRILL PAGE/),
      expect.stringMatching(/^okta-synthetics-drills DRILL RESOLVED/),
    ]);
  });
});

it('a game day during a real incident drills nothing, because the drill would look real or hide it', async () => {
  const outage = await noTokens();
  await pass(2);
  await outage.restore();
  const { report } = await gameDay();
  expect(statuses(report)).toMatchObject({ 'alarm is quiet': 'failed', drill: 'skipped', 'as before': 'skipped' });
  await settle();
});

describe('an outage that begins during a game day', () => {
  it.each([
    ['while the alarm fires', 3],
    ['after the recovery was told', 8],
  ])('%s is told to the people of the route as real, and so is its end, and the game day fails', async (_, minute) => {
    let outage: Awaited<ReturnType<typeof noTokens>> | undefined;
    const begins = { at: 0 };
    const { report, told } = await gameDay({
      async onMinute(minutes) {
        if (minutes === minute) {
          begins.at = simulation.now;
          outage = await noTokens();
        }
        if (minutes === minute + 4) await outage?.restore();
      },
    });
    expect(problems(report)).toContainEqual(expect.stringMatching(/Something real began meanwhile/));
    const page = simulation.inbox.find(({ topic, sentAt }) => topic === 'okta-synthetics-pages' && sentAt > begins.at);
    expect(page?.subject).toMatch(/^PAGE acme: /);
    expect((page?.sentAt ?? Number.POSITIVE_INFINITY) - begins.at).toBeLessThanOrEqual(4 * 60_000);
    await settle();
    // The rights that were taken away before have an alarm about the notifier, whose end is told some time.
    expect(told().filter((each) => /^okta-synthetics-pages .* acme: /.test(each))).toEqual([
      expect.stringMatching(/ PAGE acme/),
      expect.stringMatching(/ RESOLVED acme/),
    ]);
  });
});

describe('npm run drill -- --live', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'game-day-'));
    await writeFile(path.join(directory, 'config.json'), JSON.stringify(input));
    await settle();
  });
  afterAll(() => rm(directory, { recursive: true }));

  const flags = () => ({
    ...{ config: path.join(directory, 'config.json'), junit: path.join(directory, 'junit.xml') },
    ...{ page: false, yes: true, json: true },
  });

  /** Runs the command with this standard input. */
  async function live(values: Partial<LiveDrillValues> = {}, stdin?: HiddenInput, stopper?: AbortController) {
    const written = { stdout: '', stderr: '' };
    const streamTo = (name: keyof typeof written) => ({
      write(text: string | Uint8Array) {
        written[name] += stripVTControlCharacters(String(text));
        return true;
      },
    });
    const output = { stdout: streamTo('stdout'), stderr: streamTo('stderr'), ...(stdin && { stdin }) };
    const code = await liveDrill({ ...flags(), ...values }, output, simulatedAccount(simulation), stopper).catch(
      (error) => error,
    );
    return { code, ...written };
  }

  const answering = (text: string): HiddenInput => Object.assign(Readable.from([text]), { isTTY: true });

  it('with --page tells the people of the route and their tools; prints one JSON document, and writes JUnit', async () => {
    const before = simulation.inbox.length;
    const { code, stdout } = await live({ page: true });
    expect(toldSince(before)).toEqual([
      expect.stringMatching(/^okta-synthetics-pages DRILL PAGE acme/),
      expect.stringMatching(/pagerduty/),
      expect.stringMatching(/^okta-synthetics-pages DRILL RESOLVED acme/),
      expect.stringMatching(/pagerduty/),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ passed: true, account: '123456789012', org: 'acme', told: ['o…@example.com'] },
      steps: expect.arrayContaining([
        {
          name: 'alarm fires',
          title: expect.any(String),
          status: 'passed',
          at: expect.any(String),
          seconds: 60,
          seen: [expect.any(String)],
          problems: [],
        },
      ]),
    });
    expect(await readFile(flags().junit, 'utf8')).toContain('name="alarm fires: the values raise it"');
    expect(code).toBe(0);
  });

  it('shows the plan, and does nothing without a yes', async () => {
    const before = simulation.now;
    const { code, stdout, stderr } = await live({ yes: false, json: false }, answering('no\n'));
    expect(stdout).toMatch(/account +123456789012, us-east-1, as user\/jane/);
    expect(stdout).toMatch(/tells +d…@example\.com \(okta-synthetics-drills\)/);
    expect([stderr, code]).toEqual([expect.stringContaining('Nothing was done.'), 1]);
    expect(simulation.now).toBe(before);
  });

  it('takes Ctrl-C at the question for a no', async () => {
    const stopper = new AbortController();
    const stdin: HiddenInput = Object.assign(new PassThrough(), { isTTY: true });
    const ended = live({ yes: false, json: false }, stdin, stopper);
    stopper.abort();
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was done.') });
  });

  it('begins after a yes; names each failure with its remedy, within 100 columns, and ends with 1', async () => {
    const undo = [simulation.crash('sweep'), simulation.disable('acme-status')];
    const { code, stdout } = await live({ yes: false, json: false }, answering('y\n'));
    for (const restore of undo) restore();
    expect(stdout).toMatch(
      /✗ \d\d:\d\d:\d\dZ schedules +0 s +\d of \d on\n +The schedule acme-status is disabled\.\n +→ In Event/,
    );
    expect(stdout).toMatch(/\n- \d\d:\d\d:\d\dZ drill\n/);
    expect(tooLong(stdout)).toEqual([]);
    expect(code).toBe(1);
  });

  it('says that there is no such stack, and tries nothing else', async () => {
    const { code, stdout } = await live({ stack: 'Elsewhere', json: false });
    expect(stdout).toContain('There is no stack Elsewhere in this account and Region.');
    expect(stdout).toContain('0 of ');
    expect(code).toBe(1);
  });

  it.each([
    ['stdin is not a terminal', { yes: false }, 'pass --yes'],
    ['there is no such org', { org: 'globex' }, 'There is no org "globex": choose one with --org: acme.'],
    ['the finding notifies nobody', { finding: 'state-refused' }, '"state-refused" is no finding that notifies people'],
  ])('cannot run if %s', async (_, values, why) => {
    const { code } = await live(values);
    expect(code).toBeInstanceOf(UsageError);
    expect(code.message).toContain(why);
  });
});
