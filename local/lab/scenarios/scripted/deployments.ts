import { alarmName } from '../../../../functions/findings/alarm-subject.ts';
import {
  type DeploymentVariant,
  fleetNames,
  fleets,
  healthyMinutes,
  maintenanceWindow,
  twin,
} from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/configuration.ts';
import { type ExpectedNotification, notifyWithinRuns, type Trace } from '../scenario.ts';
import { brokenNotification, functionRecovery, monitorNotification, notRunningNotification } from './monitor-stops.ts';
import {
  forEachOrg,
  isMonitored,
  outage,
  outageNotification,
  type ScenarioContext,
  type ScenarioFactory,
  scriptedScenario,
} from './scripted-scenario.ts';

/** The minutes that may pass before the first run, because CloudFormation creates alarms and schedules in any order. */
const minutesWithoutRuns = 4;

/** How long nothing but a deployment happens. No alarm looks further back. */
const watchedMinutes = 30;

/** An org that never starts must be told by then. Its alarms do not act at once, because they are new. */
const toldWithin = 30;

const jitter: SimulationFault = (simulation) => simulation.jitter({ mostSeconds: 59 });

/** Nothing runs at these orgs, or at none. */
const stop =
  (...orgs: readonly string[]): SimulationFault =>
  (simulation) => {
    const all = simulation.deployment.schedules.map(({ name }) => name);
    const stopped = all.filter((name) => orgs.length === 0 || orgs.some((org) => name.startsWith(`${org}-`)));
    const restores = stopped.map((name) => simulation.disable(name));
    return () => {
      for (const restore of restores) restore();
    };
  };

function neverStarts(context: ScenarioContext): ExpectedNotification {
  return { ...notRunningNotification(context), within: toldWithin };
}

/** A deployment must not report a schedule as broken that has not begun yet, and must report it if it never begins. */
export const firstDeployment: ScenarioFactory = (context) => {
  const base = { isFirstDeployment: true, checks: [] };
  const stopFlows: SimulationFault = (simulation) => {
    const restores = context.plan.orgs.map(({ org }) => simulation.disable(`${org.name}-flows`));
    return () => {
      for (const restore of restores) restore();
    };
  };
  return [
    scriptedScenario(context, 'first-deployment', 'a first deployment whose runs begin four minutes later', {
      ...base,
      ...{ name: 'first-deployment', target: 'begins late' },
      faultPhases: [
        { minutes: minutesWithoutRuns, faults: [stop(), jitter] },
        { minutes: watchedMinutes, faults: [jitter] },
      ],
      expected: [],
    }),
    scriptedScenario(context, 'first-deployment', 'a first deployment that never runs', {
      ...base,
      ...{ name: 'first-deployment, never starts', target: 'never begins' },
      faultPhases: [{ minutes: toldWithin + 10, faults: [stopFlows] }],
      expected: forEachOrg(context, neverStarts),
    }),
  ];
};

/** The same of an org that is added to a deployment that has run for a while. */
export const addedOrg: ScenarioFactory = (context) => {
  if (context.plan.orgs.length > 1) return [];
  const added = { ...context, org: twin };
  const stopFlows: SimulationFault = (simulation) => simulation.disable(`${twin}-flows`);
  return [
    scriptedScenario(context, 'added-org', 'an org is added whose runs begin four minutes later', {
      ...{ name: 'added-org', target: 'begins late' },
      faultPhases: [
        { minutes: minutesWithoutRuns, deploys: 'twoOrgs', faults: [stop(twin), jitter] },
        { minutes: watchedMinutes, faults: [jitter] },
      ],
      expected: [],
      checks: [],
    }),
    scriptedScenario(added, 'added-org', 'an org is added that never runs', {
      ...{ name: 'added-org, never starts', target: 'never begins' },
      faultPhases: [{ minutes: toldWithin + 10, deploys: 'twoOrgs', faults: [stopFlows] }],
      expected: [neverStarts(added)],
      checks: [],
    }),
  ];
};

/** How long the window has been open when the fault starts. */
const minutesIntoWindow = 2;

/** Maintenance mutes the alarms of orgs. The alarms on the monitor itself still notify. */
export const maintenance: ScenarioFactory = (context) => {
  const { plan, org, every } = context;
  // The window is at a time of day, so each of these scenarios needs its own deployment.
  const inWindow = {
    deployment: 'maintenance' as const,
    before: [{ minutes: healthyMinutes + minutesIntoWindow }],
    fresh: true,
  };
  const left = maintenanceWindow(plan).minutes - minutesIntoWindow;
  const crash: SimulationFault = (simulation) => simulation.crash('limits');
  const stop: SimulationFault = (simulation) => simulation.disable(`${org}-flows`);
  // AWS does not document which old state a message has that was held back.
  const tellPresentAfterMute: SimulationFault = (simulation) => simulation.tellPresentAfterMute();
  const notification = outageNotification(context);
  return [
    scriptedScenario(context, 'maintenance', 'an outage within a maintenance window', {
      ...{ name: 'maintenance, within', target: 'within', ...inWindow },
      // Past its end: CloudWatch then reports that the alarm is OK, and no other message was sent.
      watchedFor: maintenanceWindow(plan).minutes,
      expected: [],
      allowedAlarms: [notification.alarm],
    }),
    scriptedScenario(context, 'maintenance', 'an outage that outlasts its maintenance window', {
      ...{ name: 'maintenance, outlasted', target: 'outlasted', ...inWindow },
      faultPhases: [{ minutes: left + 10 * every, faults: [outage] }],
      expected: [{ ...notification, notBefore: left, within: left + notifyWithinRuns.page * every }],
    }),
    scriptedScenario(context, 'maintenance', 'the same, and CloudWatch says that the alarm fired before', {
      ...{ name: 'maintenance, ALARM after ALARM', target: 'ALARM after ALARM', ...inWindow },
      faultPhases: [{ minutes: left + 10 * every, faults: [outage, tellPresentAfterMute] }],
      expected: [{ ...notification, notBefore: left, within: left + notifyWithinRuns.page * every }],
    }),
    ...(isMonitored(context, { group: 'limits' })
      ? [
          scriptedScenario(context, 'maintenance', 'a probe function crashes in a maintenance window', {
            ...{ name: 'maintenance, function', target: 'function crashes', ...inWindow },
            faultPhases: [{ minutes: 10 * every, faults: [crash] }],
            // A group that crashes each time is not running either.
            expected: [
              brokenNotification('limits', every),
              {
                ...monitorNotification({ kind: 'group-not-running', group: 'limits' }, 'limits-not-running', every),
                within: 3 * every + 10,
              },
            ],
            recoversWithin: functionRecovery,
          }),
        ]
      : []),
    scriptedScenario(context, 'maintenance', 'the monitor stops in a maintenance window', {
      ...{ name: 'maintenance, schedule', target: 'schedule stops', ...inWindow },
      faultPhases: [{ minutes: 10 * every, faults: [stop] }],
      expected: [notRunningNotification(context)],
      checks: [],
    }),
  ];
};

/** A Region with small quotas. */
const slowRegion: SimulationFault = (simulation) => simulation.useAccount({ region: 'eu-central-1' });

/** An account that has never run many functions. */
const newAccount: SimulationFault = (simulation) => simulation.useAccount({ concurrency: 10 });

/** Long enough for every page, and no longer: each minute runs every org. */
const outageMinutes = 6;

/** How soon the page of each org must arrive, with any quotas. */
const mostSeconds = 180;

/** The account's owner should raise the quota. */
const throttled = alarmName({ kind: 'group-throttled', group: 'flows' });

interface FleetRow {
  readonly name: string;
  readonly title: string;
  readonly deployment: keyof typeof fleets & DeploymentVariant;
  readonly conditions: readonly SimulationFault[];
}

const rows: readonly FleetRow[] = [
  { name: 'ten', title: 'ten orgs fail in the same minute', deployment: 'tenOrgs', conditions: [] },
  {
    ...{ name: 'ten, small quotas', title: 'ten orgs fail in a slow Region and a new account', deployment: 'tenOrgs' },
    conditions: [slowRegion, newAccount],
  },
  {
    ...{ name: 'hundred, small quotas', title: 'a hundred orgs fail in a slow Region and a new account' },
    ...{ deployment: 'hundredOrgs', conditions: [slowRegion, newAccount] },
  },
];

/**
 * Many orgs fail at once: Okta is down. Each is reported as completely and as soon as one that fails alone.
 *
 * Trap: all orgs of a fleet are at one emulated Okta, so the outage of the first is that of all.
 */
export const fleet: ScenarioFactory = (context) =>
  rows
    .filter(({ deployment }) => !context.isSmall || deployment === 'tenOrgs')
    .map(({ name, title, deployment, conditions }) => {
      const orgs = fleetNames(fleets[deployment]);
      const expected = orgs.map((org) => outageNotification({ ...context, org, every: 1 }));
      return scriptedScenario({ ...context, org: orgs[0] ?? '', every: 1 }, 'fleet', title, {
        ...{ name: `fleet, ${name}`, target: `${orgs.length} orgs`, deployment },
        before: [{ minutes: 3, faults: conditions }],
        faultPhases: [{ minutes: outageMinutes, faults: [...conditions, outage] }],
        expected,
        // All runs begin in the same second. A new account may run ten of them, and Lambda says so while it delays the others.
        ...(conditions.includes(newAccount) && {
          allowedAlarms: [throttled],
          allowedMessages: ({ alarm }) => alarm === throttled,
        }),
        checks: [allComplete(expected)],
        watchedFor: 1,
        pace: 'long',
      });
    });

/** Each page arrives in time, with the finding, its start and its targets, without gaps. */
function allComplete(expected: readonly ExpectedNotification[]) {
  return ({ notifications }: Trace): readonly string[] => {
    const firing = notifications.filter(({ status }) => status === 'firing');
    const about = new Map(firing.map((notification) => [notification.alarm, notification]));
    const told = expected.flatMap(({ alarm }) => about.get(alarm) ?? []);
    const late = told.filter(({ sentAfterSeconds }) => sentAfterSeconds > mostSeconds);
    const slowest = Math.max(0, ...told.map(({ sentAfterSeconds }) => sentAfterSeconds));
    const incomplete = told.filter(
      ({ hasGaps, context }) => hasGaps || !context?.finding || !context.since || !context.targets,
    );
    return [
      ...(late.length > 0 ? [`${late.length} pages came late, the last after ${Math.ceil(slowest)} seconds`] : []),
      ...(incomplete.length > 0
        ? [`${incomplete.length} of ${told.length} pages lack evidence, such as "${incomplete[0]?.subject}"`]
        : []),
    ];
  };
}
