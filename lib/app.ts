import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError } from './config/config-error.ts';
import { loadReviewedConfig } from './config/load-config.ts';
import { publishedRunbook } from './config/published-runbook.ts';
import { receiverNotes } from './config/receiver-notes.ts';
import type { Config } from './config/schema.ts';
import { costSummary } from './cost/cost-summary.ts';
import { estimateCost } from './cost/estimate-cost.ts';
import { flatTemplateOf } from './flat-template.ts';
import { bundle } from './functions/bundle.ts';
import { MonitorStack, stackName } from './monitor-stack.ts';

const app = new App();
const reviewed = orExit(() => loadReviewedConfig(app.node.getContext('config')));
for (const note of reviewed.notes) process.stderr.write(`${note}\n`);
const config = withRunbook(reviewed.config);
for (const note of receiverNotes(config)) process.stderr.write(`${note}\n`);
orExit(
  () =>
    new MonitorStack(app, stackName(config), {
      config,
      code: (entry) => Code.fromAsset(bundle(entry).directory),
    }),
);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
process.stderr.write(`${costSummary(estimateCost(flatTemplateOf(app)))}\n`);

/** Links messages to the runbook as published, unless the configuration has a link. Warns if neither is known. */
function withRunbook(config: Config): Config {
  const runbook = config.alerts.runbook ?? publishedRunbook();
  if (runbook !== undefined) return { ...config, alerts: { ...config.alerts, runbook } };
  process.stderr.write(
    'Messages will not link to the runbook: set alerts.runbook, or deploy a commit that is pushed to GitHub, GitLab, Bitbucket or Gitea.\n',
  );
  return config;
}

/** What a function returns. If it finds problems in the configuration, prints them, without a stack trace, and exits with 1. */
function orExit<Result>(build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
