import { announced } from './scripted/announced.ts';
import { coldStart, decline, failsAgain, flapping, flappingInPauses, orgDown, twoOrgs } from './scripted/at-okta.ts';
import { deployment } from './scripted/deployment.ts';
import { errorBudget } from './scripted/error-budget.ts';
import { expiry } from './scripted/expiry.ts';
import { fleet } from './scripted/fleet.ts';
import {
  answersLost,
  eventRepeated,
  metricsRefused,
  notifierBroken,
  sweepNotRunning,
  tableFails,
  undelivered,
} from './scripted/losing-nothing.ts';
import { maintenance } from './scripted/maintenance.ts';
import { groupNotRunning, notRunning, selfTestNotRunning } from './scripted/monitor-stops.ts';
import { negativeTestFailed } from './scripted/negative-tests.ts';
import { addedOrg, firstDeployment } from './scripted/new-alarms.ts';
import { optionalGroups } from './scripted/optional-groups.ts';
import { packetLoss } from './scripted/packet-loss.ts';
import { policyChanged } from './scripted/policy-changed.ts';
import { ownReceivers, receiverAnswersLate, receiverGone, receiverUnconfirmed } from './scripted/receivers.ts';
import { schedules } from './scripted/schedules.ts';
import type { ScenarioFactory } from './scripted/scripted-scenario.ts';
import { wrongPassword } from './scripted/test-user.ts';

/** Scenarios of cases that take more than one variant in the configured deployment. */
export const scriptedCases: readonly ScenarioFactory[] = [announced, notRunning, negativeTestFailed, optionalGroups];

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
