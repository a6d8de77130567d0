/**
 * Makes what the monitor needs in Okta and in AWS, and writes the configuration: `npm run setup -- --domain acme.okta.com`.
 *
 * It shows a plan and asks. It marks everything that it makes, and never changes anything else. Whenever it is stopped, the next
 * call goes on. The administrator's credential is used and never kept. The exit code is 0 if everything is as planned, 1 if
 * something could not be made, and 2 if it could not run.
 */
import { setTimeout } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Agent, fetch as send } from 'undici';
import type { Fetch } from '../../functions/model/probe.ts';
import { oneLine } from '../../functions/model/text.ts';
import { strictTls } from '../../functions/model/tls.ts';
import { UsageError } from '../lab/result.ts';
import { awsOptions } from './aws-problem.ts';
import { defineCommand, type FlagValues, type Option, type Output, sharedOptions } from './command.ts';
import { type HttpsProxy, proxyOf } from './proxy.ts';
import { showProgress } from './reporters/progress.ts';
import {
  formatDone,
  formatPlan,
  formatRotation,
  formatSettings,
  formatUnwatched,
  hasChanges,
  rotationDocument,
  setupDocument,
  stepTitle,
} from './reporters/setup.ts';
import { quoted, toJson } from './reporters/text.ts';
import { awsStore } from './setup/aws-store.ts';
import { addReceiver, lacksOrgs, lacksReceiver } from './setup/configuration.ts';
import { signInByDevice } from './setup/device-sign-in.ts';
import type { ChooseServer, SetupRequest } from './setup/discover.ts';
import { type AdminFetch, openOktaApi, withApiToken } from './setup/okta-api.ts';
import { OktaRefusal } from './setup/refusals.ts';
import { CannotMake } from './setup/resource.ts';
import { makeKey } from './setup/secret-resource.ts';
import { fileStore, StoreError } from './setup/secret-store.ts';
import { openRemoval, openRotation, openSetup, type SetupTools } from './setup/set-up.ts';
import { type Questions, questionsAt } from './terminal.ts';

const options = {
  domain: {
    type: 'string',
    value: '<host>',
    required: 'the host of your org, such as acme.okta.com',
    help: 'the org: acme.okta.com, or its custom domain',
  },
  config: {
    type: 'string',
    value: '<path>',
    default: 'my.jsonc',
    help: 'the configuration that the org is written to (default: my.jsonc)',
  },
  org: {
    type: 'string',
    value: '<name>',
    help: 'your name for the org; by default as the file has it, or the first label of its domain',
  },
  server: {
    type: 'string',
    value: '<id>',
    help: 'the custom authorization server to monitor: default, or aus…; org for none; asked for at a terminal',
  },
  'test-user': {
    type: 'boolean',
    default: false,
    help: 'also make a user who signs in, with a group and a policy: see docs/test-user.md',
  },
  login: {
    type: 'string',
    value: '<login>',
    help: "the test user's login, in the form of an e-mail address; by default at example.com",
  },
  'redirect-uri': {
    type: 'string',
    value: '<url>',
    help: 'where the web application redirects to; by default a name that never resolves',
  },
  'system-log': { type: 'boolean', default: false, help: 'also grant okta.logs.read, and set systemLog' },
  health: { type: 'boolean', default: false, help: 'also grant the scopes of docs/health.md, and set health' },
  secrets: {
    type: 'string',
    value: '<path>',
    help: 'keep the secrets in this file, as for npm run check; otherwise in AWS Secrets Manager',
  },
  receiver: {
    type: 'string',
    value: '<email>',
    help: 'the e-mail address to alert, if alerts.pages is empty; setup asks for it at a terminal',
  },
  'device-client': {
    type: 'string',
    value: '<client id>',
    help: 'sign in with a browser, by this native application, instead of OKTA_API_TOKEN',
  },
  'dry-run': { type: 'boolean', default: false, help: 'show the plan, change nothing, and end with 0' },
  yes: {
    type: 'boolean',
    default: false,
    help: 'do it without a question; without a terminal, this or --dry-run is required',
  },
  rotate: { type: 'boolean', default: false, help: 'give the applications new keys while the monitor runs' },
  remove: { type: 'boolean', default: false, help: 'take away what was made, and nothing else' },
  json: sharedOptions.json,
} as const satisfies Record<string, Option>;

type Values = FlagValues<typeof options>;

/** The variable with an administrator's API token. */
export const tokenVariable = 'OKTA_API_TOKEN';

export const setup = defineCommand({
  name: 'setup',
  options,
  tokenInput: `set ${tokenVariable}, or enter it when asked`,
  exclusive: [
    ['receiver', 'rotate', 'remove'],
    ['rotate', 'remove'],
  ],
  async run(values, output) {
    const request = requestOf(values);
    const questions = questionsAt(output.stdin, output.stderr);
    if (!questions && !values.yes && !values['dry-run'])
      throw new UsageError('There is no terminal to ask at: add --yes to do what the plan says, or --dry-run.');
    const proxy = proxyOf(process.env);
    const { fetch, close } = openFetch(request.domain, proxy);
    try {
      const tools = await openTools(values, request, fetch, output, questions, proxy);
      const act = values.rotate ? rotate : change;
      return await act(values, request, tools, output, questions);
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof OktaRefusal || error instanceof CannotMake)) throw error;
      throw new UsageError(`${error.message}\nNothing is lost: run it again, and it goes on where it was.`);
    } finally {
      // A terminal that is still read would keep the process alive.
      output.stdin?.pause();
      await close();
    }
  },
});

function requestOf(values: Values): SetupRequest {
  const { domain, server, login, org } = values;
  if (!/^[a-z0-9.-]+(:\d+)?$/i.test(domain))
    throw new UsageError('--domain must be a host without https://, such as acme.okta.com.');
  if (/^[^.]+-admin\./.test(domain))
    throw new UsageError('--domain is that of the Admin Console: leave out "-admin". The API has the other one.');
  if (server !== undefined && !/^(org|default|aus[A-Za-z0-9]+)$/.test(server))
    throw new UsageError('--server must be org, default, or an id that begins with aus.');
  if (login !== undefined && !/^[\w.+-]+@[\w.-]+$/.test(login))
    throw new UsageError('--login must have the form of an e-mail address, with letters, digits and ._+- only.');
  return {
    ...{ domain: domain.toLowerCase(), config: values.config, org, server, login },
    ...{ redirectUri: values['redirect-uri'], testUser: values['test-user'] || login !== undefined },
    ...{ systemLog: values['system-log'], health: values.health },
  };
}

/** How long to wait for an answer, in ms. */
const timeoutMs = 60_000;

function openFetch(domain: string, proxy?: HttpsProxy): { readonly fetch: Fetch; close(): Promise<void> } {
  const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs, allowH2: false };
  const dispatcher = proxy?.createAgent(limits) ?? new Agent({ ...limits, connect: strictTls });
  return {
    close: () => dispatcher.close(),
    async fetch(url, init = {}) {
      try {
        const options = { ...init, dispatcher, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const;
        return (await send(url, options as Parameters<typeof send>[1])) as unknown as Response;
      } catch (error) {
        const { cause, name } = error as Error & { readonly cause?: { readonly code?: unknown } };
        throw new UsageError(
          `${domain} cannot be reached (${cause?.code ?? name}): check the domain and the network.\nNothing is lost: run it again, and it goes on where it was.`,
        );
      }
    },
  };
}

async function openTools(
  values: Values,
  { domain }: SetupRequest,
  fetch: Fetch,
  output: Output,
  questions: Questions | undefined,
  proxy: HttpsProxy | undefined,
): Promise<SetupTools> {
  const origin = `https://${domain}`;
  const wait = async (ms: number) => {
    await setTimeout(ms);
  };
  const onWait = (seconds: number) => {
    if (seconds > 2) output.stderr.write(`Okta's rate limit is used up, or it is busy: waiting ${seconds} s.\n`);
  };
  const clientId = values['device-client'];
  const adminFetch: AdminFetch =
    clientId === undefined
      ? withApiToken(await apiToken(questions), fetch)
      : await signInByDevice({
          ...{ origin, clientId, fetch, wait },
          show: (text) => output.stderr.write(`${text}\n`),
        });
  const client = () => new SecretsManagerClient(awsOptions(proxy));
  const file = values.secrets;
  return {
    ...{ fetch, wait, makeKey, okta: openOktaApi({ origin, fetch: adminFetch, wait, onWait }) },
    openStore: async (mark) => (file === undefined ? awsStore(client(), mark) : fileStore(file, mark)),
    chooseServer: chooseAt(questions),
  };
}

async function apiToken(questions: Questions | undefined): Promise<string> {
  const given = process.env[tokenVariable]?.trim();
  const token =
    given || (await questions?.hidden("An administrator's API token (it is not shown, and not kept): "))?.trim();
  if (!token)
    throw new UsageError(`An administrator's API token is required: set ${tokenVariable}, or use --device-client.`);
  if (!/^[\x21-\x7E]+$/.test(token)) throw new UsageError('The API token has characters that no API token has.');
  return token;
}

function chooseAt(questions: Questions | undefined): ChooseServer {
  return async (servers) => {
    const [first] = servers;
    if (!first || servers.length === 1) return first;
    const list = servers
      .map(({ id, name, audience }) => oneLine(`  ${id}  ${name}${audience === undefined ? '' : `, ${audience}`}`))
      .join('\n');
    const text = `The org has ${servers.length} custom authorization servers:\n${list}`;
    if (!questions) throw new UsageError(`${text}\nName one with --server, or --server org for none.`);
    const answer = await questions.line(`${text}\nWhich one is to be monitored? (an id, or "org" for none) `);
    const chosen = servers.find(({ id }) => id === answer);
    if (!chosen && answer !== 'org') throw new UsageError(`There is no such server. Name one with --server.`);
    return chosen;
  };
}

async function change(
  values: Values,
  request: SetupRequest,
  tools: SetupTools,
  { stdout, stderr }: Output,
  questions: Questions | undefined,
): Promise<number> {
  const opened = await (values.remove ? openRemoval : openSetup)(request, tools);
  const { settings, store, plan } = opened;
  // With --json, only the document is for standard output.
  const shown = values.json ? stderr : stdout;
  if (!values.json || !values.yes) shown.write(`${formatSettings(settings, store.name)}\n${formatPlan(plan)}`);
  const isComplete = plan.every(({ action }) => action !== 'cannot');
  const email = values.remove || values['dry-run'] ? undefined : await receiverFrom(values, questions);
  if (values.receiver !== undefined && !lacksReceiver(values.config))
    stderr.write(
      `--receiver adds nothing, because alerts.pages in ${values.config} has receivers: add { "email": "${oneLine(values.receiver)}" } there.\n`,
    );
  const print = (passed: boolean, applied: boolean, steps: typeof plan) => {
    if (values.json) stdout.write(`${toJson(passed, { applied, ...setupDocument(settings, store.name, steps) })}\n`);
    else if (applied)
      stdout.write(
        `\n${values.remove ? '' : formatUnwatched(settings)}${formatDone(steps, values.remove ? remainderOf(values) : `Next: ${nextOf(values)}`)}`,
      );
  };
  if (values['dry-run']) {
    print(true, false, plan);
    return 0;
  }
  if (!hasChanges(plan)) {
    addReceiver(values.config, email);
    print(isComplete, true, plan);
    return isComplete ? 0 : 1;
  }
  await confirmed(values, questions);
  using progress = showProgress(stderr);
  const done = await opened.apply((step) => {
    if (step.action !== 'keep') progress.finished(stepTitle(step), step.action !== 'cannot');
  });
  const passed = done.every(({ action }) => action !== 'cannot');
  addReceiver(values.config, email);
  print(passed, true, done);
  return passed ? 0 : 1;
}

/** Returns the address to alert, if the configuration has none yet. Throws `UsageError` if it is malformed. */
async function receiverFrom(
  { receiver, config, yes }: Values,
  questions: Questions | undefined,
): Promise<string | undefined> {
  if (!lacksReceiver(config)) return undefined;
  const question = 'Which e-mail address should receive alerts? (Press Enter to decide later.) ';
  const email = (receiver ?? (yes ? undefined : await questions?.line(question)))?.trim();
  if (!email) return undefined;
  if (!/^[^\s@"]+@[^\s@"]+\.[^\s@"]+$/.test(email))
    throw new UsageError(`"${oneLine(email)}" is not an e-mail address.`);
  return email;
}

/** Asks before anything is changed, unless `--yes` has answered. Throws `UsageError` if the answer is no. */
async function confirmed({ yes }: Values, questions: Questions | undefined): Promise<void> {
  if (!yes && !(await questions?.confirm('\nDo this?'))) throw new UsageError('Nothing was done.');
}

/** Names a configuration that stays without an org, because people's own settings are in it. */
function remainderOf({ config }: Values): string | undefined {
  if (!lacksOrgs(config)) return undefined;
  return `${config} stays: it has no org any more, and settings of yours. To delete it:\n      rm ${quoted(config)}`;
}

/** The next step. Alerts need a receiver before anything else. */
export function nextOf({ config, secrets }: Pick<Values, 'config' | 'secrets'>): string {
  const check = `npm run check -- --config ${quoted(config)}${secrets === undefined ? '' : ` --secrets ${quoted(secrets)}`}`;
  return lacksReceiver(config) ? `add a receiver to alerts.pages in ${config}, then run\n      ${check}` : check;
}

async function rotate(
  values: Values,
  request: SetupRequest,
  tools: SetupTools,
  { stdout, stderr }: Output,
  questions: Questions | undefined,
): Promise<number> {
  const { settings, store, applications, apply } = await openRotation(request, tools);
  const shown = values.json ? stderr : stdout;
  if (!values.json || !values.yes)
    shown.write(`${formatSettings(settings, store.name)}\n${formatRotation(applications)}`);
  const document = { ...setupDocument(settings, store.name, []), ...rotationDocument(applications) };
  if (!values['dry-run']) {
    await confirmed(values, questions);
    using progress = showProgress(stderr);
    await apply((application, step) => progress.finished(`${application}: ${step}`, true));
  }
  if (values.json) stdout.write(`${toJson(true, { applied: !values['dry-run'], ...document })}\n`);
  return 0;
}
