import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { defaultDeployment } from '../functions/model/deployment.ts';
import { routes } from '../functions/model/finding.ts';
import { validateAlarms } from './alarms/validate-alarms.ts';
import type { Config } from './config/schema.ts';
import { OktaMonitor, type OktaMonitorProps } from './okta-monitor.ts';

/** The name of a deployment's stack. Two deployments in one account and Region have two stacks. */
export function stackName({ deployment }: Pick<Config, 'deployment'>): string {
  return deployment === defaultDeployment ? 'OktaSynthetics' : `OktaSynthetics-${deployment}`;
}

/** The stack that `cdk deploy` deploys: a monitor, and outputs that say where to look. */
export class MonitorStack extends Stack {
  readonly monitor: OktaMonitor;

  constructor(scope: Construct, id: string, props: OktaMonitorProps) {
    super(scope, id, { description: 'Synthetic monitor for Okta' });
    this.monitor = new OktaMonitor(this, 'Monitor', props);
    validateAlarms(this);
    const { dashboardUrl, topics, functions } = this.monitor;
    new CfnOutput(this, 'DashboardUrl', { value: dashboardUrl });
    for (const route of routes) {
      new CfnOutput(this, `Topic${capitalized(route)}s`, { value: topics.people[route].topicArn });
    }
    if (topics.drills) new CfnOutput(this, 'TopicDrills', { value: topics.drills.topicArn });
    for (const { group, lambda } of functions) {
      new CfnOutput(this, `Function${capitalized(group).replaceAll('-', '')}`, { value: lambda.functionName });
    }
  }
}

function capitalized(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
