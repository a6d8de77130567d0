import { nothingDead } from '../checks.ts';
import { row, type Scenario } from './scenario.ts';

/** What AWS takes without a word although it can never work: an alarm on a series that nobody publishes, for one. */
export const deployment: Scenario = (setting) => [
  row(setting, 'deployment', 'nothing is deployed that can never work', {
    at: 'the template',
    bad: [{ minutes: setting.every }],
    expects: [],
    checks: [nothingDead],
  }),
];
