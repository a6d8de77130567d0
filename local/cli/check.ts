/**
 * Runs the configured probes once on this machine, against the real orgs: `npm run check -- --config my.jsonc`.
 *
 * Nothing is deployed and nothing is published. Secrets come from AWS Secrets Manager with your own credentials, or from a
 * file.
 */
import { writeFileSync } from 'node:fs';
import { secretsManager } from '../../functions/runtime/secrets.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { checkDocument, checkResults, formatChecked } from '../reporters/check.ts';
import { toJson } from '../reporters/json.ts';
import { toJunit } from '../reporters/junit.ts';
import { showProgress } from '../reporters/progress.ts';
import { checkOrgs, fileSecrets } from '../runner/check-orgs.ts';
import { UsageError } from '../runner/select.ts';
import { defineCommand, main, sharedOptions } from './command.ts';

const { json, junit } = sharedOptions;

export const check = defineCommand({
  name: 'npm run check',
  options: {
    config: { type: 'string', value: '<path>', help: 'the configuration file, with your own orgs (required)' },
    secrets: {
      ...{ type: 'string', value: '<path>' },
      help: 'a JSON file with the secrets by name, instead of AWS Secrets Manager',
    },
    json,
    junit,
  },
  async run({ config: path, secrets: file, ...values }, { stdout, stderr }) {
    if (path === undefined) throw new UsageError('--config is required.');
    const config = loadConfig(path);
    const secrets = file === undefined ? secretsManager() : fileSecrets(file);
    using progress = showProgress(stderr);
    progress.step(`checking ${config.orgs.map(({ domain }) => domain).join(', ')}`);
    const startedAt = performance.now();
    const orgs = await checkOrgs(config, secrets);
    const seconds = (performance.now() - startedAt) / 1000;
    const results = checkResults(orgs);
    const passed = results.every((result) => result.passed);
    if (values.junit !== undefined) writeFileSync(values.junit, toJunit({ command: 'check', results, seconds }));
    stdout.write(`${values.json ? toJson(passed, { ...checkDocument(orgs), seconds }) : formatChecked(orgs)}\n`);
    return passed ? 0 : 1;
  },
});

if (import.meta.main) await main(check);
