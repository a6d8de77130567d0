/**
 * Runs the configured probes once on this machine, against the real orgs: `npm run check -- --config my.jsonc`. With
 * `--from lambda`, has the deployed functions run them. With `--watch`, repeats it. With `--token`, judges a token that is
 * read from standard input instead.
 *
 * Nothing is deployed and nothing is published. Secrets come from AWS Secrets Manager with your own credentials, from a
 * file, or, with `--domain`, from the environment. The exit code is 0 if there is nothing to act on, 1 if there is, and 2
 * if it could not run.
 */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { type Secrets, secretsManager } from '../../functions/runtime/secrets.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { type MonitoredOrg, monitoredOrgs } from '../../lib/monitored-org.ts';
import {
  type CheckPlace,
  checkDocument,
  checkPlaces,
  checkResults,
  formatChecked,
  isFine,
} from '../reporters/check.ts';
import { toAnnotations } from '../reporters/github.ts';
import { toJson } from '../reporters/json.ts';
import { toJunit } from '../reporters/junit.ts';
import { showProgress } from '../reporters/progress.ts';
import { workflowCommand } from '../reporters/text.ts';
import { formatToken, tokenDocument } from '../reporters/token.ts';
import { awsOptions } from '../runner/aws-options.ts';
import { openLambdaCheck } from '../runner/check-from-lambda.ts';
import { type CheckOrgs, checkOrgs, fileSecrets } from '../runner/check-orgs.ts';
import { checkToken } from '../runner/check-token.ts';
import { environmentConfig } from '../runner/environment-config.ts';
import { failOnLevels } from '../runner/fail-on.ts';
import { type HttpsProxy, networkSettings, proxyOf } from '../runner/proxy.ts';
import { mostTokenCharacters, readToken } from '../runner/read-token.ts';
import { mergeRuns, repeatable } from '../runner/repeat-check.ts';
import { UsageError } from '../runner/select.ts';
import { selectProbes } from '../runner/select-probes.ts';
import { intervalsOf } from '../runner/watch-check.ts';
import { askForClient } from './ask-for-client.ts';
import {
  defineCommand,
  type FlagValues,
  integerOf,
  listOf,
  main,
  type Option,
  type Output,
  secondsOf,
  sharedOptions,
} from './command.ts';
import { readHidden } from './read-hidden.ts';
import { refuseTokens } from './refuse-tokens.ts';
import { watchCheck } from './watch-check.ts';
import { writeReport } from './write-report.ts';

const { json, junit } = sharedOptions;

const options = {
  config: { type: 'string', value: '<path>', help: 'the configuration file with your own orgs' },
  domain: {
    ...{ type: 'string', value: '<host>' },
    help: 'an org without a file: acme.okta.com; see docs/check.md for the variables',
  },
  secrets: {
    ...{ type: 'string', value: '<path>' },
    help: 'a JSON file with the secrets by name; otherwise AWS has them',
  },
  org: {
    ...{ type: 'string', value: '<name>', multiple: true },
    help: 'only this org; repeat it or separate by commas',
  },
  server: {
    ...{ type: 'string', value: '<id>', multiple: true },
    help: 'only this authorization server; with --domain, the one to check',
  },
  probe: {
    ...{ type: 'string', value: '<target>', multiple: true },
    help: 'only this probe: token@default, or token at every server; as --org',
  },
  token: {
    ...{ type: 'boolean', default: false },
    help: 'judge a token, which is read from standard input or a prompt; it takes no value',
  },
  audience: { type: 'string', value: '<aud>', help: 'the audience that a service expects of a token' },
  scopes: {
    ...{ type: 'string', value: '<scope>', multiple: true },
    help: 'with --token: the scopes that a service expects; as --org',
  },
  'show-claims': {
    ...{ type: 'boolean', default: false },
    help: 'with --token: also print the values of its claims, which may be personal',
  },
  'fail-on': {
    ...{ type: 'string', value: '<level>' },
    help: 'end with 1 for page, ticket or warning, and what is worse; by default warning',
  },
  from: {
    ...{ type: 'string', value: '<place>' },
    help: 'here (default), lambda, which has the deployed functions check from where they run, or both',
  },
  watch: { type: 'boolean', default: false, help: 'check again and again until Ctrl-C, and print what changes' },
  every: { type: 'string', value: '<time>', help: 'with --watch: how often, such as 30s or 5m; by default 60s' },
  evidence: {
    ...{ type: 'boolean', default: false },
    help: 'also print each request with its id, certificates, the clock and what Okta announces',
  },
  prompt: { type: 'boolean', default: false, help: 'with --domain: ask for the client, its scopes and its key' },
  repeat: { type: 'string', value: '<n>', help: 'run n times, and show the times by phase; 2 to 100' },
  github: { type: 'boolean', default: false, help: 'also print the problems as annotations for GitHub Actions' },
  json,
  junit,
} as const satisfies Record<string, Option>;

type Values = FlagValues<typeof options>;

export const check = defineCommand({
  name: 'npm run check',
  options,
  notes:
    'HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are obeyed for Okta and for AWS, and the output says which of them are set.',
  async run(values, output) {
    refuseTokens(values, 'pass it to --token by standard input');
    try {
      return await checkOrJudge(values, output);
    } finally {
      // A terminal that was asked something would keep the process waiting.
      if (output.stdin?.isTTY && (values.prompt || values.token)) output.stdin.destroy();
    }
  },
});

async function checkOrJudge(values: Values, output: Output): Promise<number> {
  const proxy = proxyOf(process.env);
  if (values.prompt && values.domain === undefined) throw new UsageError('--prompt belongs to --domain.');
  const env = values.prompt ? await askForClient(process.env, output.stdin, output.stderr) : process.env;
  const source = sourceOf(values, env, proxy);
  if (values.token) return judge(values, source, output, proxy);
  if (values.scopes !== undefined || values['show-claims'])
    throw new UsageError('--scopes and --show-claims are about a token: add --token.');
  if (!source) throw new UsageError('--config or --domain is required: the path of your configuration, or your org.');
  return probe(values, source, output, proxy);
}

/** The orgs to check, and where their secrets are. */
interface Source {
  readonly orgs: readonly MonitoredOrg[];
  readonly deployment: string;
  readonly secrets: Secrets;
}

function sourceOf(
  { config, domain, secrets: file, server, audience, token }: Values,
  env: NodeJS.ProcessEnv,
  proxy?: HttpsProxy,
): Source | undefined {
  if (config !== undefined && domain !== undefined)
    throw new UsageError('--config and --domain are two ways: use one.');
  if (domain !== undefined) {
    const [id, ...others] = listOf(server) ?? [];
    if (others.length > 0) throw new UsageError('--domain checks one server: give --server once.');
    if (file !== undefined) throw new UsageError('--secrets belongs to --config: with --domain, set the variables.');
    const made = environmentConfig({ domain, server: id, audience: token ? undefined : audience }, env);
    return { orgs: monitoredOrgs(made.config), deployment: made.config.deployment, secrets: made.secrets };
  }
  if (config === undefined) return undefined;
  const loaded = loadConfig(config);
  const { deployment } = loaded;
  const secrets = file === undefined ? secretsManager(new SecretsManager(awsOptions(proxy))) : fileSecrets(file);
  return { orgs: monitoredOrgs(loaded), deployment, secrets };
}

/** How often `--watch` may check: no org is there to be asked all the time. */
const [leastEverySeconds, mostEverySeconds] = [10, 3_600];

async function probe(values: Values, source: Source, output: Output, proxy?: HttpsProxy): Promise<number> {
  const { stdout, stderr } = output;
  if (values.audience !== undefined && values.domain === undefined)
    throw new UsageError('--audience belongs to --token or --domain: a configuration has its own.');
  const filter = { orgs: listOf(values.org), probes: listOf(values.probe), servers: listOf(values.server) };
  const failOn = failOnLevels.find((level) => level === (values['fail-on'] ?? 'warning'));
  if (!failOn) throw new UsageError(`--fail-on must be one of ${failOnLevels.join(', ')}.`);
  if (values.github && values.json) throw new UsageError('--github prints lines, and --json one document: use one.');
  const from = checkPlaces.find((place) => place === (values.from ?? 'here'));
  if (!from) throw new UsageError(`--from must be one of ${checkPlaces.join(', ')}.`);
  if (from !== 'here' && values.config === undefined)
    throw new UsageError(`--from ${from} asks what is deployed: it needs its --config.`);
  if (from === 'lambda' && values.secrets !== undefined)
    throw new UsageError('--secrets is for this machine: the functions read their own from AWS Secrets Manager.');
  const ofOneRun = (['repeat', 'junit', 'github', 'evidence'] as const).find((flag) => values[flag]);
  if (values.watch && ofOneRun) throw new UsageError(`--watch has no end, so it has no --${ofOneRun}.`);
  if (values.every !== undefined && !values.watch) throw new UsageError('--every belongs to --watch.');
  const everyMs = 1000 * secondsOf('every', values.every ?? '60s', leastEverySeconds, mostEverySeconds);
  const times = values.repeat === undefined ? 1 : integerOf('repeat', values.repeat, 2, 100);
  // With --domain there is one server, and the whole org is checked as well.
  const selected = selectProbes(
    source.orgs.map(({ org }) => org),
    values.domain === undefined ? filter : { ...filter, servers: undefined },
  );
  const again = repeatable(selected);
  if (times > 1 && again.length === 0)
    throw new UsageError('--repeat repeats the probes of sign-in, and none is selected.');
  using progress = showProgress(stderr);
  progress.step(`checking ${selected.map(({ org }) => org.domain).join(', ')}`);
  if (proxy) progress.step(`through the proxy ${proxy.origin}, except for the hosts in NO_PROXY`);
  const check = await checkFrom(from, source, proxy);
  const { config, domain, secrets, evidence: showEvidence } = values;
  const isFiltered = Object.values(filter).some((each) => each !== undefined);
  const network = networkSettings(process.env);
  const call = { config, domain, secrets, failOn, isFiltered, from, network, showEvidence };
  if (values.watch) {
    const intervalMsOf = intervalsOf(source.orgs);
    return watchCheck({ selected, check, everyMs, intervalMsOf, call, json: values.json }, output);
  }
  const startedAt = performance.now();
  const runs = [await check(selected)];
  while (runs.length < times) {
    progress.update(`run ${runs.length + 1} of ${times}`);
    runs.push(await check(again));
  }
  const orgs = times > 1 ? mergeRuns(runs) : runs.flat();
  const seconds = (performance.now() - startedAt) / 1000;
  const fine = isFine(orgs, failOn);
  const results = checkResults(orgs, failOn);
  stdout.write(
    `${values.json ? toJson(fine, { ...checkDocument(orgs, call), seconds }) : formatChecked(orgs, call)}\n`,
  );
  if (values.github) for (const line of toAnnotations(orgs, failOn)) stdout.write(`${workflowCommand}${line}\n`);
  if (values.junit !== undefined) writeReport(values.junit, toJunit({ command: 'check', results, seconds }));
  return fine ? 0 : 1;
}

/** The longest that Lambda lets a function run. */
const longestRunMs = 15 * 60_000;

async function checkFrom(
  from: CheckPlace,
  { orgs, deployment, secrets }: Source,
  proxy: HttpsProxy | undefined,
): Promise<CheckOrgs> {
  const here: CheckOrgs = (selected, signal) => checkOrgs(selected, secrets, { proxy, signal });
  if (from === 'here') return here;
  const lambda = await openLambdaCheck({
    ...{ deployment, orgs },
    client: new LambdaClient({ ...awsOptions(proxy, longestRunMs), maxAttempts: 1 }),
  });
  if (from === 'lambda') return lambda;
  // First what may turn out not to be deployed. The test user signs in once, and its one-time codes are good once.
  return async (selected, signal) => [
    ...(await lambda(selected, signal)),
    ...(await here(
      selected.map(({ org, plan }) => ({ org, plan: plan.filter(({ probe }) => probe.group !== 'journey') })),
      signal,
    )),
  ];
}

async function judge(
  values: Values,
  source: Source | undefined,
  { stdout, stderr, stdin }: Output,
  proxy?: HttpsProxy,
): Promise<number> {
  const ofProbes = (
    ['probe', 'junit', 'repeat', 'fail-on', 'github', 'from', 'watch', 'every', 'evidence'] as const
  ).find((flag) => values[flag]);
  if (ofProbes) throw new UsageError(`--${ofProbes} is about probes: it does not go with --token.`);
  if (values.server && values.config) throw new UsageError('The token names its server: --server goes with --domain.');
  if (!stdin) throw new UsageError('There is no standard input to read the token from.');
  const known = source?.orgs.map(({ org }) => org) ?? [];
  const orgs = selectProbes(known, { orgs: listOf(values.org) }).map(({ org }) => org);
  const token = readToken(await readHidden(stdin, stderr, 'Token (not shown): ', mostTokenCharacters));
  const scopes = listOf(values.scopes)?.flatMap((list) => list.trim().split(/\s+/));
  const requirements = {
    ...(values.audience !== undefined && { audience: values.audience }),
    ...(scopes && { scopes }),
  };
  const report = await checkToken(token, orgs, requirements, source?.secrets ?? noSecrets, proxy);
  const accepted = report.verdict === 'accepted';
  const showClaims = values['show-claims'];
  stdout.write(
    `${values.json ? toJson(accepted, tokenDocument(report, token, showClaims)) : formatToken(report, token, showClaims)}\n`,
  );
  return accepted ? 0 : 1;
}

const noSecrets: Secrets = {
  read() {
    throw new Error('unreachable: without orgs there is no client');
  },
};

if (import.meta.main) {
  await main(check);
  // A connection that Ctrl-C left open must not keep the process.
  if (process.argv.includes('--watch')) setTimeout(() => process.exit(), 1_000).unref();
}
