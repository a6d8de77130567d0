import { formatTarget } from '../../../functions/model/target.ts';
import { allCases } from '../all-cases.ts';
import { caseScenario } from '../case-scenarios.ts';
import { type CaseDeployment, canHost } from '../deployment-plan.ts';
import { agents, code, logLimits, type ScenarioTarget } from '../targets.ts';
import type { ScenarioFactory } from './scripted-scenario.ts';

/** One case of each group that an org need not have, and the deployment that has it. */
const examples: readonly {
  readonly id: string;
  readonly target: ScenarioTarget;
  readonly deployment: CaseDeployment;
}[] = [
  { id: 'J6', target: code[1], deployment: 'journey' },
  { id: 'H3', target: agents, deployment: 'health' },
  { id: 'Q5', target: logLimits, deployment: 'systemLog' },
];

/** Where the configuration does not switch a group on: one of its cases. Otherwise all of them are scenarios anyway. */
export const optionalGroups: ScenarioFactory = ({ plan, org }) =>
  examples.flatMap(({ id, target, deployment }) => {
    const hostIn = (orgs: typeof plan.orgs) => orgs.find((each) => each.org.name === org && canHost(each, target));
    const monitored = hostIn(plan.orgsIn[deployment]);
    const one = allCases.find((each) => each.id === id);
    const variant = one?.variants.find((each) => formatTarget(each.target) === formatTarget(target));
    if (!monitored || !one || !variant || hostIn(plan.orgs)) return [];
    return [caseScenario(plan, monitored, one, variant, deployment)];
  });
