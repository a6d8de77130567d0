import { audiences } from '../../../functions/alarms/subject.ts';
import { nothingDeadBut } from '../checks.ts';
import { row, type Scenario } from './scripted-scenario.ts';

/** What AWS takes without a word although it can never work: an alarm on a series that nobody publishes, for one. */
export const deployment: Scenario = (setting) => {
  const withoutReaders = audiences.filter((audience) => !setting.watch.isSubscribed(audience));
  return [
    row(setting, 'deployment', 'nothing is deployed that can never work', {
      at: 'the template',
      bad: [{ minutes: setting.every }],
      expects: [],
      checks: [nothingDeadBut(withoutReaders.map((audience) => `nobody listens to okta-synthetics-${audience}s`))],
    }),
  ];
};
