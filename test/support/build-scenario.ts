import type { ScenarioRun } from '../../local/lab/run-scenarios.ts';
import type { ExpectedNotification, Notification, Scenario, Trace } from '../../local/lab/scenarios/scenario.ts';

export const alarm = 'okta-synthetics/acme/okta/page';

/** A scenario that expects one page. */
export function buildScenario(
  overrides: Partial<Scenario> = {},
  notification: Partial<ExpectedNotification> = {},
): Scenario {
  return {
    ...{ name: 'O1@token@org, 500', kind: 'case', id: 'O1', title: 'internal error', target: 'token@org' },
    ...{ deployment: 'configured', org: 'acme', faultPhases: [{ minutes: 10 }] },
    expected: [
      {
        ...{ alarm, route: 'page', within: 3, every: 1 },
        context: { finding: 'internal-error', domain: 'okta' },
        ...notification,
      },
    ],
    ...overrides,
  };
}

const context = {
  ...{ route: 'page', org: 'acme', domain: 'okta', severity: 'page', finding: 'internal-error', alarm },
  oktaStatus: 'none',
};

/** The firing message of that scenario. */
export function buildFiring(overrides: Partial<Notification> = {}): Notification {
  return {
    ...{ minute: 2, sentAfterSeconds: 121, route: 'page', status: 'firing', delivery: 'notifier', alarm },
    hasGaps: false,
    subject: 'PAGE acme: internal-error',
    context: { ...context, state: 'firing', durationSeconds: '60' },
    ...overrides,
  };
}

/** Its resolved message. */
export function buildResolved(overrides: Partial<Notification> = {}): Notification {
  return {
    ...buildFiring(),
    ...{ minute: 19, status: 'resolved', subject: 'RESOLVED acme: internal-error' },
    context: { ...context, state: 'resolved', durationSeconds: '540' },
    ...overrides,
  };
}

/** The trace of a run in which everything went as expected. */
export function buildTrace(overrides: Partial<Trace> = {}): Trace {
  return {
    transitions: [
      { minute: 2, alarm, from: 'OK', to: 'ALARM' },
      { minute: 19, alarm, from: 'ALARM', to: 'OK' },
    ],
    notifications: [buildFiring(), buildResolved()],
    receipts: [],
    ...{ gaps: [], minutes: 31, faultMinutes: 10, stillFiring: [], healthySince: 0, ineffective: [], packetsLost: 0 },
    ...overrides,
  };
}

/** A run that passed. */
export function buildRun(overrides: Partial<ScenarioRun> = {}): ScenarioRun {
  const times = { firedAfter: 2, notifiedAfter: 2, resolvedAfter: 9 };
  const notification = { alarm, route: 'page', finding: 'internal-error', ...times } as const;
  return {
    scenario: buildScenario(),
    verification: { passed: true, failures: [], notifications: [notification], unexpectedAlarms: [] },
    ...{ minutes: 31, seconds: 1.5 },
    ...overrides,
  };
}
