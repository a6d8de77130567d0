/** The name of a deployment whose configuration does not name one. */
export const defaultDeployment = 'okta-synthetics';

/** The allowed names of a deployment. The name begins the name of each deployed resource. */
export const deploymentPattern = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * The physical name of something that each deployment has: `okta-synthetics-flows`. Stacks refer to what other stacks
 * contain by these names, so nothing is exported from one stack to another.
 *
 * Trap: only for names that we choose. A name with a part from the configuration is a `composedName`.
 */
export function resourceName(deployment: string, name: string): string {
  return `${deployment}-${name}`;
}

/**
 * The physical name of something that is named after an org, a receiver or a maintenance window:
 * `okta-synthetics_acme_pages`. None of the parts can contain an underscore. With hyphens, the pages of the org `b` in the
 * deployment `a` would have the name of those of the deployment `a-b`.
 */
export function composedName(deployment: string, ...parts: readonly string[]): string {
  return [deployment, ...parts].join('_');
}

/** The CloudWatch namespace of a deployment's metrics. Each deployment has its own, so that two never share a series. */
export function metricNamespace(deployment: string = defaultDeployment): string {
  return deployment === defaultDeployment ? 'OktaSynthetics' : `OktaSynthetics/${deployment}`;
}
