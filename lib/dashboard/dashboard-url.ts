import type { Stack } from 'aws-cdk-lib';

/** The console URL of a dashboard. The name is fixed, so this does not refer to the resource. */
export function dashboardUrl({ region }: Stack, name: string): string {
  return `https://${region}.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/${name}`;
}
