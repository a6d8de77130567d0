/**
 * Verifies that the monitor diagnoses every failure correctly: `npm run cases`, or `npm run drill -- --diagnosis`.
 *
 * Injects each known failure at each target where it can happen, runs the built functions, and compares their findings with
 * the expected ones. Then runs them while nothing is wrong.
 */
import { resourceTokens } from '../../functions/model/org.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import { type MonitoredOrg, monitoredOrgs } from '../../lib/monitored-org.ts';
import { runCases } from '../lab/run-cases.ts';
import {
  withHealth,
  withResource,
  withSamlApp,
  withSystemLog,
  withTestUser,
} from '../lab/scenarios/prepared-config.ts';
import { selectVariants, skippedCases } from '../lab/select.ts';
import { adoptServers } from '../lab/simulation/adopt-servers.ts';
import { defineCommand, finish, integerOf, listOf, sharedOptions } from './command.ts';
import { caseResults, casesDocument, formatCaseList, formatCases } from './reporters/drill.ts';
import { showProgress } from './reporters/progress.ts';

const { config, case: case_, json, junit } = sharedOptions;

export const cases = defineCommand({
  name: 'cases',
  options: {
    case: case_,
    healthy: {
      type: 'string',
      value: '<runs>',
      help: 'the number of runs while nothing is wrong (default: 1000, or 0 with --case)',
    },
    config,
    list: { type: 'boolean', default: false, help: 'list the cases to select from' },
    json,
    junit,
  },
  async run(values, output) {
    const selected = listOf(values.case);
    const healthyRuns = integerOf('healthy', values.healthy ?? (selected ? '0' : '1000'));
    const { config: adopted, remarks } = adoptServers(loadConfig(values.config));
    const orgs = caseOrgs(adopted);
    const variants = selectVariants(orgs, selected);
    if (values.list) {
      output.stdout.write(`${formatCaseList(variants)}\n`);
      return 0;
    }
    using progress = showProgress(output.stderr);
    for (const remark of remarks) progress.step(remark);
    const report = {
      ...(await runCases({
        orgs,
        variants,
        healthyRuns,
        progress: (done, of) => progress.update(`${done} of ${of} runs`),
      })),
      skipped: selected ? [] : skippedCases(orgs),
    };
    progress[Symbol.dispose]();
    const results = caseResults(report);
    return finish(output, values, {
      passed: results.every((result) => result.passed),
      text: () => formatCases(report),
      document: () => casesDocument(report),
      junit: () => ({ command: 'cases', results, ...report }),
    });
  },
});

/**
 * The orgs that cases happen to, with all that these need: negative tests, a test user, a SAML application and the System Log. Each is there
 * once more for either token that an API can take, because a broken token would break the API's answer too.
 */
function caseOrgs(config: Config): readonly MonitoredOrg[] {
  const { orgs, ...rest } = withSystemLog(withHealth(withSamlApp(withTestUser(config))));
  const everything: Config = { ...rest, orgs: orgs.map((org) => ({ ...org, negativeTests: true })) };
  return [undefined, ...resourceTokens].flatMap((token) => monitoredOrgs(withResource(everything, token)));
}
