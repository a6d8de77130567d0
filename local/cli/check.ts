/**
 * Runs the configured probes once from this machine, against the real orgs: `npm run check -- --config my.jsonc`.
 *
 * Nothing is deployed and nothing is published. Secrets come from AWS Secrets Manager with your own credentials, or from
 * a file. Exits with 0 when every probe passed, with 1 when one failed, with 2 for a wrong flag.
 */
import { parseArgs, styleText } from 'node:util';
import { secretsManager } from '../../functions/runtime/secrets.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { formatChecked } from '../reporters/check.ts';
import { type CheckedOrg, checkOrgs, fileSecrets } from '../runner/check-orgs.ts';
import { runCommand } from './command.ts';

const usage = `Usage: npm run check -- --config <path> [--secrets <path>] [--json]

  --config <path>   the configuration, with your own orgs
  --secrets <path>  a JSON file with the secrets by name, in place of AWS Secrets Manager
  --json            print one JSON document instead of text
  --help            print this
`;

const options = {
  config: { type: 'string' },
  secrets: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function flags() {
  const { config, ...rest } = parseArgs({ options }).values;
  if (config === undefined && !rest.help) throw new Error('which configuration?');
  return { ...rest, config: config ?? '' };
}

function toJson(orgs: readonly CheckedOrg[]): string {
  const described = orgs.map(({ org, plan, outcomes, faults }) => ({
    name: org.name,
    domain: org.domain,
    outcomes,
    off: plan.flatMap(({ probe, target, howToEnable }) =>
      howToEnable ? [{ ...target, probe: probe.id, because: howToEnable }] : [],
    ),
    faults,
  }));
  return JSON.stringify({ orgs: described }, null, 2);
}

async function run({ config: path, secrets: file, json }: ReturnType<typeof flags>): Promise<number> {
  const config = loadConfig(path);
  const secrets = file === undefined ? secretsManager() : fileSecrets(file);
  const domains = config.orgs.map(({ domain }) => domain).join(', ');
  process.stderr.write(`${styleText('dim', '…', { stream: process.stderr })} asking ${domains}\n`);
  const orgs = await checkOrgs(config, secrets);
  process.stdout.write(`${json ? toJson(orgs) : formatChecked(orgs)}\n`);
  const isBad = orgs.some(
    ({ outcomes, faults }) => faults.length > 0 || outcomes.some(({ status }) => status === 'failed'),
  );
  return isBad ? 1 : 0;
}

await runCommand({ usage, flags, run });
