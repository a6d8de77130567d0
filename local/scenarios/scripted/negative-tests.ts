import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { negativeTests } from '../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../functions/probes/plan.ts';
import { allCases } from '../all-cases.ts';
import { negativeTestMinutes } from '../deployment-variants.ts';
import { injects } from '../faults/simulation-fault.ts';
import { type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** Case C18 in a deployment with negative tests: Okta accepts a request that it must refuse. */
export const negativeTestFailed: ScenarioFactory = (context) => {
  const { org, plan } = context;
  const monitored = plan.orgs.find((each) => each.org.name === org);
  const planned = monitored ? enabledProbes(planProbes({ ...monitored.org, negativeTests: true }, negativeTests)) : [];
  const one = allCases.find(({ id }) => id === 'C18');
  const variants = (one?.variants ?? []).filter(({ target }) => planned.some(({ probe }) => probe.id === target.probe));
  const perProbe = variants.filter(
    ({ target }, index) => index === variants.findIndex((other) => other.target.probe === target.probe),
  );
  return perProbe.flatMap(({ target, faults }) => {
    const { probe } = target;
    if (!one || probe === undefined) return [];
    return [
      scriptedScenario(context, one.id, one.title, {
        ...{ kind: 'case', name: `${one.id}@${probe}`, target: probe },
        deployment: 'negativeTests',
        faultPhases: [{ minutes: 4 * negativeTestMinutes, faults: [injects(...faults)] }],
        expected: [
          {
            alarm: alarmName({ kind: 'probe-failing', org, probe }),
            route: 'ticket',
            within: 3 * negativeTestMinutes,
            every: negativeTestMinutes,
            context: { finding: 'negative-test-failed', domain: 'configuration' },
          },
        ],
        pace: 'long',
      }),
    ];
  });
};
