import type { Config } from '../../lib/config/schema.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import { synthesize } from '../self-hosted/synthesize.ts';
import { readDeployment } from '../self-hosted/template/read-deployment.ts';
import { type DeploymentVariant, deploymentVariants, drillStart, isFleet } from './scenarios/deployment-variants.ts';
import { Simulation, type SimulationOptions } from './simulation/simulation.ts';

/** Opens simulations of deployment variants. */
export interface Deployments {
  open(variant: DeploymentVariant, options?: Pick<SimulationOptions, 'realTime' | 'journal'>): Promise<Simulation>;
  templateOf(variant: DeploymentVariant): Template;
}

/**
 * Opens simulations of a configuration's deployment variants. Templates are synthesized and functions built only once.
 *
 * @param template replaces the configured variant's own; the other variants are synthesized all the same
 * @param startsAt epoch ms; the current minute by default
 */
export function deploymentsOf(config: Config, template?: Template, startsAt?: number): Deployments {
  const templates = new Map<DeploymentVariant, Template>(template && [['configured', withoutWindows(template)]]);
  const templateOf = (variant: DeploymentVariant) => {
    const deployed = templates.get(variant) ?? synthesizeVariant(config, variant);
    templates.set(variant, deployed);
    readDeployment(deployed);
    return deployed;
  };
  return {
    templateOf,
    open: (variant, options) =>
      Simulation.open({
        ...options,
        template: templateOf(variant),
        sharesOkta: isFleet(variant),
        ...(startsAt !== undefined && { startsAt }),
        bundleOf: (entry) => bundle(entry).file,
      }),
  };
}

/** Every scenario starts at the same virtual time. */
export function drillDeployments(config: Config, template?: Template): Deployments {
  return deploymentsOf(config, template, drillStart);
}

function synthesizeVariant(config: Config, variant: DeploymentVariant): Template {
  const { template } = synthesize(deploymentVariants[variant](config));
  return variant === 'maintenance' ? template : withoutWindows(template);
}

/** A maintenance window of the configuration could mute the very alarms that a scenario expects. */
function withoutWindows({ Resources, ...rest }: Template): Template {
  const kept = Object.entries(Resources).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::AlarmMuteRule');
  return { ...rest, Resources: Object.fromEntries(kept) };
}
