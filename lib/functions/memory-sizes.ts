import type { Group } from '../../functions/model/probe.ts';

/**
 * The memory of the functions with probes, in megabytes. Lambda gives them a processor in proportion.
 *
 * That of `flows` follows from what `npm run bench` measured, by the rule in docs/performance.md. The others publish no
 * series of latency each minute, and have what their memory needs.
 */
export const memorySizes: Readonly<Record<Group, number>> = {
  flows: 1_024,
  limits: 256,
  status: 256,
  journey: 512,
  health: 256,
  // A thousand events are some megabytes.
  'system-log': 512,
  'negative-tests': 256,
};
