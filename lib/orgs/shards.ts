import { createHash } from 'node:crypto';

/**
 * How many orgs one stack with their nested stacks bears. CloudFormation changes at most 2,500 resources of nested stacks
 * in one operation, and an org has about 16, or more with negative tests and maintenance windows.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const mostOrgsPerStack = 100;

/** How many stacks hold the orgs of a deployment with more orgs than one stack bears. */
export const shardCount = 32;

/**
 * The stack that holds an org, from 0 to 31.
 *
 * Trap: it depends on the org's permanent name alone. By its position in the configuration, removing one org would move
 * others to stacks in which their alarms already exist under the same names.
 */
export function shardOf(org: string): number {
  return createHash('sha256').update(org).digest().readUInt32BE(0) % shardCount;
}

/** The name of a shard's stack. No deployment's name has the capital letter, so it is not that of a deployment `orgs-3`. */
export function shardName(stackName: string, index: number): string {
  return `${stackName}-Orgs-${index}`;
}
