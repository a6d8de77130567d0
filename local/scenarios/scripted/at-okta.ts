import type { Audience } from '../../../functions/alarms/subject.ts';
import { headroomLevels } from '../../../functions/diagnosis/warnings-of.ts';
import { findingIncident } from '../case-scenarios.ts';
import { toldFirst } from '../checks.ts';
import { twin } from '../deployment-variants.ts';
import { type Act, stages } from '../faults/simulation-fault.ts';
import type { Incident, Phase } from '../scenario.ts';
import { token } from '../targets.ts';
import { isWatched, outage, row, type Scenario } from './scripted-scenario.ts';

/** Every second run fails: an alarm that only looked at the last runs would rise and fall with each. */
export const flapping: Scenario = (setting) => {
  const { every } = setting;
  const badAndGood: readonly Phase[] = [{ minutes: every, acts: [outage] }, { minutes: every }];
  return [
    row(setting, 'flapping', 'every second run fails', {
      at: '20 minutes',
      bad: Array.from({ length: 10 }, () => badAndGood).flat(),
    }),
  ];
};

/** How many minutes it takes for a limit to be spent: so slow that the ticket comes before the page. */
const declineMinutes = 60;

/** Less of a limit is left in every minute, until nothing is; then it is full again. */
export const decline: Scenario = (setting) => {
  const { every } = setting;
  const [place] = token;
  if (!isWatched(setting, place)) return [];
  const leaves = (share: number): Act =>
    stages(({ okta }) => (place.bucket ? { undo: okta.leaveHeadroom(place.bucket, share) } : {}));
  /** What is told of headroom below a level, in percent, and for how many runs that may be said to have lasted. */
  const below = (level: number, severity: Audience, code: string, lasted: readonly [number, number]): Incident => {
    const incident = findingIncident(setting, severity, { code, domain: 'quota' });
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
    row(setting, 'decline', 'headroom declines slowly, from 100 % to nothing', {
      at: `${declineMinutes} minutes`,
      bad: Array.from({ length: declineMinutes }, (_, minute) => ({
        minutes: every,
        acts: [leaves(1 - (minute + 1) / declineMinutes)],
      })),
      expects: [low, critical],
      checks: [toldFirst(low.alarm, critical.alarm)],
    }),
  ];
};

/** Whatever a warm container remembers is gone. */
const coldAfter: Act = (rehearsal) => () =>
  Promise.all(rehearsal.deployment.functions.map(({ name }) => rehearsal.recycle(name)));

export const cold: Scenario = (setting) => [
  row(setting, 'cold', 'an outage ends while Lambda is cold', {
    at: '10 minutes',
    bad: [{ minutes: 10 * setting.every, acts: [outage, coldAfter] }],
  }),
];

/** Only the alarms of the org that fails may rise, whichever it is. */
export const twoOrgs: Scenario = (setting) => {
  const other = setting.watch.orgs[1]?.org.name ?? twin;
  return [setting.org, other].map((org) =>
    row({ ...setting, org }, 'two-orgs', `of two orgs, ${org} fails`, {
      ...{ name: `two-orgs, ${org}`, at: org },
      world: 'twoOrgs',
    }),
  );
};
