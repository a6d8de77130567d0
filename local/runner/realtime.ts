import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { eventsOf, type TimelineEvent } from './timeline.ts';

/** The fault of a scenario starts after this many minutes, and stays. */
const minutesBeforeFault = 2;

/** Runs a simulation in real time until it is told to stop. */
export async function runInRealTime(
  simulation: Simulation,
  {
    stop,
    scenario,
    onEvent,
  }: {
    readonly stop: AbortSignal;
    readonly scenario?: Scenario | undefined;
    readonly onEvent: (event: TimelineEvent) => void;
  },
): Promise<void> {
  for (let minute = 0; !stop.aborted; minute += 1) {
    if (scenario && minute === minutesBeforeFault) {
      const faults = scenario.faultPhases.flatMap((phase) => phase.faults ?? []);
      for (const fault of faults) await fault(simulation, scenario.org, { packetsLost: 0 });
      onEvent({ kind: 'fault', at: simulation.now });
    }
    for (const event of eventsOf(await simulation.tick())) onEvent(event);
    await wait(Math.max(0, simulation.now - Date.now()), undefined, { signal: stop }).catch(() => {});
  }
}
