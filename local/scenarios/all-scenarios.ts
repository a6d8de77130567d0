import { announced } from './scripted/announced.ts';
import { cold, decline, flapping, twoOrgs } from './scripted/at-okta.ts';
import { deployment } from './scripted/deployment.ts';
import { inMaintenance } from './scripted/in-maintenance.ts';
import { metricsRefused, notifyBroken, undelivered } from './scripted/losing-nothing.ts';
import { notRunningRows } from './scripted/monitor-stops.ts';
import { noiseRows } from './scripted/packet-loss.ts';
import type { ScenarioFactory } from './scripted/scripted-scenario.ts';

/** Rows of cases that take more than a cell: what no run can see, and what is only told with something else. */
export const caseScenarios: readonly ScenarioFactory[] = [announced, notRunningRows];

/** Everything else that a monitor must be right about. The order is that of the table. */
export const scenarios: readonly ScenarioFactory[] = [
  deployment,
  noiseRows,
  flapping,
  decline,
  metricsRefused,
  inMaintenance,
  cold,
  notifyBroken,
  undelivered,
  twoOrgs,
];
