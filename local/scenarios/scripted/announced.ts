import { allCases } from '../all-cases.ts';
import { badRuns } from '../case-scenarios.ts';
import { injects } from '../faults/simulation-fault.ts';
import { healthyMinutes } from '../simulation-start.ts';
import { outage, outageNotification, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** An announced incident tells nobody anything by itself, but every message that is sent meanwhile names it. */
export const announced: ScenarioFactory = (setting) => {
  const [incident] = allCases.find(({ id }) => id === 'O6')?.variants ?? [];
  if (!incident) throw new Error('case O6 has no cell');
  const act = injects(...incident.faults);
  const { watch, org, every } = setting;
  const readEvery = watch.orgs.find((each) => each.org.name === org)?.intervalMinutes.status ?? 0;
  const told = outageNotification(setting);
  return [
    scriptedScenario(setting, 'O6', 'an incident announced on our cell, while Okta fails', {
      ...{ kind: 'case', name: 'O6, with O1', target: 'with O1' },
      before: [{ minutes: Math.max(healthyMinutes, readEvery), faults: [act] }],
      faultPhases: [{ minutes: badRuns * every, faults: [act, outage] }],
      expected: [
        {
          ...told,
          finding: { code: 'internal-error', domain: 'okta', says: ['Okta has announced an incident'] },
        },
      ],
    }),
  ];
};
