import { type Audience, alarmName } from '../../../functions/model/alarm.ts';
import type { Act } from '../act.ts';
import { withinRuns } from '../case-drills.ts';
import type { Incident } from '../drill.ts';
import { monitorAlarm } from '../watch.ts';
import { row, type Scenario, type Setting } from './scenario.ts';

/** An incident of the monitor's own. */
export function ours(id: string, audience: Audience, within: number): Incident {
  return { alarm: monitorAlarm(id), audience, within, named: { code: id, domain: 'monitor' } };
}

/** Nothing is known of an org any more. */
export function notRunning({ org, every }: Setting): Incident {
  return {
    alarm: alarmName({ kind: 'not-running', org }),
    audience: 'page',
    within: withinRuns.page * every,
    named: { code: 'not-running', domain: 'monitor' },
  };
}

/** The rows of case M4, which no run can see. */
export const notRunningRows: Scenario = (setting) => {
  const { org, every } = setting;
  const stopped: Act = (rehearsal) => rehearsal.disable(`${org}-flows`);
  const throttled: Act = (rehearsal) => rehearsal.throttle('flows');
  const crashing: Act = (rehearsal) => rehearsal.breakDown('flows');
  const rows = [
    { name: 'schedule-stopped', title: 'the schedule stops', act: stopped, besides: [] },
    {
      ...{ name: 'throttled', title: 'the function is throttled', act: throttled },
      besides: [ours('flows-throttled', 'ticket', withinRuns.page * every)],
    },
    {
      ...{ name: 'crashing', title: 'the function crashes', act: crashing },
      besides: [ours('flows-broken', 'ticket', withinRuns.page * every)],
    },
  ];
  return rows.map(({ name, title, act, besides }) =>
    row(setting, 'M4', `the monitor does not run: ${title}`, {
      ...{ kind: 'case', name: `M4, ${name}`, at: name },
      bad: [{ minutes: 10 * every, acts: [act] }],
      expects: [notRunning(setting), ...besides],
      checks: [],
    }),
  );
};
