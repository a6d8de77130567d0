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
import type { Secrets } from '../../functions/aws/secrets.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { UsageError } from '../lab/result.ts';
import { awsOptions } from './aws-problem.ts';
import { openLambdaCheck } from './check/check-from-lambda.ts';
import { type CheckOrgs, checkOrgs } from './check/check-orgs.ts';
import { checkToken } from './check/check-token.ts';
import { environmentConfig } from './check/environment-config.ts';
import { failOnLevels } from './check/fail-on.ts';
import { mostTokenCharacters, readToken } from './check/read-token.ts';
import { mergeRuns, repeatable } from './check/repeat-check.ts';
import { selectProbes } from './check/select-probes.ts';
import { findSource, type Source } from './check/source.ts';
import { intervalsOf } from './check/watch-check.ts';
import {
  defineCommand,
  type FlagValues,
  finish,
  integerOf,
  listOf,
  type Option,
  type Output,
  secondsOf,
  sharedOptions,
} from './command.ts';
import { type HttpsProxy, networkSettings, proxyOf } from './proxy.ts';
import { type CheckPlace, checkDocument, checkPlaces, checkResults, formatChecked, isFine } from './reporters/check.ts';
import { toAnnotations } from './reporters/pipelines.ts';
import { showProgress } from './reporters/progress.ts';
import { workflowCommand } from './reporters/text.ts';
import { formatToken, tokenDocument } from './reporters/token.ts';
import { askForClient, readHidden } from './terminal.ts';
import { watchCheck } from './watch-check.ts';

const { json, junit } = sharedOptions;

const options = {
  config: {
    type: 'string',
    value: '<path>',
    help: 'the configuration file with your own orgs; by default the one in cdk.json, my.jsonc, or what is deployed',
  },
  deployment: {
    type: 'string',
    value: '<name>',
    help: 'the deployment to read the orgs from, unless the configuration that is found is its own',
  },
  domain: {
    type: 'string',
    value: '<host>',
    help: 'an org without a file: acme.okta.com; see docs/check.md for the variables',
  },
  secrets: {
    type: 'string',
    value: '<path>',
    help: 'a JSON file with the secrets by name; otherwise AWS has them',
  },
  org: {
    type: 'string',
    value: '<name>',
    multiple: true,
    help: 'only this org; repeat it or separate by commas',
  },
  server: {
    type: 'string',
    value: '<id>',
    multiple: true,
    help: 'only this authorization server; with --domain, the one to check',
  },
  probe: {
    type: 'string',
    value: '<target>',
    multiple: true,
    help: 'only this probe: token@default, or token at every server; as --org',
  },
  token: {
    type: 'boolean',
    default: false,
    help: 'judge a token, which is read from standard input or a prompt; it takes no value',
  },
  audience: { type: 'string', value: '<aud>', help: 'the audience that a service expects of a token' },
  scopes: {
    type: 'string',
    value: '<scope>',
    multiple: true,
    help: 'with --token: the scopes that a service expects; as --org',
  },
  'show-claims': {
    type: 'boolean',
    default: false,
    help: 'with --token: also print the values of its claims, which may be personal',
  },
  'fail-on': {
    type: 'string',
    value: '<level>',
    choices: failOnLevels,
    help: 'end with 1 for page, ticket or warning, and what is worse; by default warning',
  },
  from: {
    type: 'string',
    value: '<place>',
    choices: checkPlaces,
    help: 'here (default), lambda, which has the deployed functions check from where they run, or both',
  },
  watch: { type: 'boolean', default: false, help: 'check again and again until Ctrl-C, and print what changes' },
  every: { type: 'string', value: '<time>', help: 'with --watch: how often, such as 30s or 5m; by default 60s' },
  evidence: {
    type: 'boolean',
    default: false,
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
  name: 'check',
  options,
  notes:
    'HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are obeyed for Okta and for AWS, and the output says which of them are set.',
  tokenInput: 'pass it to --token by standard input',
  exclusive: [
    ['config', 'domain', 'deployment'],
    ['domain', 'secrets', 'deployment', 'from=lambda', 'from=both'],
    ['github', 'json'],
    ['from=lambda', 'secrets'],
    ['watch', 'repeat', 'junit', 'github', 'evidence'],
    ['token', 'deployment', 'probe', 'junit', 'repeat', 'fail-on', 'github', 'from', 'watch', 'every', 'evidence'],
  ],
  requires: [
    ['prompt', 'domain'],
    ['every', 'watch'],
    ['scopes', 'token'],
    ['show-claims', 'token'],
    ['audience', 'token', 'domain'],
  ],
  async run(values, output) {
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
  const env = values.prompt ? await askForClient(process.env, output.stdin, output.stderr) : process.env;
  const source = await sourceOf(values, env, proxy);
  if (values.token || !source) return judge(values, source, output, proxy);
  return probe(values, source, output, proxy);
}

/** Returns the orgs to check. Undefined for a token that is judged without an org. */
async function sourceOf(values: Values, env: NodeJS.ProcessEnv, proxy?: HttpsProxy): Promise<Source | undefined> {
  const { config, deployment, domain, secrets, server, audience, token } = values;
  if (domain !== undefined) {
    const [id, ...others] = listOf(server) ?? [];
    if (others.length > 0) throw new UsageError('--domain checks one server: give --server once.');
    const made = environmentConfig({ domain, server: id, audience: token ? undefined : audience }, env);
    return { orgs: monitoredOrgs(made.config), deployment: made.config.deployment, secrets: made.secrets };
  }
  if (token && config === undefined) return undefined;
  return findSource({ config, deployment, secrets, proxy, orgs: listOf(values.org) }, async () => {
    const { AwsAccount } = await import('./game-day/aws-account.ts');
    return new AwsAccount(awsOptions(proxy));
  });
}

/** The limits of `--every`: more often would load the org. */
const [leastEverySeconds, mostEverySeconds] = [10, 3_600];

async function probe(values: Values, source: Source, output: Output, proxy?: HttpsProxy): Promise<number> {
  const filter = { orgs: listOf(values.org), probes: listOf(values.probe), servers: listOf(values.server) };
  const failOn = failOnLevels.find((level) => level === values['fail-on']) ?? 'warning';
  const from = checkPlaces.find((place) => place === values.from) ?? 'here';
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
  using progress = showProgress(output.stderr);
  const { config, deployment, isDeployed } = source;
  if (config !== undefined) progress.step(`the configuration is ${config}`);
  if (isDeployed) progress.step(`the configuration is that of the deployment ${deployment} in AWS`);
  progress.step(`checking ${selected.map(({ org }) => org.domain).join(', ')}`);
  if (proxy) progress.step(`through the proxy ${proxy.origin}, except for the hosts in NO_PROXY`);
  const check = await checkFrom(from, source, proxy);
  const { domain, secrets, evidence: showEvidence } = values;
  const isFiltered = Object.values(filter).some((each) => each !== undefined);
  const network = networkSettings(process.env);
  const { unreceived } = source;
  const deployed = isDeployed ? deployment : undefined;
  const call = { config, deployed, domain, secrets, failOn, isFiltered, from, network, showEvidence, unreceived };
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
  const annotations = values.github ? toAnnotations(orgs, failOn).map((line) => `${workflowCommand}${line}`) : [];
  return finish(output, values, {
    passed: isFine(orgs, failOn),
    text: () => [formatChecked(orgs, call), ...annotations].join('\n'),
    document: () => ({ ...checkDocument(orgs, call), seconds }),
    junit: () => ({ command: 'check', results: checkResults(orgs, failOn), seconds }),
  });
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

async function judge(values: Values, source: Source | undefined, output: Output, proxy?: HttpsProxy): Promise<number> {
  const { stderr, stdin } = output;
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
  const showClaims = values['show-claims'];
  return finish(
    output,
    { json: values.json },
    {
      passed: report.verdict === 'accepted',
      text: () => formatToken(report, token, showClaims),
      document: () => tokenDocument(report, token, showClaims),
    },
  );
}

const noSecrets: Secrets = {
  read() {
    throw new Error('unreachable: without orgs there is no client');
  },
};
