import { createHash } from 'node:crypto';
import type { PublishedPoint } from '../../simulator/alarms/metric-ingestion.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import { type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** How much noise there is at the most: of requests, and in how late a point may be seen. */
const noise = { share: 0.02, latestMs: 120_000 } as const;

/** So that noise can use all processors, and an alarm be raised by no more than it. */
const noiseLanes = 4;

/** A network that loses requests, and points that come late. Whatever is lost and late is so again with the same seed. */
const noisy =
  (seed: number): SimulationFault =>
  (rehearsal, org, tally) => {
    const requests = rehearsal.losePackets(org, { share: noise.share, seed });
    const inTime = rehearsal.delayPoints((point) => latenessOf(point, seed));
    return () => {
      tally.lost += requests.lost;
      requests.stop();
      inTime();
    };
  };

/** All points of one call arrive together. */
function latenessOf({ timestamp, source }: PublishedPoint, seed: number): number {
  const digest = createHash('sha256').update(`${seed} ${timestamp} ${source}`).digest();
  return (digest.readUInt32BE() / 2 ** 32) * noise.latestMs;
}

/** Many minutes of a network as it is. Nobody must hear of any. */
export const noiseRows: ScenarioFactory = (setting) => {
  const lanes = Math.min(noiseLanes, Math.ceil(setting.noiseMinutes / 250));
  const minutes = Math.ceil(setting.noiseMinutes / lanes);
  return Array.from({ length: lanes }, (_, index) =>
    scriptedScenario(
      setting,
      'noise',
      `${minutes.toLocaleString('en-US')} minutes of a network that loses 2 % of all requests`,
      {
        ...{
          name: lanes > 1 ? `noise, ${index + 1} of ${lanes}` : 'noise',
          target: `${minutes.toLocaleString('en-US')} minutes`,
        },
        faultPhases: [{ minutes, faults: [noisy(index + 1)] }],
        expected: [],
        checks: [],
        pace: 'long',
        remark: ({ packetsLost }) =>
          `${minutes.toLocaleString('en-US')} minutes, ${packetsLost.toLocaleString('en-US')} requests lost`,
      },
    ),
  );
};
