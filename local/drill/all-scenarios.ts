import { announced } from './scenarios/announced.ts';
import { cold, decline, flapping, twoOrgs } from './scenarios/at-okta.ts';
import { deployment } from './scenarios/deployment.ts';
import { inMaintenance } from './scenarios/in-maintenance.ts';
import { metricsRefused, notifyBroken, undelivered } from './scenarios/losing-nothing.ts';
import { notRunningRows } from './scenarios/monitor-stops.ts';
import { noiseRows } from './scenarios/noise.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Rows of cases that take more than a cell: what no run can see, and what is only told with something else. */
export const caseScenarios: readonly Scenario[] = [announced, notRunningRows];

/** Everything else that a monitor must be right about. The order is that of the table. */
export const scenarios: readonly Scenario[] = [
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
