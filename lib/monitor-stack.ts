import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { validateAlarms } from './alarms/validate-alarms.ts';
import { OktaMonitor, type OktaMonitorProps } from './okta-monitor.ts';

/** The stack that `cdk deploy` deploys: a monitor and nothing else. */
export class MonitorStack extends Stack {
  readonly monitor: OktaMonitor;

  constructor(scope: Construct, id: string, props: OktaMonitorProps) {
    super(scope, id, { description: 'Synthetic monitor for Okta' });
    this.monitor = new OktaMonitor(this, 'Monitor', props);
    validateAlarms(this);
  }
}
