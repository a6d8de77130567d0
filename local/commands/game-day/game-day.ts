import { resourceName } from '../../../functions/model/deployment.ts';
import { asRecord } from '../../../functions/model/read.ts';
import type { OpenIncident } from '../../../functions/state/incident-item.ts';
import { readIncident } from '../../../functions/state/incident-item.ts';
import type { StoredItem } from '../../../functions/state/state-table.ts';
import { AccountError } from '../aws-problem.ts';
import type { Caller, DeployedAccount, DeployedAlarm, StackResource } from './deployed-account.ts';
import {
  audienceTopic,
  findStacks,
  inspectAlarm,
  inspectAnswer,
  inspectSchedules,
  inspectSubscriptions,
  linesIn,
  shortenAddress,
} from './inspect.ts';
import { type Findings, failed, passed, type Step, together } from './step.ts';
import type { GameDayTarget } from './target.ts';

/** The plan of a game day: its steps, and whom they notify. */
export interface GameDayPlan {
  readonly caller: Caller;
  readonly target: GameDayTarget;
  readonly resources: readonly StackResource[];
  /** The problems of the stacks. */
  readonly stacks: Findings;
  readonly alarm?: DeployedAlarm;
  /** The ARN of the topic whose subscribers are notified. */
  readonly audience?: string;
  /** Their addresses, shortened. */
  readonly told: readonly string[];
  /** How long it takes at about the most, if everything works. */
  readonly expectedMinutes: number;
}

export interface GameDayReport {
  readonly steps: readonly Step[];
  /** If it was stopped: what happens by itself from then on. */
  readonly stopped?: string;
}

export interface GameDayOptions {
  /** Stops the game day. Nothing has to be undone. */
  readonly signal: AbortSignal;
  readonly onStep?: (step: Step) => void;
  /** Called before a step begins, and each time that it has waited. */
  readonly onWaiting?: (name: string, seconds: number) => void;
}

const minuteMs = 60_000;
const pollMs = 15_000;

/** How long points, alarms and messages may take on their way, in addition to the alarm's own evaluation. */
const patienceMs = 6 * minuteMs;

/** The fewest good runs that end an incident, after which a sweep announces it. */
const goodRuns = 6;

/** Reads what there is, and changes nothing. Throws an `AccountError`. */
export async function planGameDay(account: DeployedAccount, target: GameDayTarget): Promise<GameDayPlan> {
  const caller = await account.caller();
  const { findings: stacks, resources } = await findStacks(account, target);
  const alarm = stacks.problems.length > 0 ? undefined : await account.alarm(target.alarm);
  const audience = alarm && (await audienceTopic(account, target, resources, alarm));
  const subscriptions = audience === undefined ? [] : await account.subscriptions(audience);
  const told = subscriptions.map(({ protocol, endpoint }) => shortenAddress(protocol, endpoint));
  const { periodMs = minuteMs, evaluationPeriods = 10, datapointsToAlarm = 2 } = alarm ?? {};
  const expectedMinutes = ((datapointsToAlarm + evaluationPeriods) * periodMs) / minuteMs + 6;
  return {
    ...{ caller, target, resources, stacks, told, expectedMinutes },
    ...(alarm && { alarm }),
    ...(audience !== undefined && { audience }),
  };
}

/** The state that the steps of a game day share. */
interface Day {
  readonly account: DeployedAccount;
  readonly plan: GameDayPlan;
  readonly signal: AbortSignal;
  readonly waited: () => void;
  /** The state table of the deployment. */
  readonly table: string;
  /** When the first and the last value was drilled. */
  firstAt?: number;
  lastAt?: number;
}

interface StepDefinition {
  readonly name: string;
  /** The part that it tests. */
  readonly title: string;
  /** Whether the rest makes no sense without it. */
  readonly isRequired: boolean;
  readonly run: (day: Day) => Promise<Findings>;
}

/**
 * Tries a deployment: everything that can be seen, each function once, and then one alarm by real values, from the value to
 * the message and its end.
 *
 * Trap: whether a message is in a mailbox cannot be seen from here, only that SNS took it.
 */
export async function runGameDay(
  account: DeployedAccount,
  plan: GameDayPlan,
  { signal, onStep = () => {}, onWaiting = () => {} }: GameDayOptions,
): Promise<GameDayReport> {
  const steps: Step[] = [];
  let current = { name: '', at: account.now() };
  const waited = () => onWaiting(current.name, (account.now() - current.at) / 1000);
  const day: Day = { account, plan, signal, waited, table: resourceName(plan.target.deployment, 'state') };
  let isOver = false;
  for (const { name, title, isRequired, run } of stepsOf(day)) {
    current = { name, at: account.now() };
    const add = (status: Step['status'], findings: Findings) => {
      const step = { name, title, status, at: current.at, seconds: (account.now() - current.at) / 1000, ...findings };
      steps.push(step);
      onStep(step);
    };
    if (isOver || signal.aborted) {
      add('skipped', passed());
      continue;
    }
    waited();
    try {
      const findings = await run(day);
      add(findings.problems.length > 0 ? 'failed' : 'passed', findings);
      isOver = isRequired && findings.problems.length > 0;
    } catch (error) {
      if (signal.aborted) {
        add('skipped', passed('stopped'));
        continue;
      }
      if (!(error instanceof AccountError)) throw error;
      add('failed', failed(error.message, 'docs/game-day.md lists the rights that a game day needs.'));
      isOver = isRequired;
    }
  }
  return { steps, ...(signal.aborted && { stopped: afterStop(day) }) };
}

/** What happens without anybody when a game day is stopped. */
function afterStop({ plan: { alarm, target }, firstAt, lastAt }: Day): string {
  if (firstAt === undefined || lastAt === undefined || !alarm) return 'Nothing was drilled, and nothing was changed.';
  const { periodMs, evaluationPeriods } = alarm;
  const end = new Date(lastAt + periodMs * evaluationPeriods + 2 * minuteMs).toISOString().slice(11, 16);
  return `Nothing was changed. If ${target.alarm} fires, it is told as a drill, and it resolves by itself by about ${end}Z.`;
}

function stepsOf({ account, plan }: Day): readonly StepDefinition[] {
  const { target, resources, audience, stacks } = plan;
  const { deployment, org } = target;
  const functions = target.schedules.map((schedule) => ({ schedule, name: functionOf(schedule, org) }));
  return [
    { name: 'stack', title: 'it is there', isRequired: true, run: async () => stacks },
    {
      ...{ name: 'subscriptions', title: 'each topic has some, and all are confirmed', isRequired: false },
      run: () => inspectSubscriptions(account, target, resources, audience),
    },
    { name: 'schedules', title: 'all are on', isRequired: false, run: () => inspectSchedules(account, target) },
    ...functions.map(({ schedule, name }) => ({
      ...{ name: `function ${name}`, title: 'it runs, and has its rights' },
      // Only the sweep announces a real outage that begins during the drill.
      isRequired: name === 'sweep' || name === 'flows',
      run: () => tryFunction(account, target, schedule, resourceName(deployment, name)),
    })),
    { name: 'points arrive', title: 'CloudWatch has the values of a run', isRequired: true, run: awaitPoints },
    {
      ...{ name: 'alarm is quiet', title: 'it is OK, and nothing real was reported lately', isRequired: true },
      run: async () => inspectAlarm(account, target, await account.alarm(target.alarm)),
    },
    { name: 'drill', title: 'runs report what is drilled', isRequired: true, run: drillValues },
    { name: 'alarm fires', title: 'the values raise it', isRequired: true, run: awaitFiring },
    { name: 'message sent', title: 'those who are to be told are told', isRequired: false, run: awaitMessage },
    { name: 'recovery told', title: 'they are told that it is over', isRequired: false, run: awaitRecovery },
    { name: 'alarm resolves', title: 'by itself', isRequired: false, run: awaitResolution },
    { name: 'as before', title: 'schedules are on, no message waits', isRequired: false, run: isAsBefore },
  ];
}

/** The name of the function that a schedule starts, without the deployment's. */
function functionOf(schedule: string, org: string): string {
  if (schedule === 'sweep') return schedule;
  return schedule.startsWith('notify-') && schedule.endsWith('-self-test')
    ? schedule.slice(0, -'-self-test'.length)
    : schedule.slice(org.length + 1);
}

/** Runs a function once more, by the input of its schedule. */
async function tryFunction(
  account: DeployedAccount,
  { deployment }: GameDayTarget,
  schedule: string,
  lambda: string,
): Promise<Findings> {
  const input: object = JSON.parse(await account.inputOf(deployment, schedule));
  return inspectAnswer(lambda, await account.invoke(lambda, input));
}

/** Waits until something is found. Undefined if it is not, in this time. */
async function until<Found>(
  { account, signal, waited }: Day,
  mostMs: number,
  find: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const end = account.now() + mostMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await find();
    if (found !== undefined || account.now() >= end) return found;
    await account.wait(pollMs, signal);
    waited();
  }
}

async function awaitPoints(day: Day): Promise<Findings> {
  const { account, plan } = day;
  const from = Math.floor(account.now() / minuteMs) * minuteMs - minuteMs;
  const periodMs = Math.max(minuteMs, plan.target.intervalMinutes * minuteMs);
  const found = await until(day, periodMs + patienceMs, async () =>
    (await account.values(plan.target.series, 'Maximum', from, account.now() + minuteMs)).at(-1),
  );
  return found
    ? passed('CloudWatch has the values of this minute')
    : failed(
        'No value of the run has arrived in CloudWatch',
        `Look into the log of ${resourceName(plan.target.deployment, 'flows')}: metrics-refused says why.`,
      );
}

async function drillValues(day: Day): Promise<Findings> {
  const { account, plan, signal } = day;
  const { target, caller, alarm } = plan;
  const { deployment, org, finding, isPage } = target;
  const lambda = resourceName(deployment, 'flows');
  const input: object = JSON.parse(await account.inputOf(deployment, `${org}-flows`));
  const { periodMs = minuteMs, datapointsToAlarm = 2 } = alarm ?? {};
  const drill = { finding, by: caller.by, ...(isPage && { page: true }) };
  for (let count = 0; count < datapointsToAlarm; count += 1) {
    if (count > 0) {
      // A value for each period of the alarm.
      const next = (Math.floor(account.now() / periodMs) + 1) * periodMs;
      await account.wait(next - account.now() + 2_000, signal);
      day.waited();
    }
    const answer = await account.invoke(lambda, { ...input, drill });
    day.firstAt ??= account.now();
    day.lastAt = account.now();
    if ('error' in answer) return inspectAnswer(lambda, answer);
    if (!linesIn(answer).some(({ type }) => type === 'drill')) {
      return failed(`${lambda} is of a version that knows no drills`, 'Deploy this version.');
    }
  }
  return passed(`${finding}, ${datapointsToAlarm} values`);
}

async function awaitFiring(day: Day): Promise<Findings> {
  const { account, plan, firstAt = 0 } = day;
  const { alarm: name } = plan.target;
  const { periodMs = minuteMs } = plan.alarm ?? {};
  const fired = await until(day, 3 * periodMs + patienceMs, async () => {
    const alarm = await account.alarm(name);
    return alarm?.state === 'ALARM' && alarm.since >= firstAt - minuteMs ? alarm : undefined;
  });
  return fired
    ? passed(`${name} fired at ${clock(fired.since)}`)
    : failed(`${name} did not fire`, 'Compare the alarm in CloudWatch with the template: deploy again if they differ.');
}

/** The incident that the state table has of the alarm since the drill began. */
async function incidentOf({ account, plan, table, firstAt = 0 }: Day): Promise<OpenIncident | undefined> {
  const { org, alarm } = plan.target;
  const items = await account.items(table, org, `incident#${alarm}`);
  const incident = readIncident(items.find(({ item }) => item === `incident#${alarm}`)?.body);
  return incident && incident.firedAt >= firstAt - minuteMs ? incident : undefined;
}

/** Which of the messages about an incident were sent, by step. */
async function sentSteps({ account, plan, table }: Day, { firedAt }: OpenIncident): Promise<readonly string[]> {
  const { org, alarm } = plan.target;
  const beginning = `message#${alarm}#${new Date(firedAt).toISOString()}#`;
  const isDone = ({ body }: StoredItem) => asRecord(body).done === true;
  const items = (await account.items(table, org, beginning)).filter(isDone);
  return items.flatMap(({ item }) => item.slice(beginning.length).split('#')[0] ?? []);
}

async function awaitMessage(day: Day): Promise<Findings> {
  const { plan } = day;
  const incident = await until(day, patienceMs, () => incidentOf(day));
  const { notifier, alarm } = { notifier: resourceName(plan.target.deployment, 'notify'), alarm: plan.target.alarm };
  if (!incident) {
    return failed(
      `Nothing was sent about ${alarm}`,
      `Look whether a maintenance window mutes it, and into the logs of ${notifier}-page and ${notifier}-ticket.`,
    );
  }
  if (!incident.drill) return toldAsReal(incident);
  if (plan.audience === undefined) {
    return failed(
      'Drills have no receiver, so no message was sent',
      'Add a receiver to alerts.drills and deploy, or use --page.',
    );
  }
  const sent = await until(day, patienceMs, async () =>
    (await sentSteps(day, incident)).includes('firing') ? true : undefined,
  );
  const topic = nameOf(plan.audience);
  return sent
    ? passed(`SNS took it at ${topic}; look into the mailbox`)
    : failed(`The message was not sent to ${topic}`, `Look into the log of ${notifier}-${incident.route}.`);
}

function toldAsReal({ code = 'a finding', topicArn }: OpenIncident): Findings {
  return failed(
    `Something real began meanwhile (${code}), and was told as real at ${nameOf(topicArn)}`,
    'See to it first. The game day can wait.',
  );
}

async function awaitRecovery(day: Day): Promise<Findings> {
  const { plan, account, lastAt = account.now() } = day;
  const { periodMs = minuteMs, evaluationPeriods = 10 } = plan.alarm ?? {};
  const recoveryMs = Math.max(goodRuns * plan.target.intervalMinutes * minuteMs, evaluationPeriods * periodMs);
  const mostMs = lastAt + recoveryMs + patienceMs - account.now();
  const ended = await until(day, mostMs, async () => {
    const incident = await incidentOf(day);
    return incident && (incident.state !== 'firing' || !incident.drill) ? incident : undefined;
  });
  if (!ended) return failed('The recovery was not told', 'Look into the log of the function sweep.');
  if (!ended.drill) return toldAsReal(ended);
  const sent = await until(day, patienceMs, async () =>
    plan.audience === undefined || (await sentSteps(day, ended)).includes('resolved') ? true : undefined,
  );
  return sent
    ? passed(`told at ${clock(ended.toldAt)}`)
    : failed('The recovery was not sent', 'Look into the log of the function sweep.');
}

async function awaitResolution(day: Day): Promise<Findings> {
  const { plan, account, lastAt = account.now() } = day;
  const { alarm: name } = plan.target;
  const { periodMs = minuteMs, evaluationPeriods = 10 } = plan.alarm ?? {};
  const mostMs = lastAt + evaluationPeriods * periodMs + patienceMs - account.now();
  const resolved = await until(day, mostMs, async () => {
    const alarm = await account.alarm(name);
    return alarm?.state === 'OK' ? alarm : undefined;
  });
  const incident = await incidentOf(day);
  if (incident && !incident.drill) return toldAsReal(incident);
  return resolved
    ? passed(`at ${clock(resolved.since)}`)
    : failed(`${name} has not resolved`, 'Something real may be reported: see its graph in CloudWatch.');
}

/** Whether the schedules are on, all queues are empty, and SNS delivered every message that it accepted. */
async function isAsBefore({ account, plan, firstAt = 0 }: Day): Promise<Findings> {
  const { target, resources, audience } = plan;
  const now = account.now();
  const sumOf = async (metric: string, topic: string) => {
    const identity = { namespace: 'AWS/SNS', name: metric, dimensions: { TopicName: topic } };
    return (await account.values(identity, 'Sum', firstAt - minuteMs, now)).reduce((sum, { value }) => sum + value, 0);
  };
  const topic = audience && nameOf(audience);
  const counts = topic && {
    delivered: await sumOf('NumberOfNotificationsDelivered', topic),
    failed: await sumOf('NumberOfNotificationsFailed', topic),
  };
  const queues = resources.filter(({ type }) => type === 'AWS::SQS::Queue').map(({ physicalId }) => physicalId);
  const waiting = await Promise.all(
    queues.map(async (url): Promise<Findings> => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      const identity = {
        ...{ namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: name } },
      };
      const value = (await account.values(identity, 'Maximum', now - 15 * minuteMs, now)).at(-1)?.value ?? 0;
      return value > 0
        ? failed(
            `${value} messages wait in the queue ${name}`,
            'Its receiver did not take them: docs/runbook.md, messages-undelivered.',
          )
        : passed();
    }),
  );
  return together([
    await inspectSchedules(account, target),
    ...waiting,
    ...(counts ? [passed(`SNS delivered ${counts.delivered} and failed ${counts.failed} times so far`)] : []),
    ...(counts && counts.failed > 0
      ? [
          failed(
            `SNS could not deliver at ${topic}`,
            'Look at its subscriptions: an address may be wrong or not answer.',
          ),
        ]
      : []),
  ]);
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

function clock(time: number): string {
  return `${new Date(time).toISOString().slice(11, 19)}Z`;
}
