import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { loadConfig, parseConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import { MonitorStack } from '../../lib/monitor-stack.ts';

/** A resource of a template, read as JSON. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesized {
  readonly config: Config;
  readonly stack: MonitorStack;
  readonly text: string;
  readonly resources: readonly Resource[];
  ofType(type: string): readonly Resource[];
}

/** The stack of a configuration, with cdk.json's feature flags and without the functions' code. */
export function synthesize(config: Config): Synthesized {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const stack = new MonitorStack(new App({ context }), 'OktaSynthetics', {
    config,
    code: () => Code.fromInline('export const handler = () => {};'),
  });
  const template = Template.fromStack(stack).toJSON();
  const resources = Object.entries(template.Resources as Record<string, Resource>).map(([id, resource]) => ({
    ...resource,
    id,
  }));
  return {
    config,
    stack,
    text: JSON.stringify(template),
    resources,
    ofType: (type) => resources.filter((resource) => resource.Type === type),
  };
}

/** The configurations that invariants are held against: the least one, the example, and one with everything in it. */
export const samples: Readonly<Record<string, Synthesized>> = {
  minimal: synthesize(parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }')),
  example: synthesize(loadConfig('lib/config/example.jsonc')),
  full: synthesize(loadConfig('test/lib/full.jsonc')),
};
