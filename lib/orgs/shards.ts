import { createHash } from 'node:crypto';

/**
 * How many orgs one stack with their nested stacks bears. CloudFormation changes at most 2,500 resources of nested stacks
 * in one operation, and an org has about 16, or more with negative tests and maintenance windows.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const mostOrgsPerStack = 100;

/** How many stacks hold the orgs that the deployment's own does not bear. */
export const shardCount = 32;

/**
 * Which of the further stacks holds each org, from 0 to 31, by the org's name. The first 100 of the list are in none.
 *
 * Orgs that are appended move no other, and neither does taking out one of the rest. Trap: deleting one of the first 100
 * from a longer list moves the next org into the deployment's own stack, where its alarms cannot be made while they exist
 * under the same names. That org is disabled instead, and keeps its place.
 */
export function shardsOf(orgs: readonly { readonly name: string }[]): ReadonlyMap<string, number> {
  return new Map(orgs.slice(mostOrgsPerStack).map(({ name }) => [name, shardOf(name)]));
}

/** By the permanent name alone, so that it does not depend on the other orgs. */
function shardOf(org: string): number {
  return createHash('sha256').update(org).digest().readUInt32BE(0) % shardCount;
}

/** The name of a shard's stack. No deployment's name has the capital letter, so it is not that of a deployment `orgs-3`. */
export function shardName(stackName: string, index: number): string {
  return `${stackName}-Orgs-${index}`;
}
