import type { FaultDomain } from '../model/fault-domain.ts';
import type { AlarmKind, SubjectOf } from './alarm-subject.ts';
import { domainTexts, monitorTeamActs } from './domains.ts';
import { burnRates } from './slo.ts';

/** Everything that the stack and the messages say about one kind of alarm. */
export interface AlarmEntry<Kind extends AlarmKind> {
  /** The name without its prefix. Braces enclose the fields of the subject. Permanent: people search for it. */
  readonly name: string;
  /** `host` is the org's host, where the alarm is about an org. */
  readonly meaning: (subject: SubjectOf<Kind>, host: string) => AlarmMeaning;
}

export interface AlarmMeaning {
  /** The description in CloudWatch: the problem while the alarm fires, and who must act. */
  readonly description: string;
  /** The heading in docs/runbook.md. */
  readonly heading: string;
  readonly domain: FaultDomain;
  /** The problem in a few words, for the subject of a message without a finding. */
  readonly brief: string;
  /** The same in one line of a phone's screen. Trap: without a finding, no cause and no culprit is known. */
  readonly summary: string;
  /** The remedy in a message in that case. */
  readonly remedy: readonly string[];
  /** The sentence once the alarm has resolved. `lastSeen` is absent when the evidence does not show the cause. */
  readonly resolved: (lastSeen?: LastSeen) => string;
  /** Its window is so long that it resolves hours after the problem has ended. */
  readonly resolvesLate?: true;
}

/** A finding behind an alarm, and when a run last reported it. */
export interface LastSeen {
  readonly code: string;
  /** For the reader: `2026-11-21 12:46 UTC`. */
  readonly time: string;
}

const notOkta = 'This does not indicate an Okta problem.';
const noEvidence = {
  brief: 'no evidence',
  summary: 'The alarm fires, but the state table shows no failed check: cause and impact are not known.',
  remedy: [
    'Search the logs of the probe functions: the command is at the top of the runbook',
    "Look at the alarm's graph: it shows when runs reported something",
  ],
};

/**
 * Every kind of alarm: its name, meaning, remedy, and the meaning of "resolved".
 *
 * The stack takes the names and descriptions of its alarms from here, and `notify` its texts. A kind without
 * an entry does not compile.
 */
export const alarmCatalog: { readonly [Kind in AlarmKind]: AlarmEntry<Kind> } = {
  findings: {
    name: '{org}/{domain}/{severity}',
    meaning: ({ domain, severity }, host) => {
      const { [severity]: template, owner } = domainTexts[domain];
      const problem = template.replace('HOST', () => host);
      return {
        description: `${problem} ${owner}`,
        heading: `fault-domain-${domain}`,
        domain,
        ...noEvidence,
        resolved: (lastSeen) =>
          lastSeen
            ? `No run has reported ${lastSeen.code} since ${lastSeen.time}.`
            : `Too few recent runs reported a ${severity} finding of the fault domain ${domain} to keep the alarm firing.`,
      };
    },
  },
  'not-running': {
    name: '{org}/not-running',
    meaning: ({ org }, host) => ({
      description: `The probes of ${host} have stopped reporting, so sign-in there is not being checked and its other alarms cannot fire. ${monitorTeamActs}`,
      heading: 'monitor-not-running',
      domain: 'monitor',
      brief: 'not monitored',
      summary: `Nobody checks sign-in at ${host}: its probes do not report. Okta's state is not known.`,
      remedy: [
        `In EventBridge Scheduler, check that ${org}-flows is enabled and that its function exists`,
        'Check whether the alarms for a broken or throttled function are firing too',
        'If the log shows runs, the metrics are lost: search it for metrics-refused',
      ],
      resolved: () => `The probes of ${host} are reporting again.`,
    }),
  },
  'burn-rate': {
    name: '{org}/slo/{pace}-burn',
    meaning: ({ pace }, host) => {
      const { budgetPercent, longMinutes } = burnRates[pace];
      const within = longMinutes === 60 ? 'an hour' : 'a day';
      return {
        description: `${budgetPercent} % or more of the error budget of ${host} were used within ${within}, and it is still burning. Whoever owns the service level objective must act; the findings say who can mend it.`,
        heading: 'error-budget-burns',
        domain: 'okta',
        brief: `error budget burns ${pace === 'fast' ? 'fast' : 'slowly'}`,
        summary: `${budgetPercent} % or more of the error budget of ${host} were used within ${within}, and it is still burning.`,
        remedy: [
          'Act on the finding that burns it: its own alarm, if it fires, has the steps',
          'Decide whether what is left of the budget bears planned changes',
        ],
        resolved: () => `The error budget of ${host} no longer burns too fast.`,
      };
    },
  },
  'probe-failing': {
    name: '{org}/{probe}/failing',
    meaning: ({ probe }, host) => ({
      description: `${host} did not reject a request that it must reject, or did not answer it (probe ${probe}). The org's Okta administrators must act.`,
      heading: 'negative-test-failed',
      domain: 'configuration',
      ...noEvidence,
      resolved: (lastSeen) =>
        lastSeen
          ? `No run of ${probe} has failed since ${lastSeen.time}.`
          : `Too few recent runs of ${probe} failed to keep the alarm firing.`,
    }),
  },
  'group-broken': {
    name: 'monitor/{group}-broken',
    meaning: ({ group }) => {
      const problem = `The function that runs the ${group} probes is failing or timing out. ${notOkta}`;
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'monitor-broken',
        domain: 'monitor',
        brief: `${group} probes broken`,
        summary: `The function that runs the ${group} probes fails or times out. Not Okta's fault.`,
        remedy: ["Read the error in the function's log", 'Check what was deployed last'],
        // Its window has room for three runs at the longest interval that a configuration may have.
        resolvesLate: true,
        resolved: () =>
          `The function that runs the ${group} probes no longer fails repeatedly. This alarm resolves hours late: see the function's log for the last failed run.`,
      };
    },
  },
  'group-throttled': {
    name: 'monitor/{group}-throttled',
    meaning: ({ group }) => {
      const problem = `Lambda is throttling the function that runs the ${group} probes because too many functions run at once, so runs are lost. ${notOkta}`;
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'monitor-throttled',
        domain: 'monitor',
        brief: `${group} probes throttled`,
        summary: `Lambda throttles the function that runs the ${group} probes, so runs are lost. Not Okta's fault.`,
        remedy: ["Check the account's quota of concurrent executions, and which functions use it"],
        resolved: () => `Lambda no longer repeatedly throttles the function that runs the ${group} probes.`,
      };
    },
  },
  'group-not-running': {
    name: 'monitor/{group}-not-running',
    meaning: ({ group }) => {
      const problem = `The ${group} probes run less often than scheduled, so what they check may fail unnoticed. ${notOkta}`;
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'monitor-not-running',
        domain: 'monitor',
        brief: `${group} probes not on schedule`,
        summary: `The ${group} probes run less often than scheduled: what they check may fail unnoticed.`,
        remedy: [
          `In EventBridge Scheduler, check that the schedules *-${group} are enabled and that their function exists`,
          'Check whether the alarm for a broken function is firing too',
        ],
        resolved: () => `The ${group} probes are running on schedule again.`,
      };
    },
  },
  'sweep-not-running': {
    name: 'monitor/sweep-not-running',
    meaning: () => {
      const problem =
        'The function that looks at the state table each minute fails or does not run, so recoveries are told later and stopped schedules are not noticed.';
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'sweep-not-running',
        domain: 'monitor',
        brief: 'state not swept',
        summary: 'The sweep fails or does not run: recoveries are told later, and stopped schedules are not noticed.',
        remedy: [
          "Read the error in the function's log",
          'Check that its schedule is enabled and that the state table exists',
        ],
        resolved: () => 'The sweep runs again.',
      };
    },
  },
  'notify-broken': {
    name: 'monitor/notify-{route}-broken',
    meaning: ({ route }) => {
      const problem = `The function that writes ${route} messages is failing, so alarms arrive as CloudWatch writes them.`;
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'notify-broken',
        domain: 'monitor',
        brief: `${route} messages not written`,
        summary: `The function that writes ${route} messages fails: alarms arrive as CloudWatch writes them.`,
        remedy: [
          "Read the error in the function's log",
          'Check what was deployed or changed since its self-test last passed',
        ],
        resolved: () => `The function that writes ${route} messages no longer fails repeatedly.`,
      };
    },
  },
  'notify-not-running': {
    name: 'monitor/notify-{route}-not-running',
    meaning: ({ route }) => {
      const problem = `The function that writes ${route} messages has not run its hourly self-test, so it may fail when it is needed.`;
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'notify-not-running',
        domain: 'monitor',
        brief: `${route} messages not tested`,
        summary: `The function that writes ${route} messages did not run its hourly self-test: it may fail when needed.`,
        remedy: ['Check that its schedule is enabled', 'Check that the function exists'],
        resolved: () => `The function that writes ${route} messages is running again.`,
      };
    },
  },
  'messages-undelivered': {
    name: 'monitor/messages-undelivered-{receiver}',
    meaning: ({ receiver }) => {
      const problem = `Messages could not be delivered to ${receiver}, which may not know of an incident.`;
      return {
        description: `${problem} Whoever reads this must tell those who should have been notified.`,
        heading: 'messages-undelivered',
        domain: 'monitor',
        brief: 'messages undelivered',
        summary: `${receiver} did not get a message: it may not know of an incident.`,
        remedy: [
          'Look at the firing alarms on the dashboard and tell the people who should have been notified',
          'Check that the receiver exists and answers',
          'Read its queue of undelivered messages, and purge the queue: the alarm resolves when it is empty',
        ],
        resolved: () => `No undelivered message of ${receiver} is left.`,
      };
    },
  },
  'receivers-unconfirmed': {
    name: 'monitor/receivers-unconfirmed-{receiver}',
    meaning: ({ receiver }) => {
      const problem = `Fewer receivers of ${receiver} have confirmed their subscription than the configuration names, so messages do not reach all of them.`;
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'receivers-unconfirmed',
        domain: 'monitor',
        brief: 'receivers not subscribed',
        summary: `Receivers of ${receiver} have not confirmed their subscription, or have ended it.`,
        remedy: [
          'List the subscriptions of the topic: one that is pending has a link in a mail from AWS, and one that is missing was ended',
          'Have the receiver confirm it, or remove the receiver from the configuration',
        ],
        resolved: () => `All receivers of ${receiver} have confirmed their subscription.`,
      };
    },
  },
  'history-not-written': {
    name: 'monitor/history-not-written',
    meaning: () => {
      const problem =
        'The watch cannot write its history and keeps what happens in memory, so a restart would lose it and tell people again.';
      return {
        description: `${problem} ${monitorTeamActs}`,
        heading: 'history-not-written',
        domain: 'monitor',
        brief: 'history not written',
        summary: 'The watch cannot write its history and keeps what happens in memory. It goes on checking.',
        remedy: [
          'Read why on the terminal of the watch or at /health: a full disk, a file that was deleted or is read-only',
          'Mend that and leave the watch running: it tries again each minute and writes what waits',
        ],
        resolved: () => 'The watch has written its history again.',
      };
    },
  },
};

/** What an alarm means. Without the org's host, texts use the org's name. */
export function alarmMeaning<Kind extends AlarmKind>(subject: SubjectOf<Kind>, host?: string): AlarmMeaning {
  const { org = '' } = subject as { readonly org?: string };
  return alarmCatalog[subject.kind].meaning(subject, host ?? org);
}
