import { loadConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import type { MonitorStack } from '../../lib/monitor-stack.ts';
import { synthesize } from '../../local/self-hosted/synthesize.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import { buildConfig } from './build-config.ts';

/** A resource of a CloudFormation template. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the properties of a resource depend on its type
  readonly Properties: any;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** The resources of a template. */
export interface Synthesized {
  readonly text: string;
  readonly resources: readonly Resource[];
  ofType(type: string): readonly Resource[];
}

export interface Sample extends Synthesized {
  readonly config: Config;
  readonly stack: MonitorStack;
}

function sampleOf(config: Config): Sample {
  const { stack, template } = synthesize(config);
  return { config, stack, ...synthesizedOf(template) };
}

export function synthesizedOf(template: Template): Synthesized {
  const resources = Object.entries(template.Resources as Readonly<Record<string, Omit<Resource, 'id'>>>).map(
    ([id, resource]) => ({ ...resource, id }),
  );
  return {
    text: JSON.stringify(template),
    resources,
    ofType: (type) => resources.filter((resource) => resource.Type === type),
  };
}

/** The stacks of three configurations: a minimal one, the example, and one that uses every feature. */
export const samples: Readonly<Record<string, Sample>> = {
  minimal: sampleOf(buildConfig()),
  example: sampleOf(loadConfig('lib/config/example.jsonc')),
  full: sampleOf(loadConfig('test/support/full.jsonc')),
};
