/**
 * Proves, before any deploy, that people are told rightly: `npm run drill`.
 *
 * Lets every known failure happen to what will be deployed, minute by minute in virtual time, with healthy minutes before
 * and after, and judges what people then got: which alarm rose and how soon, who was told, with which finding, and when it
 * was over. Then the same for what is harder than an outage: noise, flapping, a stopped schedule. Exits with 0 when all is
 * right, with 1 when anything is not, with 2 for a wrong call.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../lib/config/config-error.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { formatDrills, formatList } from '../reporters/drill.ts';
import { toJson } from '../reporters/drill-json.ts';
import { showRows } from '../reporters/drill-progress.ts';
import { toJunit } from '../reporters/junit.ts';
import { chooseScenarios } from '../runner/choose-scenarios.ts';
import { deploymentsOf } from '../runner/open-deployment.ts';
import { runScenarios } from '../runner/run-scenarios.ts';
import { deploymentPlan } from '../scenarios/deployment-plan.ts';
import { adoptServers } from '../simulator/adopt-servers.ts';
import { runCommand } from './command.ts';

const usage = `Usage: npm run drill -- [--case <id>]... [--scenario <name>]... [--noise-minutes <n>] [--every-cell]
                        [--config <path>] [--template <file>] [--json] [--junit <file>] [--list]

  --case <id>          only this case, perhaps at one place: K1, O1@token@org; repeat it or separate by commas
  --scenario <name>    only this scenario: noise, flapping …; repeat it or separate by commas
  --noise-minutes <n>  how many minutes of noise (default: 10000)
  --every-cell         every way of each case, and not one for each finding
  --config <path>      the configuration to drill (default: the commented example)
  --template <file>    a template that was synthesized from it before: cdk.out/OktaSynthetics.template.json
  --json               print one JSON document instead of the table
  --junit <file>       also write the runs as CI systems read tests
  --list               print what there is to choose from
  --help               print this
`;

function readFlags() {
  const { values } = parseArgs({
    options: {
      case: { type: 'string', multiple: true },
      scenario: { type: 'string', multiple: true },
      'noise-minutes': { type: 'string', default: '10000' },
      'every-cell': { type: 'boolean', default: false },
      config: { type: 'string', default: 'lib/config/example.jsonc' },
      template: { type: 'string' },
      json: { type: 'boolean', default: false },
      junit: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { 'noise-minutes': minutes, 'every-cell': everyCell, case: cases, scenario: scenarios, ...rest } = values;
  if (!/^[1-9]\d{0,5}$/.test(minutes)) throw new Error(`'${minutes}' is no number of minutes`);
  const split = (lists: readonly string[] | undefined) => lists?.flatMap((list) => list.split(','));
  const choice = { cases: split(cases), scenarios: split(scenarios), noiseMinutes: Number(minutes), everyCell };
  return { ...rest, choice };
}

type Flags = ReturnType<typeof readFlags>;

function readTemplate(file: string): Template {
  try {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Partial<Template> | null;
    if (template?.Resources) return template as Template;
  } catch (cause) {
    throw new ConfigError(`The template ${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  throw new ConfigError(`${file} is no template: it has no Resources.`);
}

/** They run once an hour: what one row leaves behind would add up with what the next one does. */
function withoutContracts({ orgs, ...rest }: Config): Config {
  return { ...rest, orgs: orgs.map((org) => ({ ...org, negativeTests: false })) };
}

async function drill({ choice, config: path, template: file, json, junit, list }: Flags): Promise<number> {
  const { config, remarks } = adoptServers(withoutContracts(loadConfig(path)));
  const watch = deploymentPlan(config);
  const { drills, notDrilled: skipped } = chooseScenarios(watch, choice);
  if (list) {
    process.stdout.write(`${formatList(drills)}\n`);
    return 0;
  }
  const open = deploymentsOf(config, file === undefined ? undefined : readTemplate(file));
  for (const remark of remarks) process.stderr.write(`${remark}\n`);
  using progress = showRows(process.stderr);
  const played = await runScenarios({
    drills,
    open,
    settlingMinutes: watch.settlingMinutes,
    finished: ({ scenario: { name }, verification }, standing) =>
      progress.finished(name, verification.passed, standing),
    moved: progress.moved,
  });
  progress[Symbol.dispose]();
  const report = { ...played, skipped };
  if (junit !== undefined) writeFileSync(junit, toJunit(report));
  process.stdout.write(`${json ? toJson(report) : formatDrills(report)}\n`);
  return report.runs.every(({ verification }) => verification.passed) ? 0 : 1;
}

await runCommand({ usage, flags: readFlags, run: drill });
