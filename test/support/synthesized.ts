import { loadConfig, parseConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import type { MonitorStack } from '../../lib/monitor-stack.ts';
import { synthesize } from '../../local/simulator/synthesize.ts';

/** A resource of a template, read as JSON. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  readonly Properties: any;
  readonly Metadata?: Readonly<Record<string, unknown>>;
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

function sampleOf(config: Config): Synthesized {
  const { stack, template } = synthesize(config);
  const resources = Object.entries(template.Resources as Readonly<Record<string, Omit<Resource, 'id'>>>).map(
    ([id, resource]) => ({ ...resource, id }),
  );
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
  minimal: sampleOf(parseConfig('{ "orgs": [{ "name": "acme", "domain": "acme.okta.com" }] }')),
  example: sampleOf(loadConfig('lib/config/example.jsonc')),
  full: sampleOf(loadConfig('test/support/full.jsonc')),
};
