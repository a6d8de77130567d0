import { allCases } from '../all-cases.ts';
import { badRuns } from '../case-scenarios.ts';
import { stages } from '../faults/simulation-fault.ts';
import { healthyMinutes } from '../simulation-start.ts';
import { outage, outageTold, row, type Scenario } from './scripted-scenario.ts';

/** An announced incident tells nobody anything by itself, but every message that is sent meanwhile names it. */
export const announced: Scenario = (setting) => {
  const [incident] = allCases.find(({ id }) => id === 'O6')?.cells ?? [];
  if (!incident) throw new Error('case O6 has no cell');
  const act = stages(...incident.steps);
  const { watch, org, every } = setting;
  const readEvery = watch.orgs.find((each) => each.org.name === org)?.everyMinutes.status ?? 0;
  const told = outageTold(setting);
  return [
    row(setting, 'O6', 'an incident announced on our cell, while Okta fails', {
      ...{ kind: 'case', name: 'O6, with O1', at: 'with O1' },
      before: [{ minutes: Math.max(healthyMinutes, readEvery), acts: [act] }],
      bad: [{ minutes: badRuns * every, acts: [act, outage] }],
      expects: [
        {
          ...told,
          named: { code: 'internal-error', domain: 'okta', says: ['Okta announces an incident'] },
        },
      ],
    }),
  ];
};
