/**
 * Examines a deployment before and after `cdk deploy`: `npm run doctor -- --config my.jsonc`. Looks at this machine, AWS, the
 * stack, the secrets, and the domain of each org, and changes nothing.
 *
 * The exit code is 0 without a problem, 1 with one, and 2 if it could not run. A check that is not possible does not count as a failure.
 */
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from '../../functions/aws/secrets.ts';
import { inLines } from '../../functions/okta/json-fields.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import { readConfig } from '../../lib/config/load-config.ts';
import { publishedRunbook } from '../../lib/config/published-runbook.ts';
import { type Note, reviewConfig } from '../../lib/config/review-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import { type MonitoredOrg, monitoredOrgs } from '../../lib/monitored-org.ts';
import { awsOptions } from './aws-problem.ts';
import { checkOrgs } from './check/check-orgs.ts';
import { environmentConfig } from './check/environment-config.ts';
import { findConfig } from './check/find-config.ts';
import { selectProbes } from './check/select-probes.ts';
import { defineCommand, finish, listOf, sharedOptions } from './command.ts';
import { diagnoseIdentity, diagnoseSecrets, examineAccount, examineDeployment } from './doctor/deployment.ts';
import type { Diagnosis, Examination } from './doctor/diagnosis.ts';
import { examineMachine } from './doctor/machine.ts';
import { diagnoseOrg, orgProbes } from './doctor/org.ts';
import { AwsAccount } from './game-day/aws-account.ts';
import { type HttpsProxy, networkSettings, proxyOf } from './proxy.ts';
import { formatExaminations, isHealthy } from './reporters/doctor.ts';
import { showProgress } from './reporters/progress.ts';

export const doctor = defineCommand({
  name: 'doctor',
  options: {
    config: {
      type: 'string',
      value: '<path>',
      help: 'the configuration that is, or will be, deployed; by default the one in cdk.json, or my.jsonc',
    },
    domain: { type: 'string', value: '<host>', help: 'only this machine and this org, without a file: acme.okta.com' },
    org: {
      type: 'string',
      value: '<name>',
      multiple: true,
      help: 'only the secrets and the domain of this org; repeat it or separate by commas',
    },
    json: sharedOptions.json,
  },
  notes: 'It reads AWS with your credentials and changes nothing. ✓ ok, ✗ problem, ! warning, – not checked',
  exclusive: [['domain', 'config', 'org']],
  async run(values, output) {
    const proxy = proxyOf(process.env);
    using progress = showProgress(output.stderr);
    const examinations: Examination[] = [];
    const add = (part: string, diagnoses: readonly Diagnosis[]) => {
      if (diagnoses.length > 0) examinations.push(inLines({ part, diagnoses }));
    };
    const path = values.config ?? findConfig();
    // First: it says which messages have no receiver.
    const config = values.domain === undefined ? await readOrDiagnose(path, add) : undefined;
    progress.step('looking at this machine');
    add('This machine', examineMachine(networkSettings(process.env)));
    const made = values.domain === undefined ? undefined : environmentConfig({ domain: values.domain }, {}).config;
    const orgs = monitoredOrgsOf(config ?? made, listOf(values.org));
    if (made === undefined) {
      progress.step('looking at AWS');
      const aws = new AwsAccount(awsOptions(proxy));
      await examineAws(aws, { config, path: path ?? '', orgs, proxy, add });
    }
    progress.step('looking at the domains');
    const examined = await Promise.all(orgs.map((monitored) => examineOrg(monitored, proxy)));
    for (const [index, { org }] of orgs.entries()) add(`Org ${org.name}`, examined[index] ?? []);
    return finish(output, values, {
      passed: isHealthy(examinations),
      text: () => formatExaminations(examinations),
      document: () => ({ examinations }),
    });
  },
});

type Add = (part: string, diagnoses: readonly Diagnosis[]) => void;

/** A configuration that cannot be used is a diagnosis too. Everything that needs none is still looked at. */
async function readOrDiagnose(path: string | undefined, add: Add): Promise<Config | undefined> {
  const what = 'configuration';
  if (path === undefined) {
    const remedy =
      'Write my.jsonc with npm run setup -- --domain <host>, or copy lib/config/example.jsonc to it. Pass another one with --config.';
    add('Configuration', [{ what, status: 'open', found: 'there is none', remedy }]);
    return undefined;
  }
  try {
    const config = readConfig(path);
    // `npm run deploy` links the published runbook.
    const runbook = config.alerts.runbook ?? publishedRunbook();
    const { notes } = reviewConfig({ ...config, alerts: { ...config.alerts, runbook } }, { now: Date.now() });
    const count = `${path} is valid: ${config.orgs.length} ${config.orgs.length === 1 ? 'org' : 'orgs'}`;
    add('Configuration', [
      ...warningsOf(notes.filter(({ id }) => id === 'no-receiver')),
      { what, status: 'ok', found: count },
      ...warningsOf(notes.filter(({ id }) => id !== 'no-receiver')),
    ]);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    add('Configuration', [{ what, status: 'problem', found: error.message, remedy: 'Mend what is listed here.' }]);
    return undefined;
  }
}

function warningsOf(notes: readonly Note[]): readonly Diagnosis[] {
  return notes.map(({ id, text }) => ({ what: id, status: 'warning', found: text }));
}

/** Returns the selected orgs. Throws `UsageError` for an unknown name. */
function monitoredOrgsOf(config: Config | undefined, names: readonly string[] | undefined): readonly MonitoredOrg[] {
  if (!config) return [];
  const orgs = monitoredOrgs(config);
  const selected = selectProbes(
    orgs.map(({ org }) => org),
    { orgs: names },
  );
  return orgs.filter(({ org }) => selected.some((each) => each.org === org));
}

interface AwsScope {
  readonly config: Config | undefined;
  /** Where the configuration is. */
  readonly path: string;
  readonly orgs: readonly MonitoredOrg[];
  readonly proxy: HttpsProxy | undefined;
  readonly add: Add;
}

async function examineAws(aws: AwsAccount, { config, path, orgs, proxy, add }: AwsScope): Promise<void> {
  const identity = await diagnoseIdentity(aws);
  if (identity.status === 'problem') {
    const found = 'not looked at: AWS cannot be asked';
    add('AWS', [identity, { what: 'account, stack, secrets', status: 'open', found }]);
    return;
  }
  const events = config ? monitoredOrgs(config).flatMap(probeEvents) : [];
  const planned = {
    schedules: events.length,
    runsPerMinute: events.reduce((sum, { intervalMinutes }) => sum + 1 / intervalMinutes, 0),
  };
  add('AWS', [identity, ...(await examineAccount(aws, planned))]);
  if (!config) return;
  add('Deployment', await examineDeployment(aws, config, path));
  const secrets = secretsManager(new SecretsManager(awsOptions(proxy)));
  for (const { org } of orgs) add(`Secrets of ${org.name}`, await diagnoseSecrets(org, secrets));
}

/** Needs no credentials: the requests are public. */
async function examineOrg({ org }: MonitoredOrg, proxy: HttpsProxy | undefined): Promise<readonly Diagnosis[]> {
  const [whole] = selectProbes([org], {});
  const plan = whole?.plan.filter(({ probe }) => orgProbes.some((id) => id === probe.id)) ?? [];
  const secrets = { read: () => Promise.reject(new Error('unreachable: these probes have no credentials')) };
  try {
    const [checked] = await checkOrgs([{ org, plan }], secrets, { proxy });
    return checked ? diagnoseOrg(checked, proxy !== undefined, Date.now()) : [];
  } catch (error) {
    // The proxy does not connect.
    if (!(error instanceof ConfigError)) throw error;
    return [
      { what: 'network path', status: 'problem', found: error.message, remedy: 'Mend the proxy, or its variables.' },
    ];
  }
}
