import { findings } from '../../../functions/findings/finding.ts';
import { composedName, resourceName } from '../../../functions/model/deployment.ts';
import type { Finding } from '../../../functions/model/finding.ts';
import { routes } from '../../../functions/model/finding.ts';
import { drillTopicVariable } from '../../../functions/notify/settings.ts';
import type { RunLine } from '../../../functions/state/history.ts';
import { findingsIn, readHistory } from '../../../functions/state/history.ts';
import { keptOf } from '../../../functions/state/kept.ts';
import type { Answer, DeployedAccount, DeployedAlarm, StackResource } from './deployed-account.ts';
import { type Findings, failed, passed, together } from './step.ts';
import type { GameDayTarget } from './target.ts';

const minuteMs = 60_000;

/** The resources of all stacks of the target, or a list of the missing ones. */
export async function findStacks(
  account: DeployedAccount,
  { stacks }: GameDayTarget,
): Promise<{ readonly findings: Findings; readonly resources: readonly StackResource[] }> {
  const found = await Promise.all(stacks.map(async (name) => ({ name, resources: await account.resources(name) })));
  return {
    resources: found.flatMap(({ resources = [] }) => resources),
    findings: together(
      found.map(({ name, resources }) =>
        resources
          ? passed(`${name}, ${resources.length} resources`)
          : failed(
              `There is no stack ${name} in this account and Region`,
              'Deploy it, or choose the account by AWS_PROFILE, the Region by AWS_REGION and the stack by --stack.',
            ),
      ),
    ),
  };
}

/** The topics that a deployment has, by name. */
export function topicsIn(resources: readonly StackResource[]): ReadonlyMap<string, string> {
  const arns = resources.filter(({ type }) => type === 'AWS::SNS::Topic').map(({ physicalId }) => physicalId);
  return new Map(arns.map((arn) => [arn.slice(arn.lastIndexOf(':') + 1), arn]));
}

/**
 * The topic that a drill publishes to: that of drills, or with `--page` that of the people of the alarm's route.
 * Undefined if the configuration names no receiver of drills.
 */
export async function audienceTopic(
  account: DeployedAccount,
  { deployment, org, isPage }: GameDayTarget,
  resources: readonly StackResource[],
  { topicArns }: Pick<DeployedAlarm, 'topicArns'>,
): Promise<string | undefined> {
  const route = routes.find((each) => topicArns.some((arn) => arn.endsWith(`${each}-alarms`)));
  if (!route) return undefined;
  const variables = await account.variables(resourceName(deployment, `notify-${route}`));
  if (!isPage) return variables[drillTopicVariable];
  return topicsIn(resources).get(composedName(deployment, org, `${route}s`)) ?? variables.PEOPLE_TOPIC_ARN;
}

/** Whether each topic has subscribers, also one for people that others made, and each subscription is confirmed. */
export async function inspectSubscriptions(
  account: DeployedAccount,
  { deployment }: GameDayTarget,
  resources: readonly StackResource[],
  audience: string | undefined,
): Promise<Findings> {
  const settings = await Promise.all(
    routes.map((route) => account.variables(resourceName(deployment, `notify-${route}`))),
  );
  const people = [audience, ...settings.map(({ PEOPLE_TOPIC_ARN }) => PEOPLE_TOPIC_ARN)];
  const arns = new Set([...topicsIn(resources).values(), ...people.flatMap((arn) => arn ?? [])]);
  return together(
    await Promise.all(
      [...arns].map(async (arn): Promise<Findings> => {
        const name = arn.slice(arn.lastIndexOf(':') + 1);
        const all = await account.subscriptions(arn);
        if (all.length === 0) return isOptional(name) ? passed() : nobody(name);
        const pending = all.filter(({ isConfirmed }) => !isConfirmed);
        return {
          seen: [`${name}: ${all.length - pending.length} of ${all.length} confirmed`],
          problems: pending.map(({ protocol, endpoint }) => ({
            what: `${shortenAddress(protocol, endpoint)} (${protocol}) has not confirmed the subscription to ${name}`,
            mend: 'Confirm it by the link that AWS sent. After two days it is void: delete the subscription and deploy again, or subscribe again.',
          })),
        };
      }),
    ),
  );
}

/** Returns an address for a report, without personal data and keys: `o…@example.com`, `hooks.example.com`. */
export function shortenAddress(protocol: string, endpoint: string): string {
  if (protocol.startsWith('http')) return URL.parse(endpoint)?.host ?? protocol;
  if (protocol.startsWith('email')) return endpoint.replace(/^(.)[^@]*/, '$1…');
  if (protocol === 'sms') return `…${endpoint.slice(-2)}`;
  return endpoint.slice(endpoint.lastIndexOf(':') + 1);
}

/** An org with its own receivers has the topics of all shapes, used or not. */
function isOptional(topic: string): boolean {
  return /-(cloudwatch|json)$/.test(topic);
}

function nobody(topic: string): Findings {
  const list = /(pages|tickets|drills)$/.exec(topic)?.[1];
  const mend = list
    ? `Add a receiver to alerts.${list} and deploy, or subscribe to the topic in another way.`
    : 'The function that writes messages has lost its subscription: deploy again.';
  return failed(`There is no subscription to ${topic}`, mend);
}

/** Whether each schedule of the org and of the monitor itself is there and on. */
export async function inspectSchedules(
  account: DeployedAccount,
  { deployment, schedules }: GameDayTarget,
): Promise<Findings> {
  const listed = new Map((await account.schedules(deployment)).map((schedule) => [schedule.name, schedule]));
  const missing = schedules.filter((name) => !listed.has(name));
  const disabled = schedules.filter((name) => listed.get(name)?.isEnabled === false);
  return {
    seen: [`${schedules.length - missing.length - disabled.length} of ${schedules.length} on`],
    problems: [
      ...missing.map((name) => ({
        what: `There is no schedule ${name} in the group ${deployment}`,
        mend: 'Deploy again, with the configuration that you pass here.',
      })),
      ...disabled.map((name) => ({
        what: `The schedule ${name} is disabled`,
        mend: `In EventBridge Scheduler, enable the schedule ${name} of the group ${deployment}.`,
      })),
    ],
  };
}

/** The rights that one more run of a function proves. */
export function inspectAnswer(lambda: string, answer: Answer): Findings {
  if ('error' in answer) {
    // What follows is a stack trace.
    const [error = ''] = answer.error.split('\n');
    const action = /perform: ([\w-]+:\w+)/.exec(error)?.[1];
    return failed(
      `${lambda} failed: ${action === undefined ? error : `it lacks ${action}`}`,
      `Look into its log, /aws/lambda/${lambda}, and compare its role with the template: deploy again if it was changed by hand.`,
    );
  }
  const problems = linesIn(answer).flatMap((line) => {
    const { finding } = { finding: undefined, ...line };
    const lacking = finding && lackedBy[finding.code];
    return finding && lacking
      ? [{ what: `${lambda} ${lacking}${finding.detail ? ` (${finding.detail})` : ''}`, mend: mendOf(finding.remedy) }]
      : [];
  });
  // One secret may fail several probes.
  return {
    seen: [],
    problems: problems.filter(({ what }, at) => problems.findIndex((one) => one.what === what) === at),
  };
}

/** The missing right that a finding of a run reveals. */
const lackedBy: Readonly<Record<string, string>> = {
  'metrics-refused': 'cannot publish metrics: it lacks cloudwatch:PutMetricData, or CloudWatch cannot be reached',
  'state-refused':
    'cannot keep its state: it lacks dynamodb:GetItem or dynamodb:PutItem, or DynamoDB cannot be reached',
  'secret-unreadable': 'cannot use a secret: it lacks secretsmanager:GetSecretValue, or the value is not as required',
};

function mendOf(remedy: readonly string[]): string {
  return `${remedy.join('. ')}. If the role was changed by hand, deploy again.`;
}

/** The lines of a run that a probe function returned. */
export function linesIn(answer: Answer): readonly RunLine[] {
  return 'value' in answer && Array.isArray(answer.value) ? answer.value.filter((line) => Object(line) === line) : [];
}

/** Whether the alarm can fire for a drill alone: it is there, it is resolved, and nothing real was reported lately. */
export async function inspectAlarm(
  account: DeployedAccount,
  { alarm: name, deployment, org, finding: code }: GameDayTarget,
  alarm: DeployedAlarm | undefined,
): Promise<Findings> {
  if (!alarm) return failed(`There is no alarm ${name}`, 'Deploy again, with the configuration that you pass here.');
  if (alarm.state !== 'OK') {
    return failed(`${name} is in the state ${alarm.state}`, 'Wait until it is OK: a drill now would show nothing.');
  }
  const lookBackMs = alarm.periodMs * alarm.evaluationPeriods + minuteMs;
  const [minutes, now] = [Math.ceil(lookBackMs / minuteMs), account.now()];
  const { states } = keptOf(org, await account.items(resourceName(deployment, 'state'), org, 'group#'));
  const runs = Object.values(states).flatMap((state) => readHistory(state, org).runs);
  const { domain, severity } = findings[code];
  const isRelevant = (each: Finding) => each.domain === domain && each.severity === severity;
  const bad = runs.filter(({ at, lines }) => at > now - lookBackMs && lines.flatMap(findingsIn).some(isRelevant));
  const last = Math.max(...bad.map(({ at }) => at));
  return together([
    bad.length > 0
      ? failed(
          `Something real was reported at ${new Date(last).toISOString().slice(11, 16)}Z`,
          `A drill would be told as real. Try again ${Math.ceil((last + lookBackMs - now) / minuteMs)} minutes from now.`,
        )
      : passed(`${name} is OK, and nothing real was reported for ${minutes} minutes`),
    alarm.areActionsEnabled
      ? passed()
      : failed(`The actions of ${name} are disabled`, `aws cloudwatch enable-alarm-actions --alarm-names ${name}`),
  ]);
}
