import { CfnMapping, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consoleDomains } from '../../functions/notify/aws-console.ts';

/**
 * The console URL of a dashboard. The name is fixed, so this does not refer to the resource.
 *
 * CloudFormation looks up the console's domain, because the partition may be known only when it deploys. It refuses to
 * deploy to a partition whose console is not in the table.
 */
export function dashboardUrl(scope: Construct, name: string): string {
  const { region, partition } = Stack.of(scope);
  const mapping = Object.fromEntries(Object.entries(consoleDomains).map(([each, domain]) => [each, { domain }]));
  const domain = new CfnMapping(scope, 'Consoles', { mapping }).findInMap(partition, 'domain');
  return `https://${region}.${domain}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
