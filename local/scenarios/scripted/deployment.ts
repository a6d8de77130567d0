import { routes } from '../../../functions/alarms/subject.ts';
import { nothingDeadBut } from '../checks.ts';
import { type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** What AWS takes without a word although it can never work: an alarm on a series that nobody publishes, for one. */
export const deployment: ScenarioFactory = (setting) => {
  const withoutReaders = routes.filter((route) => !setting.watch.isSubscribed(route));
  return [
    scriptedScenario(setting, 'deployment', 'nothing is deployed that can never work', {
      target: 'the template',
      faultPhases: [{ minutes: setting.every }],
      expected: [],
      checks: [nothingDeadBut(withoutReaders.map((route) => `okta-synthetics-${route}s has no subscribers`))],
    }),
  ];
};
