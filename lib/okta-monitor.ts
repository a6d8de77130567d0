import { Annotations, CfnOutput, CfnWaitConditionHandle, Fn, Stack, Tags, Token } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type IManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type Route, routes } from '../functions/model/finding.ts';
import { groups } from '../functions/model/probe.ts';
import { waitMsOf } from '../functions/run/deadline.ts';
import { AlertKey, allowAlarmsToUse } from './alarms/alert-key.ts';
import { AlertTopics, receiversOf } from './alarms/alert-topics.ts';
import { DeliveryAlarms } from './alarms/delivery-alarms.ts';
import { DirectRules } from './alarms/direct-rules.ts';
import { existingProblems } from './alarms/existing-resources.ts';
import { FunctionAlarms } from './alarms/function-alarms.ts';
import { NotifierAlarms, selfTestMinutes } from './alarms/notifier-alarms.ts';
import { ConfigError } from './config/config-error.ts';
import { checkConfig, readConfig } from './config/load-config.ts';
import { reviewConfig } from './config/review-config.ts';
import type { Config, ConfigInput } from './config/schema.ts';
import { dashboardUrl, OverviewDashboard } from './dashboard/overview-dashboard.ts';
import type { Entry } from './functions/entries.ts';
import { Notifier } from './functions/notifier.ts';
import { packagedCode } from './functions/packaged-code.ts';
import { type ProbeEvent, probeEvents, secretsIn } from './functions/probe-event.ts';
import { ProbeFunction } from './functions/probe-function.ts';
import { type ScheduledCall, ScheduleGroup, Schedules } from './functions/schedules.ts';
import { Sweep, sweepMinutes } from './functions/sweep.ts';
import { Widget } from './functions/widget.ts';
import { monitoredOrgs } from './monitored-org.ts';
import { globalName } from './names.ts';
import { OrgStack } from './orgs/org-stack.ts';
import { resourceProblems, shardName, shardOf } from './orgs/shards.ts';
import { StateTable } from './state-table.ts';

/** How a monitor fits into an account. Its configuration says which orgs it monitors and who is notified. */
export interface OktaMonitorProps {
  /**
   * The configuration, or the path of a JSONC file that contains it. docs/configuration.md describes every field.
   *
   * Its values must be known when the app is synthesized: tokens are refused. Two monitors in one account and Region need
   * two names: set `deployment`.
   */
  readonly config: ConfigInput | string;
  /**
   * Topics of yours that pages and tickets go to, in place of topics of the monitor's own. They must be in the account and
   * Region of the stack. The functions may publish to them and to nothing else of yours.
   *
   * Trap: nothing changes the policy of a topic that is not of this CDK app. If it has one, or a key, docs/cdk.md has the
   * statements that they must contain. A topic of this app gets the statements.
   */
  readonly topics?: Readonly<Partial<Record<Route, ITopic>>>;
  /**
   * Encrypts the monitor's topics instead of a key that it makes. It must be a customer managed key, not an alias: CloudWatch may
   * not use the key that AWS manages for SNS.
   *
   * Trap: nothing changes the policy of a key that is not of this CDK app. docs/cdk.md has the statement that it must
   * contain, or alarms are lost silently.
   */
  readonly encryptionKey?: IKey;
  /** The permissions boundary of every role, also in the stacks of orgs. It must allow what SECURITY.md lists. */
  readonly permissionsBoundary?: IManagedPolicy;
  /** Tags of everything that can have tags, also in the stacks of orgs. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Returns the code of a function by the name of its file in `functions/`. By default, as in the npm package. */
  readonly code?: (entry: Entry) => Code;
  /**
   * Milliseconds since the epoch: a maintenance window that is over by then is left out. By default, the current time. Set
   * it where two syntheses must give the same template.
   */
  readonly now?: number;
}

/**
 * The whole monitor: functions, topics and what all orgs share in the stack that contains it, and a nested stack for each
 * org. Throws a `ConfigError` that lists all problems of the configuration; what is valid but odd becomes a warning of the
 * CDK, which `Annotations.of(monitor).acknowledgeWarning` silences by its id.
 *
 * With `orgStacks`, the stacks of orgs are nested in that many further stacks. Only CloudWatch's metrics outlive the stacks,
 * because they cannot be deleted.
 */
export class OktaMonitor extends Construct {
  readonly topics: AlertTopics;
  /** The further stacks, which hold all orgs if the configuration has `orgStacks`. */
  readonly shards: readonly Stack[];
  readonly orgs: readonly OrgStack[];
  /** One for each group of probes that runs. */
  readonly functions: readonly ProbeFunction[];
  readonly #dashboardName: string;
  #dashboardUrl: string | undefined;

  constructor(scope: Construct, id: string, props: OktaMonitorProps) {
    super(scope, id);
    const { topics = {}, encryptionKey, permissionsBoundary, tags = {}, code = packagedCode } = props;
    const stack = Stack.of(this);
    const { config, notes } = reviewConfig(
      typeof props.config === 'string'
        ? readConfig(props.config)
        : checkConfig(props.config, `the configuration of ${this.node.path}`),
      { now: props.now ?? Date.now(), toExistingTopics: routes.filter((route) => topics[route]) },
    );
    const problems = existingProblems({ topics, encryptionKey }, stack);
    this.#refuse(problems);
    for (const { id, text } of notes) Annotations.of(this).addWarningV2(`okta-synthetics:${id}`, text);
    if (permissionsBoundary) PermissionsBoundary.of(this).apply(permissionsBoundary);
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
    const { deployment, logRetentionDays } = config;
    const orgs = monitoredOrgs(config);
    const events = orgs.flatMap(probeEvents);
    const table = new StateTable(this, 'State', deployment);
    const functions = this.#probeFunctions(events, code, { deployment, logRetentionDays });
    const key = encryptionKey ?? new AlertKey(this, 'AlertKey', deployment);
    if (encryptionKey) allowAlarmsToUse(encryptionKey, stack);
    this.topics = new AlertTopics(this, 'Alerts', {
      ...{ deployment, key, existing: topics },
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
          readsErrorBudgets: orgs.some(({ org }) => org.slo !== undefined),
          probeFunctions: functions,
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
    const widget = new Widget(this, 'widget', {
      ...{ deployment, orgs, logRetentionDays },
      code: code('widget'),
      runbook: this.topics.runbook,
    });
    const group = new ScheduleGroup(this, 'ScheduleGroup', {
      deployment,
      functionArns: [...functions, ...notifiers, sweep].map(({ lambda }) => lambda.functionArn),
    });
    // Nothing runs before there is a table.
    group.node.addDependency(table);
    const own = new Schedules(this, 'Schedules', deployment, [
      ...notifiers.map((each) => selfTestCall(each, this.topics)),
      sweepCall,
    ]);
    own.node.addDependency(group);
    const alarms = [
      ...new FunctionAlarms(this, 'Monitor', this.topics, { functions, events, sweep }).alarms,
      ...new NotifierAlarms(this, 'Notifiers', this.topics, notifiers).alarms,
      ...new DeliveryAlarms(this, 'Delivery', this.topics, { hasOwnReceivers }).alarms,
    ];
    new DirectRules(this, 'Direct', this.topics, { alarms, dashboard: dashboardName, key });
    new OverviewDashboard(this, 'Dashboard', {
      ...{ dashboardName, deployment, orgs, functions, notifiers, sweep, widget, topics: this.topics, alarms },
    });

    this.shards = Array.from({ length: config.orgStacks ?? 0 }, (_, index) => this.#shard(stack, index));
    this.orgs = orgs.map((monitoredOrg) => {
      const { name } = monitoredOrg.org;
      const parent = this.shards[shardOf(name, config.orgStacks) ?? -1] ?? this;
      const orgStack = new OrgStack(parent, `Org-${name}`, {
        ...{ config, monitoredOrg, targets: this.topics, encryptionKey },
      });
      // In a stack of its own, the whole shard waits for this stack.
      if (parent === this) orgStack.node.addDependency(group, this.topics, ...functions, ...notifiers);
      return orgStack;
    });
    if (!config.alerts.warmUp) this.#dropWarmUp();
    this.functions = functions;
    this.#dashboardName = dashboardName;
    this.#refuse(resourceProblems(stack, this.shards, this.orgs));
  }

  /** Makes one function for each group of probes that runs for an org. */
  #probeFunctions(
    events: readonly ProbeEvent[],
    code: (entry: Entry) => Code,
    settings: Pick<Config, 'deployment' | 'logRetentionDays'>,
  ): readonly ProbeFunction[] {
    return groups.flatMap((group) => {
      const orgs = events.flatMap((event) => (event.group === group ? [event.org] : []));
      if (orgs.length === 0) return [];
      return new ProbeFunction(this, group, {
        ...settings,
        group,
        code: code(group),
        secrets: orgs.flatMap((org) => secretsIn(org).map((secret) => ({ org: org.name, secret }))),
        timeoutMs: Math.max(...orgs.map(({ timeoutMs }) => timeoutMs)),
        waitMs: Math.max(...orgs.map((org) => waitMsOf(org, group))),
      });
    });
  }

  #dropWarmUp(): void {
    for (const each of this.node.findAll()) {
      if (each instanceof CfnAlarm) each.addPropertyDeletionOverride('WarmUpConfiguration');
    }
  }

  /** The URL of the dashboard of all orgs. Only a template that uses it gets the mapping that it needs. */
  get dashboardUrl(): string {
    this.#dashboardUrl ??= dashboardUrl(this, this.#dashboardName);
    return this.#dashboardUrl;
  }

  #refuse(problems: readonly string[]): void {
    if (problems.length > 0) throw new ConfigError([`${this.node.path} cannot be deployed:`, ...problems].join('\n  '));
  }

  /**
   * Adds a further stack. It is part of the app whether it holds orgs or not: an app cannot know of a stack that it no longer
   * has, whose schedules would run on. CloudFormation refuses to take away an export that another stack imports, so the
   * deployment can neither drop a further stack that still exists nor be deleted before it.
   */
  #shard(stack: Stack, index: number): Stack {
    const stackName = shardName(stack.stackName, index);
    const shard = new Stack(this, `Orgs-${index}`, {
      stackName,
      description: 'Synthetic monitor for Okta: schedules and alarms of some of its orgs',
      env: {
        ...(!Token.isUnresolved(stack.account) && { account: stack.account }),
        ...(!Token.isUnresolved(stack.region) && { region: stack.region }),
      },
    });
    shard.addStackDependency(stack);
    new CfnOutput(this, `OrgStack${index}`, { value: stackName, exportName: stackName });
    new CfnOutput(shard, 'Uses', { value: Fn.importValue(stackName) });
    shard.templateOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W6001'] } } };
    // A stack needs a resource.
    new CfnWaitConditionHandle(shard, 'Empty');
    return shard;
  }
}

/** Trap: no group may be named self-test. Otherwise an org's schedule could have the same name. */
function selfTestCall({ route }: Notifier, topics: AlertTopics): ScheduledCall {
  return {
    name: `notify-${route}-self-test`,
    description: `Tests the function that writes ${route} messages, without sending any`,
    intervalMinutes: selfTestMinutes,
    function: `notify-${route}`,
    input: { selfTest: true, receivers: receiversOf(topics, route) },
  };
}

const sweepCall: ScheduledCall = {
  name: 'sweep',
  description: 'Looks at the state of all orgs',
  intervalMinutes: sweepMinutes,
  function: 'sweep',
  input: { sweep: true },
};
