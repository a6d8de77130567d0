/**
 * Runs the configured probes once on this machine, against the real orgs: `npm run check -- --config my.jsonc`. With
 * `--token`, judges a token that is read from standard input instead.
 *
 * Nothing is deployed and nothing is published. Secrets come from AWS Secrets Manager with your own credentials, from a
 * file, or, with `--domain`, from the environment. The exit code is 0 if there is nothing to act on, 1 if there is, and 2
 * if it could not run.
 */
import { writeFileSync } from 'node:fs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Org } from '../../functions/model/org.ts';
import { type Secrets, secretsManager } from '../../functions/runtime/secrets.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { checkDocument, checkResults, formatChecked, isFine } from '../reporters/check.ts';
import { toAnnotations } from '../reporters/github.ts';
import { toJson } from '../reporters/json.ts';
import { toJunit } from '../reporters/junit.ts';
import { showProgress } from '../reporters/progress.ts';
import { formatToken, tokenDocument } from '../reporters/token.ts';
import { checkOrgs, fileSecrets } from '../runner/check-orgs.ts';
import { checkToken } from '../runner/check-token.ts';
import { environmentConfig } from '../runner/environment-config.ts';
import { failOnLevels } from '../runner/fail-on.ts';
import { type HttpsProxy, proxyOf } from '../runner/proxy.ts';
import { mostTokenCharacters, readToken } from '../runner/read-token.ts';
import { mergeRuns, repeatable } from '../runner/repeat-check.ts';
import { UsageError } from '../runner/select.ts';
import { selectProbes } from '../runner/select-probes.ts';
import {
  defineCommand,
  type FlagValues,
  integerOf,
  listOf,
  main,
  type Option,
  type Output,
  sharedOptions,
} from './command.ts';
import { readHidden } from './read-hidden.ts';

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
  repeat: { type: 'string', value: '<n>', help: 'run n times, and show the times by phase; 2 to 100' },
  github: { type: 'boolean', default: false, help: 'also print the problems as annotations for GitHub Actions' },
  json,
  junit,
} as const satisfies Record<string, Option>;

type Values = FlagValues<typeof options>;

export const check = defineCommand({
  name: 'npm run check',
  options,
  async run(values, output) {
    refuseTokens(values);
    const proxy = proxyOf(process.env);
    const source = sourceOf(values, proxy);
    if (values.token) return judge(values, source, output, proxy);
    if (values.scopes !== undefined || values['show-claims'])
      throw new UsageError('--scopes and --show-claims are about a token: add --token.');
    if (!source) throw new UsageError('--config or --domain is required: the path of your configuration, or your org.');
    return probe(values, source, output, proxy);
  },
});

/** The orgs to check, and where their secrets are. */
interface Source {
  readonly orgs: readonly Org[];
  readonly secrets: Secrets;
}

/** Trap: an argument is in the history of the shell, and every process of the machine can read it. */
function refuseTokens(values: object): void {
  const looksLikeToken = (value: unknown) => typeof value === 'string' && /eyJ[\w-]{10,}|^00[\w-]{40}$/.test(value);
  const [flag] = Object.entries(values).find(([, value]) => [value].flat().some(looksLikeToken)) ?? [];
  if (flag === undefined) return;
  throw new UsageError(
    `The value of --${flag} looks like a token, which is never an argument: pass it to --token by standard input.\nIt is in the history of your shell now: revoke it.`,
  );
}

function sourceOf(
  { config, domain, secrets: file, server, audience, token }: Values,
  proxy?: HttpsProxy,
): Source | undefined {
  if (config !== undefined && domain !== undefined)
    throw new UsageError('--config and --domain are two ways: use one.');
  if (domain !== undefined) {
    const [id, ...others] = listOf(server) ?? [];
    if (others.length > 0) throw new UsageError('--domain checks one server: give --server once.');
    if (file !== undefined) throw new UsageError('--secrets belongs to --config: with --domain, set the variables.');
    const made = environmentConfig({ domain, server: id, audience: token ? undefined : audience }, process.env);
    return { orgs: monitoredOrgs(made.config).map(({ org }) => org), secrets: made.secrets };
  }
  if (config === undefined) return undefined;
  const orgs = monitoredOrgs(loadConfig(config)).map(({ org }) => org);
  if (file !== undefined) return { orgs, secrets: fileSecrets(file) };
  const client = new SecretsManagerClient(proxy ? { requestHandler: { httpsAgent: proxy.httpsAgent() } } : {});
  return { orgs, secrets: secretsManager(client) };
}

async function probe(values: Values, source: Source, { stdout, stderr }: Output, proxy?: HttpsProxy): Promise<number> {
  if (values.audience !== undefined && values.domain === undefined)
    throw new UsageError('--audience belongs to --token or --domain: a configuration has its own.');
  const filter = { orgs: listOf(values.org), probes: listOf(values.probe), servers: listOf(values.server) };
  const failOn = failOnLevels.find((level) => level === (values['fail-on'] ?? 'warning'));
  if (!failOn) throw new UsageError(`--fail-on must be one of ${failOnLevels.join(', ')}.`);
  if (values.github && values.json) throw new UsageError('--github prints lines, and --json one document: use one.');
  const times = values.repeat === undefined ? 1 : integerOf('repeat', values.repeat, 2, 100);
  // With --domain there is one server, and the whole org is checked as well.
  const selected = selectProbes(source.orgs, values.domain === undefined ? filter : { ...filter, servers: undefined });
  const again = repeatable(selected);
  if (times > 1 && again.length === 0)
    throw new UsageError('--repeat repeats the probes of sign-in, and none is selected.');
  using progress = showProgress(stderr);
  progress.step(`checking ${selected.map(({ org }) => org.domain).join(', ')}`);
  if (proxy) progress.step(`through the proxy ${proxy.origin}, except for the hosts in NO_PROXY`);
  const startedAt = performance.now();
  const runs = [await checkOrgs(selected, source.secrets, proxy)];
  while (runs.length < times) {
    progress.update(`run ${runs.length + 1} of ${times}`);
    runs.push(await checkOrgs(again, source.secrets, proxy));
  }
  const orgs = times > 1 ? mergeRuns(runs) : runs.flat();
  const seconds = (performance.now() - startedAt) / 1000;
  const fine = isFine(orgs, failOn);
  const { config, domain, secrets } = values;
  const isFiltered = Object.values(filter).some((each) => each !== undefined);
  const call = { config, domain, secrets, failOn, isFiltered };
  const results = checkResults(orgs, failOn);
  if (values.junit !== undefined) writeFileSync(values.junit, toJunit({ command: 'check', results, seconds }));
  stdout.write(
    `${values.json ? toJson(fine, { ...checkDocument(orgs, call), seconds }) : formatChecked(orgs, call)}\n`,
  );
  if (values.github) for (const line of toAnnotations(orgs, failOn)) stdout.write(`${line}\n`);
  return fine ? 0 : 1;
}

async function judge(
  values: Values,
  source: Source | undefined,
  { stdout, stderr, stdin }: Output,
  proxy?: HttpsProxy,
): Promise<number> {
  const ofProbes = (['probe', 'junit', 'repeat', 'fail-on', 'github'] as const).find((flag) => values[flag]);
  if (ofProbes) throw new UsageError(`--${ofProbes} is about probes: it does not go with --token.`);
  if (values.server && values.config) throw new UsageError('The token names its server: --server goes with --domain.');
  if (!stdin) throw new UsageError('There is no standard input to read the token from.');
  const orgs = selectProbes(source?.orgs ?? [], { orgs: listOf(values.org) }).map(({ org }) => org);
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

if (import.meta.main) await main(check);
