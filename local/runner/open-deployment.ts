import type { Config } from '../../lib/config/schema.ts';
import { bundle, type Entry } from '../../lib/functions/bundle.ts';
import type { Template } from '../emulators/cloudwatch/template-reader.ts';
import { type DeploymentVariant, deploymentVariants } from '../scenarios/deployment-variants.ts';
import { drillStart } from '../scenarios/simulation-start.ts';
import { openSimulation } from '../simulator/open-simulation.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { synthesize } from '../simulator/synthesize.ts';

/**
 * Opens worlds to play rows in. Templates are synthesized and functions built once.
 *
 * @param template what was synthesized before, in place of what the configuration comes to; worlds that differ from what
 *   is configured are synthesized all the same
 */
export function deploymentsOf(config: Config, template?: Template): (world: DeploymentVariant) => Promise<Simulation> {
  const templates = new Map<DeploymentVariant, Template>(template && [['configured', withoutWindows(template)]]);
  const files = new Map<string, string>();
  return (world) => {
    const deployed = templates.get(world) ?? templateOf(config, world);
    templates.set(world, deployed);
    return openSimulation({
      template: deployed,
      startsAt: drillStart,
      bundleOf(entry) {
        const file = files.get(entry) ?? bundle(entry as Entry).file;
        files.set(entry, file);
        return file;
      },
    });
  };
}

function templateOf(config: Config, world: DeploymentVariant): Template {
  const { template } = synthesize(deploymentVariants[world](config));
  return world === 'maintenance' ? template : withoutWindows(template);
}

/** The hour of the drill may lie in a window of the configuration's own, in which nobody would be told of anything. */
function withoutWindows({ Resources, ...rest }: Template): Template {
  const kept = Object.entries(Resources).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::AlarmMuteRule');
  return { ...rest, Resources: Object.fromEntries(kept) };
}
