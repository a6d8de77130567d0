import type { Route } from '../../../functions/alarms/subject.ts';
import { headroomLevels } from '../../../functions/diagnosis/warnings.ts';
import { expectedFinding } from '../case-scenarios.ts';
import { toldFirst } from '../checks.ts';
import { twin } from '../deployment-variants.ts';
import { injects, type SimulationFault } from '../faults/simulation-fault.ts';
import type { ExpectedNotification, Phase } from '../scenario.ts';
import { token } from '../targets.ts';
import { isMonitored, outage, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** Every second run fails: an alarm that only looked at the last runs would rise and fall with each. */
export const flapping: ScenarioFactory = (setting) => {
  const { every } = setting;
  const badAndGood: readonly Phase[] = [{ minutes: every, faults: [outage] }, { minutes: every }];
  return [
    scriptedScenario(setting, 'flapping', 'every second run fails', {
      target: '20 minutes',
      faultPhases: Array.from({ length: 10 }, () => badAndGood).flat(),
    }),
  ];
};

/** How many minutes it takes for a limit to be spent: so slow that the ticket comes before the page. */
const declineMinutes = 60;

/** Less of a limit is left in every minute, until nothing is; then it is full again. */
export const decline: ScenarioFactory = (setting) => {
  const { every } = setting;
  const [place] = token;
  if (!isMonitored(setting, place)) return [];
  const leaves = (share: number): SimulationFault =>
    injects(({ okta }) => (place.bucket ? { restore: okta.setRemaining(place.bucket, share) } : {}));
  /** What is told of headroom below a level, in percent, and for how many runs that may be said to have lasted. */
  const below = (
    level: number,
    severity: Route,
    code: string,
    lasted: readonly [number, number],
  ): ExpectedNotification => {
    const incident = expectedFinding(setting, severity, { code, domain: 'quota' });
    const firstBelow = Math.floor((1 - level / 100) * declineMinutes) * every;
    const [least, most] = lasted;
    return {
      ...incident,
      notBefore: firstBelow,
      within: firstBelow + incident.within,
      lasted: [least * every, most * every],
    };
  };
  const low = below(headroomLevels.low, 'ticket', 'headroom-low', [4, 12]);
  const critical = below(headroomLevels.critical, 'page', 'headroom-critical', [4, 7]);
  return [
    scriptedScenario(setting, 'decline', 'headroom declines slowly, from 100 % to nothing', {
      target: `${declineMinutes} minutes`,
      faultPhases: Array.from({ length: declineMinutes }, (_, minute) => ({
        minutes: every,
        faults: [leaves(1 - (minute + 1) / declineMinutes)],
      })),
      expected: [low, critical],
      checks: [toldFirst(low.alarm, critical.alarm)],
    }),
  ];
};

/** Whatever a warm container remembers is gone. */
const coldAfter: SimulationFault = (rehearsal) => () =>
  Promise.all(rehearsal.deployment.functions.map(({ name }) => rehearsal.coldStart(name)));

export const cold: ScenarioFactory = (setting) => [
  scriptedScenario(setting, 'cold', 'an outage ends while Lambda is cold', {
    target: '10 minutes',
    faultPhases: [{ minutes: 10 * setting.every, faults: [outage, coldAfter] }],
  }),
];

/** Only the alarms of the org that fails may rise, whichever it is. */
export const twoOrgs: ScenarioFactory = (setting) => {
  const other = setting.watch.orgs[1]?.org.name ?? twin;
  return [setting.org, other].map((org) =>
    scriptedScenario({ ...setting, org }, 'two-orgs', `of two orgs, ${org} fails`, {
      ...{ name: `two-orgs, ${org}`, target: org },
      deployment: 'twoOrgs',
    }),
  );
};
