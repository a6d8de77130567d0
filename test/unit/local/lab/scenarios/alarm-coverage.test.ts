import { expect, it } from 'vitest';
import { alarmCatalog } from '../../../../../functions/findings/alarm-catalog.ts';
import { alarmSubject } from '../../../../../functions/findings/alarm-subject.ts';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import { deploymentPlan } from '../../../../../local/lab/scenarios/deployment-plan.ts';
import { selectScenarios } from '../../../../../local/lab/select.ts';

const plan = deploymentPlan(loadConfig('lib/config/example.jsonc'));
const { scenarios } = selectScenarios(plan, { packetLossMinutes: 1, withScripted: true });

/** A drill plays what is deployed, and only a watch has a history. */
const deployed = Object.keys(alarmCatalog).filter((kind) => kind !== 'history-not-written');

it.each(deployed)('a drill makes an alarm of the kind %s fire', (kind) => {
  const expected = scenarios.flatMap((scenario) => scenario.expected.map(({ alarm }) => alarmSubject(alarm)?.kind));
  expect(expected).toContain(kind);
});
