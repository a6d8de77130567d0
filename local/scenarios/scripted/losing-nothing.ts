import { badRuns, findingIncident, withinRuns } from '../case-scenarios.ts';
import { monitorAlarm } from '../deployment-plan.ts';
import { type Act, stages } from '../faults/simulation-fault.ts';
import type { Incident } from '../scenario.ts';
import { ofEachOrg, outage, outageTold, row, type Scenario } from './scripted-scenario.ts';

const throttled = { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' } as const;

/** CloudWatch takes no metrics for five minutes: they come by the log, and no minute may be missing. */
export const metricsRefused: Scenario = (setting) => {
  const { every } = setting;
  return [
    row(setting, 'metrics-refused', 'PutMetricData refuses for five minutes', {
      at: '5 minutes',
      bad: [{ minutes: 5 * every, acts: [stages(({ aws }) => ({ undo: aws.refuse('PutMetricData', throttled) }))] }],
      expects: ofEachOrg(setting, (own) =>
        findingIncident(own, 'ticket', { code: 'metrics-refused', domain: 'monitor' }),
      ),
      pace: 'waits',
    }),
  ];
};

/** Two hours: an alarm on what runs once an hour looks at two of them, and CloudWatch at one more. */
const hourlyHeals = 200;

/** An alarm that comes as CloudWatch words it, because nothing is left to make a message of it. */
function raw(alarm: string, audience: Incident['audience'], within: number): Incident {
  return { alarm, audience, within, every: 1 };
}

/** Nothing makes a message of an alarm: the alarm itself must reach people, and so must the news of what is broken. */
export const notifyBroken: Scenario = (setting) => {
  const { every } = setting;
  const { alarm, audience } = outageTold(setting);
  const crashes: Act = (rehearsal) => rehearsal.breakDown(`notify-${audience}`);
  const cannotPublish: Act = (rehearsal) => rehearsal.aws.refuse('Publish', throttled);
  const expects = [
    // Lambda tries again after a minute before it gives an event up.
    { ...raw(alarm, audience, withinRuns.page * every + 2), ends: badRuns * every },
    raw(monitorAlarm(`notify-${audience}-broken`), audience, withinRuns.page * every + 4),
  ];
  return [
    { name: 'crashes', title: 'what writes messages crashes', act: crashes },
    { name: 'refused', title: 'what writes messages cannot publish', act: cannotPublish },
  ].map(({ name, title, act }) =>
    row(setting, 'notify-broken', title, {
      ...{ name: `notify-broken, ${name}`, at: name },
      // It is broken until after the outage.
      bad: [
        { minutes: badRuns * every, acts: [outage, act] },
        { minutes: 14 * every, acts: [act] },
      ],
      expects,
      // The hourly rehearsal fails as well, and comes as it is.
      mayHear: ({ raw, alarm: about }) => raw && about === undefined,
      healsWithin: hourlyHeals,
      fresh: true,
      pace: 'long',
    }),
  );
};

/** Messages do not arrive: the people of the other audience must hear of that. */
export const undelivered: Scenario = (setting) => {
  const { alarm, audience } = outageTold(setting);
  if (!setting.watch.isSubscribed(audience)) return [];
  const other = audience === 'page' ? 'ticket' : 'page';
  const lost: Act = (rehearsal) => rehearsal.undeliverable(`okta-synthetics-${audience}s`);
  return [
    row(setting, 'undelivered', `messages to ${audience}s do not arrive`, {
      at: '24 minutes',
      bad: [
        { minutes: badRuns * setting.every, acts: [outage, lost] },
        { minutes: 14 * setting.every, acts: [lost] },
      ],
      expects: [raw(monitorAlarm(`messages-undelivered-${audience}`), other, withinRuns.page * setting.every + 2)],
      mayRise: [alarm],
      healsWithin: hourlyHeals,
      fresh: true,
      pace: 'long',
    }),
  ];
};
