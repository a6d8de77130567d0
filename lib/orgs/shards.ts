import { createHash } from 'node:crypto';
import { CfnResource, type Stack } from 'aws-cdk-lib';
import { mostOrgStacks, mostResources } from '../limits/fleet-limits.ts';
import type { OrgStack } from './org-stack.ts';

/**
 * Returns which of the further stacks holds an org, from 0 on, by the org's permanent name alone: no other org moves it.
 * Undefined if there are none, and the deployment's own stack holds every org.
 */
export function shardOf(org: string, orgStacks = 0): number | undefined {
  return orgStacks === 0 ? undefined : createHash('sha256').update(org).digest().readUInt32BE(0) % orgStacks;
}

/** The name of a shard's stack. No deployment's name has the capital letter, so it is not that of a deployment `orgs-3`. */
export function shardName(stackName: string, index: number): string {
  return `${stackName}-Orgs-${index}`;
}

/** Returns what CloudFormation would refuse of a monitor's stacks in the middle of a deployment, and how to mend it. */
export function resourceProblems(main: Stack, shards: readonly Stack[], orgs: readonly OrgStack[]): readonly string[] {
  const top = topOf(main);
  const sizes = new Map<Stack, number>();
  for (const construct of top.node.findAll()) {
    if (!CfnResource.isCfnResource(construct)) continue;
    // The CDK adds one to each stack when it synthesizes: AWS::CDK::Metadata.
    sizes.set(construct.stack, (sizes.get(construct.stack) ?? 1) + 1);
  }
  const sizeOf = (stack: Stack) => sizes.get(stack) ?? 0;
  const operations = Map.groupBy(sizes.keys(), topOf);
  const inOperationOf = (stack: Stack) => total(operations.get(stack) ?? [], sizeOf);
  const { inStack, inOperation } = mostResources;
  const tooLarge = `resources, and CloudFormation allows ${inStack} in a stack`;
  const ofOrgs = orgs.map((org) => ({ name: org.monitoredOrg.org.name, size: sizeOf(org) }));
  const more = moreStacks(ofOrgs, shards.length);
  return [
    ...ofOrgs.flatMap(({ name, size }) =>
      size > inStack ? `the org ${name} has ${size} ${tooLarge}: give it fewer receivers or maintenance windows` : [],
    ),
    ...[top, ...shards].flatMap((stack) => [
      ...(sizeOf(stack) > inStack
        ? [`${stack.stackName} has ${sizeOf(stack)} ${tooLarge}: name fewer receivers, or ${more}`]
        : []),
      ...(inOperationOf(stack) > inOperation
        ? [
            `${stack.stackName} and the stacks nested in it have ${inOperationOf(stack)} resources, and CloudFormation changes at most ${inOperation} in one operation: ${more}`,
          ]
        : []),
    ]),
  ];
}

/** With as many stacks, none is more than half full, so that orgs can be added. */
function moreStacks(orgs: readonly { readonly name: string; readonly size: number }[], present: number): string {
  const isEnough = (count: number) =>
    Map.groupBy(orgs, ({ name }) => shardOf(name, count))
      .values()
      .every((held) => total(held, ({ size }) => size + 1) <= mostResources.inOperation / 2);
  for (let count = present + 1; count <= mostOrgStacks; count += 1) {
    if (isEnough(count)) return `set "orgStacks" to ${count}`;
  }
  return 'divide the orgs between several deployments';
}

function topOf(stack: Stack): Stack {
  return stack.nestedStackParent ? topOf(stack.nestedStackParent) : stack;
}

function total<Item>(items: readonly Item[], sizeOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + sizeOf(item), 0);
}
