import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { type DeploymentVariant, fleetNames, fleets } from '../deployment-variants.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import type { ExpectedNotification, Trace } from '../scenario.ts';
import { outage, outageNotification, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** A Region in which FilterLogEvents may be called five times a second. */
const slowRegion: SimulationFault = (simulation) => simulation.useAccount({ region: 'eu-central-1' });

/** An account that has never run many functions. */
const newAccount: SimulationFault = (simulation) => simulation.useAccount({ concurrency: 10 });

/** Long enough for every page, and no longer: each minute runs every org. */
const outageMinutes = 6;

/** How soon the page of each org must be there, whatever the quotas. */
const mostSeconds = 180;

/** Somebody should raise the quota. */
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
 * Many orgs fail at once: Okta is down. Each is told as completely and as soon as one that fails alone.
 *
 * Trap: all orgs of a fleet are at one emulated Okta, so the outage of the first is that of all.
 */
export const fleet: ScenarioFactory = (context) =>
  rows
    .filter(({ deployment }) => !context.quick || deployment === 'tenOrgs')
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

/** Each page is there in time, and says everything: what was found, since when, and at what, without gaps. */
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
