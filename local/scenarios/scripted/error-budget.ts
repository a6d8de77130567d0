import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { burnWindows, paces } from '../../../functions/findings/slo.ts';
import { drillSlo } from '../deployment-variants.ts';
import { outageNotification, type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** An outage burns the error budget fast: people are paged for the outage first, and then for the budget. */
export const errorBudget: ScenarioFactory = (context) => {
  const { org, every } = context;
  const { long } = burnWindows('fast', drillSlo, every);
  const notification = outageNotification(context);
  return [
    scriptedScenario(context, 'error-budget', 'an outage uses up the error budget fast', {
      ...{ target: 'SLO', deployment: 'errorBudget', fresh: true },
      // The windows of which the alarms are made notify nobody.
      allowedAlarms: paces.flatMap((pace) =>
        ['long', 'short'].map((window) => `${alarmName({ kind: 'burn-rate', org, pace })}/${window}`),
      ),
      expected: [
        notification,
        {
          ...notification,
          alarm: alarmName({ kind: 'burn-rate', org, pace: 'fast' }),
          ...{ route: 'page', notBefore: (long.bad - 1) * every, within: (long.bad + 1) * every },
        },
      ],
    }),
  ];
};
