import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../../../functions/findings/finding.ts';
import { withRun } from '../../../../../functions/state/history.ts';
import type { DeployedAccount, DeployedAlarm } from '../../../../../local/commands/game-day/deployed-account.ts';
import { inspectAlarm, inspectAnswer, shortenAddress } from '../../../../../local/commands/game-day/inspect.ts';
import { targetIn } from '../../../../../local/commands/game-day/target.ts';
import { buildConfig, minimalOrg } from '../../../../support/build-config.ts';
import { at, outcome } from '../../../../support/log-of.ts';

const target = targetIn(buildConfig(), { finding: 'internal-error', page: false });
const minuteMs = 60_000;

const quiet: DeployedAlarm = {
  ...{ state: 'OK', since: 0, areActionsEnabled: true, topicArns: [] },
  ...{ periodMs: minuteMs, evaluationPeriods: 10, datapointsToAlarm: 2 },
};

/** An account at noon whose state table has one run, so many minutes ago. */
function accountAfter(minutes: number, status: 'passed' | FindingCode): DeployedAccount {
  const time = at('12:00') - minutes * minuteMs;
  const body = withRun(undefined, { org: 'acme', at: time, lines: [outcome(time, 'token@default', status).line] });
  return {
    now: () => at('12:00'),
    items: async () => [{ org: 'acme', item: 'group#flows', body, revision: 1 }],
  } as unknown as DeployedAccount;
}

const problemsOf = async (account: DeployedAccount, alarm?: DeployedAlarm) =>
  (await inspectAlarm(account, target, alarm)).problems.map(({ what }) => what);

describe('the alarm of a game day', () => {
  it.each([
    ['it is OK and runs pass', 1, 'passed', quiet, []],
    ['it is not there', 1, 'passed', undefined, [`There is no alarm ${target.alarm}`]],
    ['it fires', 1, 'passed', { ...quiet, state: 'ALARM' }, [`${target.alarm} is in the state ALARM`]],
    ['its actions are off', 1, 'passed', { ...quiet, areActionsEnabled: false }, [expect.stringContaining('disabled')]],
    ['a run reported the same lately', 9, 'gateway-error', quiet, ['Something real was reported at 11:51Z']],
    ['a run reported the same before that', 12, 'gateway-error', quiet, []],
    ['a run reported something else lately', 1, 'client-refused', quiet, []],
  ] as const)('is tried or not if %s', async (_, minutes, status, alarm, problems) => {
    expect(await problemsOf(accountAfter(minutes, status), alarm)).toEqual(problems);
  });
});

describe('the answer of a function', () => {
  const problems = (answer: Parameters<typeof inspectAnswer>[1]) =>
    inspectAnswer('okta-synthetics-flows', answer).problems.map(({ what }) => what);

  it('that lacks a right names it', () => {
    const error =
      'AccessDeniedException: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: dynamodb:Scan on resource: z\n    at stack';
    expect(problems({ error })).toEqual(['okta-synthetics-flows failed: it lacks dynamodb:Scan']);
  });

  it('that failed otherwise is shown without its stack', () => {
    expect(problems({ error: 'TypeError: no\n    at stack' })).toEqual(['okta-synthetics-flows failed: TypeError: no']);
  });

  it.each([[null], [undefined], ['text'], [[null, 1, { type: 'outcome' }]]])('that is %j is no problem', (value) => {
    expect(problems({ value })).toEqual([]);
  });
});

describe('an address in a report', () => {
  it.each([
    ['email', 'on-call@example.com', 'o…@example.com'],
    ['https', 'https://hooks.example.com/integration/a-key/enqueue', 'hooks.example.com'],
    ['sms', '+41791234567', '…67'],
    [
      'lambda',
      'arn:aws:lambda:us-east-1:123456789012:function:okta-synthetics-notify-page',
      'okta-synthetics-notify-page',
    ],
  ])('by %s shows nothing personal, and no key: %s', (protocol, endpoint, shown) => {
    expect(shortenAddress(protocol, endpoint)).toBe(shown);
  });
});

describe('the target of a game day', () => {
  const two = buildConfig({ orgs: [minimalOrg, { name: 'globex', domain: 'globex.okta.com' }] });

  it('is the alarm of the finding, and the schedules that the org must have', () => {
    expect(target).toMatchObject({ alarm: 'okta-synthetics/acme/okta/page', stacks: ['OktaSynthetics'] });
    expect(target.schedules).toEqual(
      expect.arrayContaining([
        'sweep',
        'notify-page-self-test',
        'notify-ticket-self-test',
        'acme-flows',
        'acme-status',
      ]),
    );
  });

  it('is one org of several only if it is named', () => {
    expect(() => targetIn(two, { finding: 'internal-error', page: false })).toThrow('--org: acme, globex');
    expect(targetIn(two, { finding: 'client-refused', page: false, org: 'globex' }).alarm).toBe(
      'okta-synthetics/globex/credentials/ticket',
    );
  });
});
