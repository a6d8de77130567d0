import { type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** Nothing may be deployed that can never have an effect, such as an alarm on a series that nobody publishes. */
export const deployment: ScenarioFactory = (context) => {
  const known = context.plan.unsubscribed.map((topic) => `${topic} has no subscribers`);
  return [
    scriptedScenario(context, 'deployment', 'every part of the deployment has an effect', {
      target: 'the template',
      faultPhases: [{ minutes: context.every }],
      expected: [],
      checks: [({ ineffective }) => ineffective.filter((reason) => !known.includes(reason))],
    }),
  ];
};
