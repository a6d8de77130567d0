import type { ReportedStatus } from '../../../../packages/okta-emulator/src/index.ts';
import { allCases } from '../all-cases.ts';
import { findingNotification } from '../case-scenarios.ts';
import { findingsAlarm } from '../deployment-plan.ts';
import { healthyMinutes } from '../deployment-variants.ts';
import { reportStatus } from '../faults/answers.ts';
import { injects, type SimulationFault } from '../faults/configuration.ts';
import { faultRuns } from '../scenario.ts';
import { statusPage } from '../targets.ts';
import {
  isMonitored,
  outage,
  outageNotification,
  type ScenarioContext,
  type ScenarioFactory,
  scriptedScenario,
  toldInOrder,
} from './scripted-scenario.ts';

/** Of the emulated org. */
const ownCell = 'okta.com:8';

function announce(status: Partial<ReportedStatus & { kind: 'incident' }>): SimulationFault {
  return injects(reportStatus({ kind: 'incident', cells: [ownCell], postedAfterMinutes: 80, ...status }));
}

function statusMinutes({ plan, org }: ScenarioContext): number {
  return plan.orgs.find((each) => each.org.name === org)?.intervalMinutes.status ?? 1;
}

/** Every message that is sent while an incident is announced mentions it. The incident has its own ticket at most. */
export const announced: ScenarioFactory = (context) => {
  const [incident] = allCases.find(({ id }) => id === 'O6')?.variants ?? [];
  if (!incident) throw new Error('case O6 has no variant');
  const announcement = injects(...incident.faults);
  const { org, every } = context;
  const ticket = findingsAlarm(org, 'okta', 'ticket');
  return [
    scriptedScenario(context, 'O6', 'Okta fails while an incident is announced on our cell', {
      ...{ kind: 'case', name: 'O6, with O1', target: 'with O1' },
      before: [
        { minutes: healthyMinutes },
        { minutes: Math.max(healthyMinutes, statusMinutes(context)), faults: [announcement] },
      ],
      faultPhases: [{ minutes: faultRuns * every, faults: [announcement, outage] }],
      allowedAlarms: [ticket],
      allowedMessages: ({ alarm, status }) => alarm === ticket && status === 'firing',
      recoversWithin: 2 * faultRuns * statusMinutes(context),
      expected: [
        {
          ...outageNotification(context),
          context: { finding: 'internal-error', domain: 'okta', oktaStatus: 'announced' },
        },
      ],
    }),
  ];
};

/** An incident is one ticket, however often Okta updates it. Maintenance, and what was open before, is none. */
export const announcements: ScenarioFactory = (context) => {
  if (!isMonitored(context, statusPage)) return [];
  const every = statusMinutes(context);
  const ticket = findingsAlarm(context.org, 'okta', 'ticket');
  const runs = (count: number, fault: SimulationFault) => ({ minutes: count * every, faults: [fault] });
  const maintenance = injects(reportStatus({ kind: 'planned', cells: [ownCell] }));
  return [
    scriptedScenario(context, 'announcements', 'Okta updates an incident on our cell twice, then plans maintenance', {
      ...{ target: 'told once', recoversWithin: 2 * faultRuns * every, pace: 'long' },
      faultPhases: [
        runs(faultRuns, announce({ name: 'I-30001' })),
        runs(5, announce({ name: 'I-30001', progress: 'Identified', title: 'Sign-in is slow' })),
        runs(5, announce({ name: 'I-30001', progress: 'Monitoring' })),
        runs(5, maintenance),
      ],
      expected: [
        findingNotification({ ...context, every }, 'ticket', { finding: 'announced-incident', domain: 'okta' }),
      ],
      checks: [toldInOrder(ticket, ['firing'])],
    }),
    scriptedScenario(context, 'announcements', 'an incident is open when the monitor is deployed', {
      ...{ name: 'announcements, before', target: 'open before', isFirstDeployment: true, fresh: true, pace: 'long' },
      faultPhases: [runs(faultRuns, announce({ name: 'I-30002' }))],
      expected: [],
      checks: [],
    }),
  ];
};
