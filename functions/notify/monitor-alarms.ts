import type { AlarmSubject } from '../alarms/subject.ts';

/** What an alarm on the monitor itself means. */
export interface MonitorAlarm {
  /** The heading of the runbook. */
  readonly heading: string;
  readonly summary: string;
  readonly remedy: readonly string[];
}

const kinds: readonly (readonly [id: RegExp, alarm: MonitorAlarm])[] = [
  [
    /^messages-undelivered/,
    {
      heading: 'messages-undelivered',
      summary: 'SNS could not deliver a message: people may not have heard of an incident.',
      remedy: [
        'Look at the alarms that are up on the dashboard',
        "Look at the topic's subscriptions and their endpoints",
      ],
    },
  ],
  [
    /^notify-.*-broken$/,
    {
      heading: 'notify-broken',
      summary: 'The function that writes messages fails. Alarms arrive as CloudWatch writes them.',
      remedy: ["Read the error in the function's log", 'What was deployed or changed since its rehearsal last passed?'],
    },
  ],
  [
    /^notify-.*-not-running$/,
    {
      heading: 'notify-not-running',
      summary: 'The hourly rehearsal of the function that writes messages does not run.',
      remedy: ['Is its schedule enabled?', 'Does the function exist?'],
    },
  ],
  [
    /-throttled$/,
    {
      heading: 'monitor-throttled',
      summary: 'Lambda refuses to start the function: runs are lost.',
      remedy: ["Look at the account's quota of concurrent executions, and at who uses them up"],
    },
  ],
  [
    /-broken$/,
    {
      heading: 'monitor-broken',
      summary: 'A function of the monitor throws, or runs out of time. Of Okta it says nothing.',
      remedy: ["Read the fault in the function's log", 'What was deployed last?'],
    },
  ],
];

const notRunning: MonitorAlarm = {
  heading: 'monitor-not-running',
  summary: 'Probes do not run, or what they measure does not arrive. Nothing is known of Okta.',
  remedy: [
    'Is the schedule enabled, and does the function exist?',
    'Are the alarms on a broken or throttled function up as well?',
    'If the log has runs, the metrics are lost: look for metrics-refused in it',
  ],
};

/** What is said of an alarm for which no finding speaks. */
export function monitorAlarm(subject: Extract<AlarmSubject, { kind: 'monitor' | 'not-running' }>): MonitorAlarm {
  if (subject.kind === 'not-running') return notRunning;
  return kinds.find(([id]) => id.test(subject.id))?.[1] ?? notRunning;
}
