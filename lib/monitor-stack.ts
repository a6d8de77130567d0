import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { defaultDeployment } from '../functions/model/deployment.ts';
import { validateAlarms } from './alarms/validate-alarms.ts';
import type { Config } from './config/schema.ts';
import { OktaMonitor, type OktaMonitorProps } from './okta-monitor.ts';

/** The name of a deployment's stack. Two deployments in one account and Region have two stacks. */
export function stackName({ deployment }: Pick<Config, 'deployment'>): string {
  return deployment === defaultDeployment ? 'OktaSynthetics' : `OktaSynthetics-${deployment}`;
}

/** The stack that `cdk deploy` deploys: a monitor and nothing else. */
export class MonitorStack extends Stack {
  readonly monitor: OktaMonitor;

  constructor(scope: Construct, id: string, props: OktaMonitorProps) {
    super(scope, id, { description: 'Synthetic monitor for Okta' });
    this.monitor = new OktaMonitor(this, 'Monitor', props);
    validateAlarms(this);
  }
}
