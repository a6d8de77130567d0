import type { Row } from '../../local/runner/run-scenarios.ts';
import type { Drill, Incident } from '../../local/scenarios/scenario.ts';
import type { Message, Trace } from '../../local/scenarios/trace.ts';

export const alarm = 'okta-synthetics/acme/okta/page';

/** A row in which Okta fails for ten minutes and a page must come within three. */
export function drillOf(differs: Partial<Drill> = {}, incident: Partial<Incident> = {}): Drill {
  return {
    ...{ name: 'O1@token@org, 500', kind: 'case', id: 'O1', title: 'internal error', at: 'token@org' },
    ...{ world: 'configured', org: 'acme', bad: [{ minutes: 10 }] },
    expects: [
      { alarm, audience: 'page', within: 3, every: 1, named: { code: 'internal-error', domain: 'okta' }, ...incident },
    ],
    ...differs,
  };
}

export function messageOf(differs: Partial<Message> = {}): Message {
  const over = differs.news === 'recovery';
  return {
    ...{ minute: over ? 19 : 2, audience: 'page', news: 'problem', raw: false, alarm },
    subject: over
      ? "RECOVERED acme: internal-error - Okta's fault - lasted 9 min"
      : "PAGE acme: internal-error - Okta's fault",
    body: `acme: Okta failed inside.\n\nFinding     internal-error (Okta's fault)\nSince       2026-01-05 09:10 UTC\n`,
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
    ...{ gaps: [], minutes: 31, wellAgainAt: 10, stillUp: [], healthySince: 0, dead: [], lost: 0 },
    ...differs,
  };
}

export function rowOf(differs: Partial<Row> = {}): Row {
  const told = {
    alarm,
    audience: 'page',
    roseAfter: 2,
    toldAfter: 2,
    finding: 'internal-error',
    overAfter: 9,
  } as const;
  return {
    drill: drillOf(),
    verdict: { right: true, why: [], told: [told], alsoRose: [] },
    ...{ minutes: 31, seconds: 1.5 },
    ...differs,
  };
}
