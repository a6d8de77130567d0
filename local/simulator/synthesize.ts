import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template as Synthesized } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Config } from '../../lib/config/schema.ts';
import { MonitorStack } from '../../lib/monitor-stack.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';

/**
 * A configuration's stack and template, with cdk.json's feature flags and without the functions' code.
 *
 * The CDK's check against CloudFormation's rules is off: it takes four seconds of CPU in each process. `cdk synth` and
 * `cdk deploy` run it, and so does test/integration/lib/cloudformation-rules.test.ts.
 */
export function synthesize(config: Config): { readonly stack: MonitorStack; readonly template: Template } {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context, builtinCloudFormationValidation: false });
  const stack = new MonitorStack(app, 'OktaSynthetics', {
    config,
    code: () => Code.fromInline('export const handler = () => {};'),
  });
  return { stack, template: Synthesized.fromStack(stack).toJSON() as Template };
}
