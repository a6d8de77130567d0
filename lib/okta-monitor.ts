import { CfnOutput, Stack, Token } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { routes } from '../functions/alarms/subject.ts';
import { type Group, groups } from '../functions/model/probe.ts';
import { AlertKey } from './alarms/alert-key.ts';
import { AlertTopics } from './alarms/alert-topics.ts';
import { DeliveryAlarms } from './alarms/delivery-alarms.ts';
import { FunctionAlarms } from './alarms/function-alarms.ts';
import { NotifierAlarms, selfTestMinutes } from './alarms/notifier-alarms.ts';
import type { Config } from './config/schema.ts';
import { dashboardUrl } from './dashboard/dashboard-url.ts';
import { OverviewDashboard } from './dashboard/overview-dashboard.ts';
import type { Entry } from './functions/bundle.ts';
import { Notifier } from './functions/notifier.ts';
import { probeEvents, secretsIn } from './functions/probe-event.ts';
import { ProbeFunction } from './functions/probe-function.ts';
import { type ScheduledCall, ScheduleGroup, Schedules } from './functions/schedules.ts';
import { Sweep, sweepMinutes } from './functions/sweep.ts';
import { monitoredOrgs } from './monitored-org.ts';
import { globalName } from './names.ts';
import { OrgStack } from './orgs/org-stack.ts';
import { mostOrgsPerStack, shardName, shardOf } from './orgs/shards.ts';
import { StateTable } from './state-table.ts';

export interface OktaMonitorProps {
  readonly config: Config;
  /** Returns the code of a function by the name of its file in `functions/`. */
  readonly code: (entry: Entry) => Code;
}

/**
 * The whole monitor: functions, topics and what all orgs share in the stack that contains it, and a nested stack for each
 * org.
 *
 * With more orgs than one stack bears, the orgs' stacks are nested in up to 32 further stacks, which CloudFormation deploys
 * side by side. Only CloudWatch's metrics outlive the stacks, because they cannot be deleted.
 */
export class OktaMonitor extends Construct {
  readonly topics: AlertTopics;
  /** The stacks that hold orgs, if there are too many for the stack that contains the monitor. */
  readonly shards: readonly Stack[];
  readonly orgs: readonly OrgStack[];

  constructor(scope: Construct, id: string, { config, code }: OktaMonitorProps) {
    super(scope, id);
    const { deployment, logRetentionDays } = config;
    const stack = Stack.of(this);
    const orgs = monitoredOrgs(config);
    const events = orgs.flatMap(probeEvents);
    const eventsOf = (group: Group) => events.filter((event) => event.group === group);
    const table = new StateTable(this, 'State', deployment);
    const functions = groups
      .filter((group) => eventsOf(group).length > 0)
      .map(
        (group) =>
          new ProbeFunction(this, group, {
            deployment,
            group,
            code: code(group),
            secrets: eventsOf(group).flatMap(({ org }) => secretsIn(org).map((secret) => ({ org: org.name, secret }))),
            logRetentionDays,
            timeoutMs: Math.max(...eventsOf(group).map(({ org }) => org.timeoutMs)),
          }),
      );
    const key = new AlertKey(this, 'AlertKey', deployment);
    this.topics = new AlertTopics(this, 'Alerts', {
      deployment,
      key,
      receivers: config.alerts,
      runbook: config.alerts.runbook ?? 'docs/runbook.md',
    });
    const hasOwnReceivers = config.orgs.some((org) => org.alerts !== undefined);
    const dashboardName = globalName(stack, deployment);
    const notifyCode = code('notify');
    const notifiers = routes.map(
      (route) =>
        new Notifier(this, `notify-${route}`, {
          route,
          code: notifyCode,
          topics: this.topics,
          hasOwnReceivers,
          readsLogsOf: functions,
          dashboard: dashboardName,
          logRetentionDays,
        }),
    );
    const sweep = new Sweep(this, 'sweep', {
      code: code('sweep'),
      topics: this.topics,
      hasOwnReceivers,
      functions,
      dashboard: dashboardName,
      remindAfterMinutes: config.alerts.remindAfterMinutes,
      logRetentionDays,
    });
    const group = new ScheduleGroup(this, 'ScheduleGroup', {
      deployment,
      functionArns: [...functions, ...notifiers, sweep].map(({ lambda }) => lambda.functionArn),
    });
    // Nothing runs before there is a table.
    group.node.addDependency(table);
    const own = new Schedules(this, 'Schedules', deployment, [...notifiers.map(selfTestCall), sweepCall]);
    own.node.addDependency(group);
    const alarms = [
      ...new FunctionAlarms(this, 'Monitor', this.topics, { functions, events, sweep }).alarms,
      ...new NotifierAlarms(this, 'Notifiers', this.topics, notifiers).alarms,
      ...new DeliveryAlarms(this, 'Delivery', this.topics).alarms,
    ];
    new OverviewDashboard(this, 'Dashboard', {
      ...{ dashboardName, deployment, orgs, functions, notifiers, sweep, topics: this.topics, alarms },
    });

    const shards = new Map<number, Stack>();
    const parentOf = (org: string): Construct => {
      if (orgs.length <= mostOrgsPerStack) return this;
      const index = shardOf(org);
      const shard = shards.get(index) ?? this.#shard(stack, index);
      shards.set(index, shard);
      return shard;
    };
    this.orgs = orgs.map((monitoredOrg) => {
      const { name } = monitoredOrg.org;
      const parent = parentOf(name);
      const orgStack = new OrgStack(parent, `Org-${name}`, { config, monitoredOrg, targets: this.topics });
      // In a stack of its own, the whole shard waits for this stack.
      if (parent === this) orgStack.node.addDependency(group, this.topics, key, ...functions, ...notifiers);
      return orgStack;
    });
    this.shards = [...shards.values()];

    this.#output('DashboardUrl', dashboardUrl(this, dashboardName));
    for (const route of routes) this.#output(`Topic${capitalized(route)}s`, this.topics.people[route].topicArn);
    for (const { group, lambda } of functions)
      this.#output(`Function${capitalized(group).replaceAll('-', '')}`, lambda.functionName);
  }

  #shard(stack: Stack, index: number): Stack {
    const shard = new Stack(this, `Orgs-${index}`, {
      stackName: shardName(stack.stackName, index),
      description: 'Synthetic monitor for Okta: schedules and alarms of some of its orgs',
      env: {
        ...(!Token.isUnresolved(stack.account) && { account: stack.account }),
        ...(!Token.isUnresolved(stack.region) && { region: stack.region }),
      },
    });
    shard.addStackDependency(stack);
    return shard;
  }

  #output(id: string, value: string): void {
    const output = new CfnOutput(this, id, { value });
    output.overrideLogicalId(id);
  }
}

/** Trap: no group may be named self-test. Otherwise an org's schedule could have the same name. */
function selfTestCall({ route }: Notifier): ScheduledCall {
  return {
    name: `notify-${route}-self-test`,
    description: `Tests the function that writes ${route} messages, without sending any`,
    intervalMinutes: selfTestMinutes,
    function: `notify-${route}`,
    input: { selfTest: true },
  };
}

const sweepCall: ScheduledCall = {
  name: 'sweep',
  description: 'Looks at the state of all orgs',
  intervalMinutes: sweepMinutes,
  function: 'sweep',
  input: { sweep: true },
};

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
