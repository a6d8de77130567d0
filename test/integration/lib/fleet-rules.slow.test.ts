import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../lib/config/load-config.ts';
import { MonitorStack } from '../../../lib/monitor-stack.ts';

const example = loadConfig('lib/config/example.jsonc');

/** Orgs like that of the example, and in between one that uses more than the others. */
function fleet(count: number, orgStacks?: number): MonitorStack['monitor'] & { readonly directory: string } {
  const [first] = example.orgs;
  if (!first) throw new Error('the example has no org');
  const orgs = Array.from({ length: count }, (_, at) => ({
    ...first,
    ...{ name: `org-${at}`, domain: `org-${at}.okta.com`, dashboard: at === 1, negativeTests: at === 1 },
  }));
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context });
  const code = () => Code.fromInline('export const handler = () => {};');
  const { monitor } = new MonitorStack(app, 'OktaSynthetics', { config: { ...example, orgs, orgStacks }, code });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  // Throws for what CloudFormation or the AWS Solutions checks refuse.
  const { directory } = app.synth();
  return Object.assign(monitor, { directory });
}

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

it.for<[count: number, orgStacks?: number]>([[10], [12, 3]])(
  'templates of %d orgs pass the AWS Solutions checks and cfn-lint',
  ([count, orgStacks], { skip }) => {
    const { node, shards, orgs, directory } = fleet(count, orgStacks);
    expect(orgs).toHaveLength(count);
    skip(!isInstalled, 'cfn-lint is not installed: pip install cfn-lint');
    // The orgs differ in their names only, but for the second one.
    const distinct: readonly Stack[] = [node.scope as Stack, ...shards, ...orgs.slice(0, 2), ...orgs.slice(-1)];
    const files = distinct.map(({ templateFile }) => path.join(directory, templateFile));
    const { stdout, status } = spawnSync('cfn-lint', ['--', ...files], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  },
);
