import { token } from '../../cases/sites.ts';
import { type Act, stages } from '../act.ts';
import { withinRuns } from '../case-drills.ts';
import { toldFirst } from '../checks.ts';
import type { Phase } from '../drill.ts';
import { findingsAlarm } from '../watch.ts';
import { twin } from '../worlds.ts';
import { isWatched, outage, row, type Scenario } from './scenario.ts';

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
  const { watch, org, every } = setting;
  const [place] = token;
  if (!isWatched(setting, place)) return [];
  const leaves = (share: number): Act =>
    stages(({ okta }) => (place.bucket ? { undo: okta.leaveHeadroom(place.bucket, share) } : {}));
  const firstBelow = (share: number) => Math.floor((1 - share) * declineMinutes) * every;
  const [low, critical] = [findingsAlarm(org, 'quota', 'ticket'), findingsAlarm(org, 'quota', 'page')];
  return [
    row(setting, 'decline', 'headroom declines slowly, from 100 % to nothing', {
      at: `${declineMinutes} minutes`,
      bad: Array.from({ length: declineMinutes }, (_, minute) => ({
        minutes: every,
        acts: [leaves(1 - (minute + 1) / declineMinutes)],
      })),
      expects: [
        {
          alarm: low,
          audience: watch.audienceOf('quota', 'ticket'),
          notBefore: firstBelow(0.2),
          within: firstBelow(0.2) + withinRuns.ticket * every,
          every,
          named: { code: 'headroom-low', domain: 'quota' },
          lasted: [4 * every, 12 * every],
        },
        {
          alarm: critical,
          audience: watch.audienceOf('quota', 'page'),
          notBefore: firstBelow(0.1),
          within: firstBelow(0.1) + withinRuns.page * every,
          every,
          named: { code: 'headroom-critical', domain: 'quota' },
          lasted: [4 * every, 7 * every],
        },
      ],
      checks: [toldFirst(low, critical)],
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
