import { errorEnvelope } from '../../emulators/okta/error-envelope.ts';
import { canMeet } from '../../runner/choose-variant.ts';
import { badRuns, findingIncident } from '../case-scenarios.ts';
import { noGaps } from '../checks.ts';
import type { Watch } from '../deployment-plan.ts';
import { orgMeets } from '../faults/answers.ts';
import { type Act, stages } from '../faults/simulation-fault.ts';
import type { Drill, Incident } from '../scenario.ts';

/** What a scenario is made for. */
export interface Setting {
  readonly watch: Watch;
  /** The org that it happens to. */
  readonly org: string;
  /** How often flows run there, in minutes. */
  readonly every: number;
  readonly noiseMinutes: number;
}

/** Makes the rows of one scenario: none where the configuration has no place for it. */
export type Scenario = (setting: Setting) => readonly Drill[];

/** Whether what a scenario is about runs at its org. */
export function isWatched({ watch, org }: Setting, place: Parameters<typeof canMeet>[1]): boolean {
  return watch.orgs.some((watched) => watched.org.name === org && canMeet(watched, place));
}

/** The same for each org, where something is wrong that is the same for all. */
export function ofEachOrg<Made>(setting: Setting, make: (own: Setting) => Made): readonly Made[] {
  return setting.watch.orgs.map(({ org, everyMinutes }) =>
    make({ ...setting, org: org.name, every: everyMinutes.flows }),
  );
}

/** The outage of scenarios in which any would do: Okta fails at every endpoint. */
export const outage: Act = stages(orgMeets(errorEnvelope('E0000009')));

/** What people must hear of it. */
export function outageTold(setting: Setting): Incident {
  return findingIncident(setting, 'page', { code: 'internal-error', domain: 'okta' });
}

/** A scenario's row: that outage, for as long as a case lasts, unless the row says otherwise. */
export function row(
  setting: Setting,
  id: string,
  title: string,
  differs: Partial<Omit<Drill, 'id' | 'title'>> & Pick<Drill, 'at'>,
): Drill {
  return {
    ...{ kind: 'scenario', id, name: id, title, world: 'configured', org: setting.org },
    bad: [{ minutes: badRuns * setting.every, acts: [outage] }],
    expects: [outageTold(setting)],
    checks: setting.every === 1 ? [noGaps] : [],
    ...differs,
  };
}
