import type { ScenarioRun } from '../../local/runner/run-scenarios.ts';
import type { ExpectedNotification, Scenario } from '../../local/scenarios/scenario.ts';
import type { Message, Trace } from '../../local/scenarios/trace.ts';

export const alarm = 'okta-synthetics/acme/okta/page';

/** A row in which Okta fails for ten minutes and a page must come within three. */
export function drillOf(differs: Partial<Scenario> = {}, incident: Partial<ExpectedNotification> = {}): Scenario {
  return {
    ...{ name: 'O1@token@org, 500', kind: 'case', id: 'O1', title: 'internal error', target: 'token@org' },
    ...{ deployment: 'configured', org: 'acme', faultPhases: [{ minutes: 10 }] },
    expected: [
      { alarm, route: 'page', within: 3, every: 1, finding: { code: 'internal-error', domain: 'okta' }, ...incident },
    ],
    ...differs,
  };
}

export function messageOf(differs: Partial<Message> = {}): Message {
  const over = differs.news === 'recovery';
  return {
    ...{ minute: over ? 19 : 2, route: 'page', news: 'problem', raw: false, alarm },
    subject: over
      ? 'RESOLVED acme: internal-error - Okta problem - lasted 9 min'
      : 'PAGE acme: internal-error - Okta problem',
    body: `acme: Okta failed inside.\n\nFinding     internal-error (Okta problem)\nSince       2026-01-05 09:10 UTC\n`,
    ...differs,
  };
}

/** What becomes of a row that is right. */
export function traceOf(differs: Partial<Trace> = {}): Trace {
  return {
    transitions: [
      { minute: 2, alarm, from: 'OK', to: 'ALARM' },
      { minute: 19, alarm, from: 'ALARM', to: 'OK' },
    ],
    messages: [messageOf(), messageOf({ news: 'recovery' })],
    ...{ gaps: [], minutes: 31, wellAgainAt: 10, stillFiring: [], healthySince: 0, ineffective: [], packetsLost: 0 },
    ...differs,
  };
}

export function rowOf(differs: Partial<ScenarioRun> = {}): ScenarioRun {
  const told = {
    alarm,
    route: 'page',
    firedAfter: 2,
    notifiedAfter: 2,
    finding: 'internal-error',
    resolvedAfter: 9,
  } as const;
  return {
    scenario: drillOf(),
    verification: { passed: true, failures: [], notifications: [told], unexpectedAlarms: [] },
    ...{ minutes: 31, seconds: 1.5 },
    ...differs,
  };
}
