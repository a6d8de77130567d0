import { readFileSync } from 'node:fs';
import { App, CfnResource } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../lib/config/load-config.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { MonitorStack } from '../../../lib/monitor-stack.ts';
import { deploymentVariants } from '../../../local/lab/scenarios/deployment-variants.ts';
import { samples } from '../../support/synthesized.ts';

/** The warnings of the configurations are not tested here. */
const silent = { '@aws-cdk/core:annotationsInValidationReport': false };

/** Synthesizes as `cdk synth` does: the CDK checks the template against CloudFormation's rules and its own. */
function synth(config: Config, alter = (_: MonitorStack) => {}): void {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context: { ...context, ...silent } });
  const code = () => Code.fromInline('export const handler = () => {};');
  alter(new MonitorStack(app, 'OktaSynthetics', { config, code, now: 0 }));
  app.synth();
}

const example = loadConfig('lib/config/example.jsonc');

test.each(Object.entries(samples))(
  'the template of the %s configuration breaks none of CloudFormation’s rules',
  (_, { config }) => synth(config),
);

test.each(Object.entries(deploymentVariants))(
  'the template of the drill’s %s deployment breaks none of CloudFormation’s rules',
  (_, variantOf) => synth(variantOf(example)),
);

test('a property that CloudFormation does not know fails the synthesis', () => {
  const properties = { TopicNam: 'pages' };
  expect(() =>
    synth(example, (stack) => void new CfnResource(stack, 'Typo', { type: 'AWS::SNS::Topic', properties })),
  ).toThrow('TopicNam: Additional properties are not allowed');
});
