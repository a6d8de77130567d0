import { allCases } from '../all-cases.ts';
import { caseScenario } from '../case-scenarios.ts';
import { canHost } from '../deployment-plan.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import type { Trace } from '../scenario.ts';
import { systemLog } from '../targets.ts';
import type { ScenarioFactory } from './scripted-scenario.ts';

const rule = 'Monitors';

/** An administrator changes a rule, and the server refuses the monitor: the message says what was changed, and when. */
export const policyChanged: ScenarioFactory = ({ plan, org }) => {
  const one = allCases.find(({ id }) => id === 'C4');
  const [variant] = one?.variants ?? [];
  const monitored = plan.orgsIn.systemLog.find(
    (each) => each.org.name === org && canHost(each, systemLog) && variant && canHost(each, variant.target),
  );
  if (!one || !variant || !monitored) return [];
  const scenario = caseScenario(plan, monitored, one, variant, 'systemLog');
  const faultPhases = scenario.faultPhases.map((phase) => ({
    ...phase,
    faults: [changeRule, ...(phase.faults ?? [])],
  }));
  return [
    {
      ...scenario,
      ...{ kind: 'scenario', id: 'policy-changed', name: 'policy-changed' },
      ...{ title: 'an administrator changes a rule, and the server refuses', faultPhases },
      checks: [namesTheRule],
    },
  ];
};

const changeRule: SimulationFault = (simulation, org) => {
  simulation.environment(org).okta.administer('server-policy-rule', 'update', { name: rule });
  return () => {};
};

function namesTheRule({ notifications }: Trace): readonly string[] {
  const [changes = 'nothing'] = notifications.flatMap(({ status, context }) =>
    status === 'firing' ? (context?.changes ?? []) : [],
  );
  return changes.includes(`policy rule "${rule}"`) && / updated at \d\d:\d\dZ/.test(changes)
    ? []
    : [`the message says that ${changes} was changed`];
}
