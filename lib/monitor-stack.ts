import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { routes } from '../functions/alarms/subject.ts';
import { type Group, groups } from '../functions/model/probe.ts';
import { AlertKey } from './alarms/alert-key.ts';
import { AlertTopics } from './alarms/alert-topics.ts';
import { DeliveryAlarms } from './alarms/delivery-alarms.ts';
import { FunctionAlarms } from './alarms/function-alarms.ts';
import { MaintenanceWindows } from './alarms/maintenance-windows.ts';
import { NotifierAlarms, selfTestMinutes } from './alarms/notifier-alarms.ts';
import { OrgAlarms } from './alarms/org-alarms.ts';
import { validateAlarms } from './alarms/validate-alarms.ts';
import type { Config } from './config/schema.ts';
import { dashboardName, dashboardUrl, MonitorDashboard } from './dashboard/monitor-dashboard.ts';
import type { Entry } from './functions/bundle.ts';
import { Notifier } from './functions/notifier.ts';
import { type ProbeEvent, probeEvents, secretsIn } from './functions/probe-event.ts';
import { ProbeFunction } from './functions/probe-function.ts';
import { type ScheduledCall, Schedules } from './functions/schedules.ts';
import { monitoredOrgs } from './monitored-org.ts';

export interface MonitorStackProps {
  readonly config: Config;
  /** Returns the code of a function by the name of its file in `functions/`. */
  readonly code: (entry: Entry) => Code;
}

/**
 * The whole monitor: functions, schedules, alarms, topics and dashboard.
 *
 * Trap: functions, topics, alarms and the dashboard have fixed names, so that people find them. This allows only one
 * deployment per account and region. Only CloudWatch's metrics outlive the stack, because they cannot be deleted.
 */
export class MonitorStack extends Stack {
  constructor(scope: Construct, id: string, { config, code }: MonitorStackProps) {
    super(scope, id, { description: 'Synthetic monitor for Okta' });
    const { alerts, logRetentionDays } = config;
    const orgs = monitoredOrgs(config);
    const events = orgs.flatMap(probeEvents);
    const eventsOf = (group: Group) => events.filter((event) => event.group === group);
    const functions = groups
      .filter((group) => eventsOf(group).length > 0)
      .map(
        (group) =>
          new ProbeFunction(this, group, {
            group,
            code: code(group),
            secrets: [...new Set(eventsOf(group).flatMap(({ org }) => secretsIn(org)))],
            logRetentionDays,
            timeoutMs: Math.max(...eventsOf(group).map(({ org }) => org.timeoutMs)),
          }),
      );
    const shared = {
      deployment: 'okta-synthetics',
      key: new AlertKey(this, 'AlertKey'),
      runbook: alerts.runbook ?? 'docs/runbook.md',
    };
    const topics = new AlertTopics(this, 'Alerts', { ...shared, receivers: alerts });
    const notifyCode = code('notify');
    const notifiers = routes.map(
      (route) =>
        new Notifier(this, `notify-${route}`, {
          route,
          code: notifyCode,
          topics,
          hasOwnReceivers: config.orgs.some((org) => org.alerts !== undefined),
          readsLogsOf: functions,
          dashboard: dashboardName,
          logRetentionDays,
        }),
    );
    new Schedules(this, 'Schedules', [
      ...events.map((event) => probeCall(event, functions)),
      ...notifiers.map(selfTestCall),
    ]);

    const alarmed = orgs.map((monitoredOrg, at) => {
      const { name: org } = monitoredOrg.org;
      const own = config.orgs[at]?.alerts;
      const ownTopics =
        own && new AlertTopics(this, `Alerts-${org}`, { ...shared, org, receivers: own, hasAllShapes: true });
      for (const { route, lambda } of notifiers) ownTopics?.notifyBy(route, lambda.functionArn);
      const orgRoutes = { ...alerts.routes, ...own?.routes };
      const { alarms } = new OrgAlarms(this, `Org-${org}`, ownTopics ?? topics, monitoredOrg, orgRoutes);
      const delivery = ownTopics ? new DeliveryAlarms(this, `Delivery-${org}`, ownTopics).alarms : [];
      return { monitoredOrg, org, alarms: [...alarms, ...delivery] };
    });
    const alarms = [
      ...new FunctionAlarms(this, 'Monitor', topics, { functions, events }).alarms,
      ...new NotifierAlarms(this, 'Notifiers', topics, notifiers).alarms,
      ...new DeliveryAlarms(this, 'Delivery', topics).alarms,
    ];
    validateAlarms(this);
    new MaintenanceWindows(this, 'Maintenance', alerts.maintenance, alarmed);
    new MonitorDashboard(this, 'Dashboard', { orgs: alarmed, functions, notifiers, topics, alarms });

    this.#output('DashboardUrl', dashboardUrl(this));
    for (const route of routes) this.#output(`Topic${capitalized(route)}s`, topics.people(route).topicArn);
    for (const { group, lambda } of functions) this.#output(`Function${capitalized(group)}`, lambda.functionName);
  }

  #output(id: string, value: string): void {
    new CfnOutput(this, id, { value });
  }
}

function probeCall({ group, org, intervalMinutes }: ProbeEvent, functions: readonly ProbeFunction[]): ScheduledCall {
  const target = functions.find((each) => each.group === group);
  if (!target) throw new Error(`the group ${group} has no function`);
  return {
    name: `${org.name}-${group}`,
    description: `Runs the ${group} probes of ${org.name}`,
    intervalMinutes,
    lambda: target.lambda,
    input: org,
  };
}

/** Trap: no group may be named self-test. Otherwise an org's schedule could have the same name. */
function selfTestCall({ route, lambda }: Notifier): ScheduledCall {
  return {
    name: `notify-${route}-self-test`,
    description: `Tests the function that writes ${route} messages, without sending any`,
    intervalMinutes: selfTestMinutes,
    lambda,
    input: { selfTest: true },
  };
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
