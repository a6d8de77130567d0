import { announced, announcements } from './scripted/announcements.ts';
import { coldStart, decline, failsAgain, flapping, flappingInPauses, orgDown, twoOrgs } from './scripted/at-okta.ts';
import { errorBudget, expiry, negativeTestFailed, policyChanged, wrongPassword } from './scripted/at-org.ts';
import { addedOrg, firstDeployment, fleet, maintenance } from './scripted/deployments.ts';
import {
  answersLost,
  eventRepeated,
  metricsRefused,
  notifierBroken,
  sweepNotRunning,
  tableFails,
  undelivered,
} from './scripted/losing-nothing.ts';
import { groupNotRunning, notRunning, selfTestNotRunning } from './scripted/monitor-stops.ts';
import { deployment, packetLoss, schedules } from './scripted/quiet.ts';
import { ownReceivers, receiverAnswersLate, receiverGone, receiverUnconfirmed } from './scripted/receivers.ts';
import type { ScenarioFactory } from './scripted/scripted-scenario.ts';

/** Scenarios of cases that take more than one variant in the configured deployment. */
export const scriptedCases: readonly ScenarioFactory[] = [announced, notRunning, negativeTestFailed];

/** All other scenarios, in the order of the report. */
export const scriptedScenarios: readonly ScenarioFactory[] = [
  deployment,
  packetLoss,
  flapping,
  flappingInPauses,
  orgDown,
  failsAgain,
  decline,
  wrongPassword,
  expiry,
  errorBudget,
  policyChanged,
  announcements,
  metricsRefused,
  tableFails,
  answersLost,
  eventRepeated,
  sweepNotRunning,
  maintenance,
  coldStart,
  groupNotRunning,
  notifierBroken,
  selfTestNotRunning,
  undelivered,
  receiverAnswersLate,
  receiverGone,
  receiverUnconfirmed,
  ownReceivers,
  twoOrgs,
  schedules,
  firstDeployment,
  addedOrg,
  fleet,
];
