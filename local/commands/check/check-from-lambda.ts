import { GetFunctionConfigurationCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { resourceName } from '../../../functions/model/deployment.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import type { Group } from '../../../functions/model/probe.ts';
import { enabledProbes, type PlannedProbe } from '../../../functions/probes/plan.ts';
import { type CheckAnswer, checkEnvironment, checkVersion } from '../../../functions/run/check-answer.ts';
import { stampOf } from '../../../functions/run/log.ts';
import { readRunTime } from '../../../functions/run/run-time.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { probeEvents } from '../../../lib/functions/probe-event.ts';
import type { MonitoredOrg } from '../../../lib/monitored-org.ts';
import { awsProblem } from '../aws-problem.ts';
import { brokenProbes, type CheckedOrg, type CheckOrgs } from './check-orgs.ts';
import type { SelectedOrg } from './select-probes.ts';

/** How many orgs are checked at the same time. Each takes one container a group, and the schedules need theirs. */
const orgsAtOnce = 2;

/** How much longer than the function Lambda's answer may take, in milliseconds. */
const answerReserveMs = 10_000;

const defaultTimeoutSeconds = 30;

export interface Deployed {
  /** The name of the deployment. */
  readonly deployment: string;
  readonly orgs: readonly MonitoredOrg[];
  /**
   * Trap: it must not retry. A second invocation would send the password of the test user again, and its own timeout must
   * be none.
   */
  readonly client: LambdaClient;
}

/**
 * Has the deployed functions check orgs from where they run. Each gets the input of its schedule, with `check: true`.
 *
 * Whole groups run, and the result leaves out probes that were not selected. Throws `ConfigError` with each thing that a
 * function could not be asked for.
 */
export async function openLambdaCheck({ deployment, orgs, client }: Deployed): Promise<CheckOrgs> {
  const region = await regionOf(client);
  /** The timeout of each function that supports checks. */
  const known = new Map<string, Promise<number>>();
  const timeoutOf = (name: string) => {
    const timeout = known.get(name) ?? requireCheck(client, name, region);
    known.set(name, timeout);
    // Another time it may be allowed, or deployed.
    timeout.catch(() => known.delete(name));
    return timeout;
  };
  return async (selected, signal) => {
    // First for all functions: an older one would take the event for one of its schedule.
    const names = selected.flatMap(({ plan }) => groupsOf(plan).map((group) => resourceName(deployment, group)));
    await allOrProblems([...new Set(names)].map(timeoutOf));
    const checkGroup = async ({ org, plan }: SelectedOrg, group: Group): Promise<readonly LogLine[]> => {
      const name = resourceName(deployment, group);
      const monitored = orgs.find((each) => each.org.name === org.name);
      const event = monitored && probeEvents(monitored).find((each) => each.group === group);
      if (!event) throw new Error(`the org ${org.name} has no event of ${group}`);
      const answer = await invoke(client, { name, region, signal, timeoutMs: await timeoutOf(name) }, event.org);
      return outcomesOf(
        answer,
        plan.filter(({ probe }) => probe.group === group),
      );
    };
    const checked = new Map<SelectedOrg, CheckedOrg>();
    const left = [...selected];
    const work = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const each = next;
        const outcomes = (await allOrProblems(groupsOf(each.plan).map((group) => checkGroup(each, group)))).flat();
        checked.set(each, {
          ...{ ...each, region },
          outcomes: enabledProbes(each.plan).flatMap((planned) => outcomeOf(planned, outcomes) ?? []),
        });
      }
    };
    await allOrProblems(Array.from({ length: orgsAtOnce }, work));
    return selected.flatMap((each) => checked.get(each) ?? []);
  };
}

function groupsOf(plan: readonly PlannedProbe[]): readonly Group[] {
  return [...new Set(enabledProbes(plan).map(({ probe }) => probe.group))];
}

function outcomeOf({ probe, target }: PlannedProbe, outcomes: readonly LogLine[]): LogLine | undefined {
  return outcomes.find((each) => each.probe === probe.id && each.server === target.server);
}

/** Waits for all, and throws one `ConfigError` with what each of them could not do. Any other error is thrown as it is. */
async function allOrProblems<Value>(work: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const settled = await Promise.allSettled(work);
  const errors = settled.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  const other = errors.find((error) => !(error instanceof ConfigError));
  if (other !== undefined) throw other;
  const texts = new Set(errors.map((error) => (error as ConfigError).message));
  if (texts.size > 0) throw new ConfigError([...texts].join('\n'));
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

async function regionOf(client: LambdaClient): Promise<string> {
  try {
    return await client.config.region();
  } catch (error) {
    const { why, remedy } = awsProblem(error, { action: 'lambda:InvokeFunction', on: 'the functions' });
    throw new ConfigError(`The functions cannot be asked: ${why}. ${remedy}`);
  }
}

/** Returns the timeout of a function, in milliseconds. Throws `ConfigError` if its version does not support checks. */
async function requireCheck(client: LambdaClient, name: string, region: string): Promise<number> {
  const configuration = await client
    .send(new GetFunctionConfigurationCommand({ FunctionName: name }))
    .catch((error) => {
      throw refusal(error, 'lambda:GetFunctionConfiguration', name, region);
    });
  const { Timeout = defaultTimeoutSeconds, Environment } = configuration;
  const isKnown = Object.entries(checkEnvironment).every(([key, value]) => Environment?.Variables?.[key] === value);
  if (isKnown) return Timeout * 1000;
  throw new ConfigError(
    `The function ${name} in ${region} is of another version, which does not know checks: it would publish what it finds.\nIt was not invoked. Deploy this version first: npm run deploy.`,
  );
}

interface Invocation {
  readonly name: string;
  readonly region: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Invokes a function and returns its answer. */
async function invoke(client: LambdaClient, invocation: Invocation, org: object): Promise<CheckAnswer> {
  const { name, region, timeoutMs, signal } = invocation;
  const timeUp = AbortSignal.timeout(timeoutMs + answerReserveMs);
  const abortSignal = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  const command = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ ...org, check: true }) });
  const { FunctionError, Payload } = await client.send(command, { abortSignal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (timeUp.aborted)
      throw new ConfigError(
        `The function ${name} in ${region} did not answer within ${(timeoutMs + answerReserveMs) / 1000} s. Check the network between here and AWS.`,
      );
    throw refusal(error, 'lambda:InvokeFunction', name, region);
  });
  const answer = parse(Payload);
  if (FunctionError !== undefined) throw new ConfigError(crashed(answer, name, region));
  if (isAnswer(answer)) return answer;
  throw new ConfigError(
    `The function ${name} in ${region} did not answer as one of this version does. Deploy this version: npm run deploy.`,
  );
}

function refusal(error: unknown, action: string, name: string, region: string): ConfigError {
  const { kind, why, remedy } = awsProblem(error, { action, on: `the function ${name} in ${region}` });
  if (kind === 'missing')
    return new ConfigError(
      `There is no function ${name} in ${region}: it is not deployed there. Set AWS_REGION and AWS_PROFILE to where it is, or deploy it: npm run deploy.`,
    );
  if (kind === 'throttled')
    return new ConfigError(
      `Lambda throttles the function ${name} in ${region}: as many functions run as the account may. Try again in a minute, and see npm run doctor.`,
    );
  return new ConfigError(`The function ${name} in ${region} cannot be asked: ${why}. ${remedy}`);
}

/** Trap: the message of a function's error may quote the request. Only a time-out is recognised in it. */
function crashed(answer: unknown, name: string, region: string): string {
  const { errorMessage, errorType } = Object(answer) as {
    readonly errorMessage?: unknown;
    readonly errorType?: unknown;
  };
  const log = `Its log is /aws/lambda/${name}.`;
  if (/Task timed out after [\d.]+ seconds/.test(String(errorMessage)))
    return `The function ${name} in ${region} reached its timeout before it answered. ${log}`;
  const type = typeof errorType === 'string' && /^[\w.]{1,60}$/.test(errorType) ? errorType : 'an unknown error';
  return `The function ${name} in ${region} ended with ${type}. ${log}`;
}

function parse(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

function isAnswer(answer: unknown): answer is CheckAnswer {
  const { check, outcomes, errors } = Object(answer) as Partial<CheckAnswer>;
  return check === checkVersion && Array.isArray(outcomes) && Array.isArray(errors);
}

/** The outcome of each planned probe of a group. A probe that the answer lacks either ended with an error or is not deployed. */
function outcomesOf({ outcomes, errors }: CheckAnswer, plan: readonly PlannedProbe[]): readonly LogLine[] {
  const missing = plan.filter((planned) => planned.howToEnable === undefined && !outcomeOf(planned, outcomes));
  const time = readRunTime(undefined, Date.now());
  if (errors.length === 0)
    return [
      ...outcomes,
      ...missing.map(({ probe, target }) => ({
        ...{ type: 'outcome' as const, ...stampOf(time), ...target, probe: probe.id },
        ...{ status: 'skipped' as const, exchanges: [], because: 'the deployed function does not have this probe' },
      })),
    ];
  const monitorErrors = errors.map(({ name, frames }) =>
    Object.assign(new Error(), { name: String(name), stack: [frames].flat().join('\n') }),
  );
  return [...outcomes, ...brokenProbes({ ...time, plan: missing, outcomes: [], monitorErrors })];
}
