import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { composedName, resourceName } from '../functions/model/deployment.ts';

/**
 * The ARN of a deployment's function, by its name. Stacks refer to each other by names, because an export could neither be
 * changed nor deleted while another stack imports it.
 */
export function functionArn(stack: Stack, deployment: string, name: string): string {
  return stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: resourceName(deployment, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** A name that is unique in the account. Dashboards and roles are not regional. */
export function globalName({ region }: Stack, deployment: string, name?: string): string {
  return [deployment, region, ...(name === undefined ? [] : [name])].join('-');
}

/** The same for something that is named after an org. */
export function globalNameOf(stack: Stack, deployment: string, org: string): string {
  return composedName(globalName(stack, deployment), org);
}
