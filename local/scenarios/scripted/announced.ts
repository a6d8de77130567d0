import { allCases } from '../all-cases.ts';
import { healthyMinutes } from '../deployment-variants.ts';
import { injects } from '../faults/simulation-fault.ts';
import { faultRuns } from '../scenario.ts';
import { outage, outageNotification, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** An announced incident notifies nobody by itself, but every message sent meanwhile mentions it. */
export const announced: ScenarioFactory = (context) => {
  const [incident] = allCases.find(({ id }) => id === 'O6')?.variants ?? [];
  if (!incident) throw new Error('case O6 has no variant');
  const announce = injects(...incident.faults);
  const { plan, org, every } = context;
  const statusInterval = plan.orgs.find((each) => each.org.name === org)?.intervalMinutes.status ?? 0;
  return [
    scriptedScenario(context, 'O6', 'Okta fails while an incident is announced on our cell', {
      ...{ kind: 'case', name: 'O6, with O1', target: 'with O1' },
      before: [{ minutes: Math.max(healthyMinutes, statusInterval), faults: [announce] }],
      faultPhases: [{ minutes: faultRuns * every, faults: [announce, outage] }],
      expected: [
        {
          ...outageNotification(context),
          context: { finding: 'internal-error', domain: 'okta', oktaStatus: 'announced' },
        },
      ],
    }),
  ];
};
