import { faultDomains } from '../../functions/model/fault-domain.ts';
import { retriesSeries, severitySeries } from '../../functions/probes/series.ts';
import type { Tally } from '../scenarios/faults/simulation-fault.ts';
import type { Phase, Scenario } from '../scenarios/scenario.ts';
import { healthyMinutes } from '../scenarios/simulation-start.ts';
import type { Gap, Trace } from '../scenarios/trace.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { readMessage } from './read-message.ts';

const minuteMs = 60_000;

/** All alarms are over by then: an alarm looks back over ten runs at the most, and a little more. */
const mostHealingRuns = 15;

/**
 * Plays a row and gives what became of it. The minutes after the row before count as healthy ones before this one, if
 * all was well in them: `healthySince`.
 */
export async function runScenario(
  rehearsal: Simulation,
  drill: Scenario,
  { healthySince, moved }: { readonly healthySince: number; readonly moved: () => void },
): Promise<Trace> {
  const tally: Tally = { lost: 0 };
  const startedAt = rehearsal.now;
  const messagesBefore = rehearsal.inbox.length;
  const transitionsBefore = rehearsal.transitions.length;
  const pass = async ({ minutes, faults = [] }: Phase) => {
    const takenBack: (() => unknown)[] = [];
    try {
      for (const act of faults) takenBack.push(await act(rehearsal, drill.org, tally));
      for (let minute = 0; minute < minutes; minute += 1) {
        await rehearsal.tick();
        moved();
      }
    } finally {
      for (const takeBack of takenBack.toReversed()) await takeBack();
    }
  };
  const healthyFor = (rehearsal.now - healthySince) / minuteMs;
  for (const phase of drill.before ?? [{ minutes: Math.max(0, healthyMinutes - healthyFor) }]) await pass(phase);
  const firstBadAt = rehearsal.now;
  for (const phase of drill.faultPhases) await pass(phase);
  const wellAgainAt = rehearsal.now;
  const most = drill.recoversWithin ?? mostHealingRuns * Math.max(1, ...drill.expected.map(({ every }) => every));
  for (let minute = 0; minute < most && (minute < healthyMinutes || stillFiring(rehearsal).length > 0); minute += 1) {
    await pass({ minutes: 1 });
  }
  // What a function was called for in the last minute may still be on its way.
  await pass({ minutes: 1 });
  const minuteOf = (at: number) => Math.ceil((at - firstBadAt) / minuteMs);
  return {
    transitions: rehearsal.transitions
      .slice(transitionsBefore)
      .map(({ at, alarm, from, to }) => ({ minute: minuteOf(at), alarm, from, to })),
    messages: rehearsal.inbox.slice(messagesBefore).flatMap((got) => readMessage(got, firstBadAt) ?? []),
    gaps: gapsIn(rehearsal, drill.org, startedAt).map(({ series, at }): Gap => ({ series, minute: minuteOf(at) })),
    minutes: (rehearsal.now - startedAt) / minuteMs,
    wellAgainAt: minuteOf(wellAgainAt),
    stillFiring: stillFiring(rehearsal),
    healthySince: wellAgainAt,
    ineffective: deadIn(rehearsal),
    packetsLost: tally.lost,
  };
}

/** Alarms that are up. */
export function stillFiring({ deployment, alarmState }: Simulation): readonly string[] {
  return deployment.alarms.alarms.flatMap(({ name }) => (alarmState(name).state === 'ALARM' ? [name] : []));
}

function deadIn({ deployment, unpublished }: Simulation): readonly string[] {
  return [
    ...deployment.ineffective.map(({ reason }) => reason),
    ...unpublished().map(
      ({ alarm, identity: { name, dimensions } }) =>
        `${alarm} watches ${name} of ${JSON.stringify(dimensions)}, which nothing publishes`,
    ),
  ];
}

/** The minutes for which a series that flows keep dense has no point. */
function gapsIn({ store, now }: Simulation, org: string, from: number) {
  const dense = [...faultDomains.map((domain) => severitySeries(org, domain)), retriesSeries(org)];
  return dense.flatMap(({ identity }) =>
    store.statistic(identity, 'SampleCount', minuteMs, { start: from, end: now }).flatMap((count, index) =>
      count === undefined
        ? [
            {
              series: `${identity.name} of ${Object.values(identity.dimensions).join(', ')}`,
              at: from + index * minuteMs,
            },
          ]
        : [],
    ),
  );
}
