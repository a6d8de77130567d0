/**
 * The child process that synthesizes deployments and builds their functions. It takes the memory of the CDK with it when it
 * ends, and blocks no emulator while it works.
 */
import { ConfigError } from '../../lib/config/config-error.ts';
import type { Config } from '../../lib/config/schema.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import { synthesize } from '../self-hosted/synthesize.ts';
import { readDeployment } from '../self-hosted/template/read-deployment.ts';

/** What is to be synthesized, and the given template whose functions are to be built. */
export interface SynthesisRequest {
  readonly configs: readonly Config[];
  readonly given: readonly Template[];
}

export type SynthesisReply =
  | {
      /** In the order of the configurations. */
      readonly templates: readonly Template[];
      /** The files of the built functions. */
      readonly files: readonly (readonly [entry: Entry, file: string])[];
    }
  | { readonly error: string; readonly isOfConfig: boolean };

process.once('message', (request: SynthesisRequest) => {
  process.send?.(reply(request), () => process.disconnect());
});

function reply({ configs, given }: SynthesisRequest): SynthesisReply {
  try {
    const templates = configs.map((config) => synthesize(config).template);
    const entries = new Set([...given, ...templates].flatMap(entriesOf));
    return { templates, files: [...entries].map((entry) => [entry, bundle(entry).file] as const) };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const isOfConfig = error instanceof ConfigError;
    return { error: isOfConfig ? error.message : text, isOfConfig };
  }
}

function entriesOf(template: Template): readonly Entry[] {
  return readDeployment(template).functions.map(({ entry }) => entry);
}
