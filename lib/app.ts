import { App, CfnOutput, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { oneLine } from '../functions/model/text.ts';
import { configDigest, digestOutput } from './config/config-digest.ts';
import { ConfigError } from './config/config-error.ts';
import { readConfig } from './config/load-config.ts';
import { publishedRunbook } from './config/published-runbook.ts';
import { isExample } from './config/review-config.ts';
import type { Config } from './config/schema.ts';
import { costSummary, estimateCost } from './cost/estimate-cost.ts';
import { flatTemplateOf } from './flat-template.ts';
import { bundle } from './functions/bundle.ts';
import { MonitorStack, stackName } from './monitor-stack.ts';

const app = new App();
orExit(() => {
  const read = readConfig(app.node.getContext('config'));
  if (process.env.npm_lifecycle_event === 'deploy') requireDeployable(read);
  const config = withRunbook(read);
  const stack = new MonitorStack(app, stackName(config), {
    config,
    code: (entry) => Code.fromAsset(bundle(entry).directory),
  });
  // Of the file as it was read: the runbook is another one with each commit.
  new CfnOutput(stack, digestOutput, { value: configDigest(read) });
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
process.stderr.write(`${costSummary(estimateCost(flatTemplateOf(app)))}\n`);

/** Throws `ConfigError` for what would fail after a minute of synthesis, or replace the deployed orgs by those of the example. */
function requireDeployable(config: Config): void {
  if (isExample(config))
    throw new ConfigError(
      'This would deploy the shipped example. Name your own configuration: npm run deploy -- --context config=my.jsonc, or set "config" in cdk.json.',
    );
  if (process.env.CDK_DEFAULT_ACCOUNT === undefined)
    throw new ConfigError(
      'There are no AWS credentials to deploy with: sign in to AWS (aws sso login), set AWS_PROFILE, or add -- --profile <name>. npm run doctor says what else is missing.',
    );
}

/** Links messages to the runbook as published, unless the configuration has a link. */
function withRunbook(config: Config): Config {
  return { ...config, alerts: { ...config.alerts, runbook: config.alerts.runbook ?? publishedRunbook() } };
}

/** If a function finds problems in the configuration, prints them, without a stack trace, and exits with 1. */
function orExit(build: () => void): void {
  try {
    build();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message.split('\n').map(oneLine).join('\n')}\n`);
    process.exit(1);
  }
}
