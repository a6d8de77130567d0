import { type Audience, alarmName } from '../../../functions/alarms/subject.ts';
import { withinRuns } from '../case-scenarios.ts';
import { monitorAlarm } from '../deployment-plan.ts';
import type { Act } from '../faults/simulation-fault.ts';
import type { Incident } from '../scenario.ts';
import { ofEachOrg, row, type Scenario, type Setting } from './scripted-scenario.ts';

/** An incident of the monitor's own. */
export function ours(id: string, audience: Audience, every: number): Incident {
  const named = { code: id, domain: 'monitor' } as const;
  return { alarm: monitorAlarm(id), audience, within: withinRuns[audience] * every, every, named };
}

/** Nothing is known of an org any more. */
export function notRunning({ org, every }: Setting): Incident {
  return {
    alarm: alarmName({ kind: 'not-running', org }),
    audience: 'page',
    within: withinRuns.page * every,
    every,
    named: { code: 'not-running', domain: 'monitor' },
  };
}

/** The rows of case M4, which no run can see. */
export const notRunningRows: Scenario = (setting) => {
  const { org, every } = setting;
  const stopped: Act = (rehearsal) => rehearsal.disable(`${org}-flows`);
  const throttled: Act = (rehearsal) => rehearsal.throttle('flows');
  const crashing: Act = (rehearsal) => rehearsal.breakDown('flows');
  const slowest = Math.max(...setting.watch.orgs.map(({ everyMinutes }) => everyMinutes.flows));
  const all = ofEachOrg(setting, notRunning);
  const rows = [
    { name: 'schedule-stopped', title: 'the schedule stops', act: stopped, expects: [notRunning(setting)] },
    {
      ...{ name: 'throttled', title: 'the function is throttled', act: throttled },
      expects: [...all, ours('flows-throttled', 'ticket', slowest)],
    },
    {
      ...{ name: 'crashing', title: 'the function crashes', act: crashing },
      expects: [...all, ours('flows-broken', 'ticket', slowest)],
    },
  ];
  return rows.map(({ name, title, act, expects }) =>
    row(setting, 'M4', `the monitor does not run: ${title}`, {
      ...{ kind: 'case', name: `M4, ${name}`, at: name },
      bad: [{ minutes: 10 * every, acts: [act] }],
      expects,
      checks: [],
    }),
  );
};
