import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Config } from '../../lib/config/schema.ts';
import { flatTemplateOf } from '../../lib/flat-template.ts';
import { MonitorStack } from '../../lib/monitor-stack.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';

/**
 * A configuration's stack, and one template with the resources of all its stacks, with cdk.json's feature flags and
 * without the functions' code.
 *
 * The CDK's check against CloudFormation's rules is off: it takes four seconds of CPU in each process. `cdk synth` and
 * `cdk deploy` run it, and so does test/integration/lib/cloudformation-rules.slow.test.ts.
 */
export function synthesize(config: Config): { readonly stack: MonitorStack; readonly template: Template } {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({
    context: {
      ...context,
      // As the command line does: otherwise a template does not name the templates that are nested in it.
      'aws:cdk:enable-asset-metadata': true,
      // People read the configuration's warnings when they deploy, and each command would print them again.
      '@aws-cdk/core:annotationsInValidationReport': false,
    },
    builtinCloudFormationValidation: false,
  });
  const stack = new MonitorStack(app, 'OktaSynthetics', {
    config,
    // The simulation has its own time, and the configuration has been reviewed.
    now: 0,
    code: () => Code.fromInline('export const handler = () => {};'),
  });
  return { stack, template: flatTemplateOf(app) as Template };
}
