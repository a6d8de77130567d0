import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { audiences } from '../functions/model/alarm.ts';
import { type Group, groups } from '../functions/model/probe.ts';
import { AlertTopics } from './alert-topics.ts';
import type { Config } from './config/schema.ts';
import { FunctionAlarms } from './function-alarms.ts';
import { MonitorDashboard } from './monitor-dashboard.ts';
import { OrgAlarms } from './org-alarms.ts';
import { probeEvents, secretsIn } from './probe-event.ts';
import { ProbeFunction } from './probe-function.ts';
import { ProbeSchedules } from './probe-schedules.ts';
import { watchedOrgs } from './watched-org.ts';

export interface MonitorStackProps {
  readonly config: Config;
  /** The code of a group's function. */
  readonly code: (group: Group) => Code;
}

/**
 * The whole monitor: what runs, what calls it, what alarms, and who hears.
 *
 * Trap: functions, topics, alarms and the dashboard have fixed names, so that people find them: one deployment an
 * account and region. Nothing outlives the stack but CloudWatch's metrics, which cannot be deleted.
 */
export class MonitorStack extends Stack {
  constructor(scope: Construct, id: string, { config, code }: MonitorStackProps) {
    super(scope, id, { description: 'Synthetic monitor for Okta' });
    const orgs = watchedOrgs(config);
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
            logRetentionDays: config.logRetentionDays,
          }),
      );
    new ProbeSchedules(this, 'Schedules', { functions, events });

    const alerts = new AlertTopics(this, 'Alerts', config.alerts);
    const watched = orgs.map((org) => ({
      watched: org,
      alarms: new OrgAlarms(this, `Org-${org.org.name}`, alerts, org).alarms,
    }));
    const { alarms: functionAlarms } = new FunctionAlarms(this, 'Monitor', alerts, { functions, events });
    const dashboard = new MonitorDashboard(this, 'Dashboard', { orgs: watched, functions, functionAlarms });

    this.#output('DashboardUrl', `${this.#console()}#dashboards/dashboard/${dashboard.dashboardName}`);
    for (const audience of audiences) this.#output(`Topic${capitalized(audience)}s`, alerts.topics[audience].topicArn);
    for (const { group, lambda } of functions) this.#output(`Function${capitalized(group)}`, lambda.functionName);
  }

  #console(): string {
    return `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}`;
  }

  #output(id: string, value: string): void {
    new CfnOutput(this, id, { value });
  }
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
