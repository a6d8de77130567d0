/** The name of a deployment whose configuration does not name one. */
export const defaultDeployment = 'okta-synthetics';

/** What a deployment may be called. It begins the name of everything that it deploys. */
export const deploymentPattern = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * The physical name of something in a deployment: `okta-synthetics-flows`. Stacks refer to what other stacks contain by
 * these names, so nothing is exported from one stack to another.
 */
export function resourceName(deployment: string, name: string): string {
  return `${deployment}-${name}`;
}

/** The CloudWatch namespace of a deployment's metrics. Each deployment has its own, so that two never share a series. */
export function metricNamespace(deployment: string = defaultDeployment): string {
  return deployment === defaultDeployment ? 'OktaSynthetics' : `OktaSynthetics/${deployment}`;
}
