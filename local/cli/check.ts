/**
 * Runs the configured probes once on this machine, against the real orgs: `npm run check -- --config my.jsonc`.
 *
 * Nothing is deployed and nothing is published. Secrets come from AWS Secrets Manager with your own credentials, or from a
 * file. The exit code is 0 if there is nothing to act on, 1 if there is, and 2 if it could not run.
 */
import { writeFileSync } from 'node:fs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from '../../functions/runtime/secrets.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { checkDocument, checkResults, formatChecked, isFine } from '../reporters/check.ts';
import { toJson } from '../reporters/json.ts';
import { toJunit } from '../reporters/junit.ts';
import { showProgress } from '../reporters/progress.ts';
import { checkOrgs, fileSecrets } from '../runner/check-orgs.ts';
import { proxyOf } from '../runner/proxy.ts';
import { UsageError } from '../runner/select.ts';
import { selectProbes } from '../runner/select-probes.ts';
import { defineCommand, listOf, main, sharedOptions } from './command.ts';

const { json, junit } = sharedOptions;

export const check = defineCommand({
  name: 'npm run check',
  options: {
    config: { type: 'string', value: '<path>', help: 'the configuration file with your own orgs (required)' },
    secrets: {
      ...{ type: 'string', value: '<path>' },
      help: 'a JSON file with the secrets by name; otherwise AWS has them',
    },
    org: {
      ...{ type: 'string', value: '<name>', multiple: true },
      help: 'only this org; repeat it or separate by commas',
    },
    probe: {
      ...{ type: 'string', value: '<target>', multiple: true },
      help: 'only this probe: token@default, or token at every server; as --org',
    },
    json,
    junit,
  },
  async run({ config: path, secrets: file, ...values }, { stdout, stderr }) {
    if (path === undefined) throw new UsageError('--config is required: the path of your configuration.');
    const config = loadConfig(path);
    const filter = { orgs: listOf(values.org), probes: listOf(values.probe) };
    const selected = selectProbes(
      monitoredOrgs(config).map(({ org }) => org),
      filter,
    );
    const proxy = proxyOf(process.env);
    const client = new SecretsManagerClient(proxy ? { requestHandler: { httpsAgent: proxy.httpsAgent() } } : {});
    const secrets = file === undefined ? secretsManager(client) : fileSecrets(file);
    using progress = showProgress(stderr);
    progress.step(`checking ${selected.map(({ org }) => org.domain).join(', ')}`);
    if (proxy) progress.step(`through the proxy ${proxy.origin}, except for the hosts in NO_PROXY`);
    const startedAt = performance.now();
    const orgs = await checkOrgs(selected, secrets, proxy);
    const seconds = (performance.now() - startedAt) / 1000;
    const fine = isFine(orgs);
    const call = { config: path, secrets: file, isFiltered: Object.values(filter).some((each) => each !== undefined) };
    const results = checkResults(orgs);
    if (values.junit !== undefined) writeFileSync(values.junit, toJunit({ command: 'check', results, seconds }));
    stdout.write(
      `${values.json ? toJson(fine, { ...checkDocument(orgs, call), seconds }) : formatChecked(orgs, call)}\n`,
    );
    return fine ? 0 : 1;
  },
});

if (import.meta.main) await main(check);
