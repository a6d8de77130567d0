import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { Config } from '../../lib/config/schema.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import { readDeployment } from '../self-hosted/template/read-deployment.ts';
import { type DeploymentVariant, deploymentVariants, drillStart, isFleet } from './scenarios/deployment-variants.ts';
import { Simulation, type SimulationOptions } from './simulation/simulation.ts';
import type { SynthesisReply, SynthesisRequest } from './synthesis-process.ts';

/** Opens simulations of deployment variants. */
export interface Deployments {
  /** Synthesizes several variants at once, which takes less time than one after the other. */
  prepare(variants: readonly DeploymentVariant[]): Promise<void>;
  open(variant: DeploymentVariant, options?: Pick<SimulationOptions, 'realTime' | 'journal'>): Promise<Simulation>;
  templateOf(variant: DeploymentVariant): Promise<Template>;
}

/**
 * Opens simulations of a configuration's deployment variants. Templates are synthesized and functions built only once.
 *
 * @param template replaces the configured variant's own; the other variants are synthesized all the same
 * @param startsAt epoch ms; the current minute by default
 */
export function deploymentsOf(config: Config, template?: Template, startsAt?: number): Deployments {
  const templates = new Map<DeploymentVariant, Template>();
  const files = new Map<Entry, string>();

  async function prepare(variants: readonly DeploymentVariant[]): Promise<void> {
    const missing = [...new Set(variants)].filter((variant) => !templates.has(variant));
    const isGiven = (variant: DeploymentVariant) => variant === 'configured' && template !== undefined;
    const synthesized = missing.filter((variant) => !isGiven(variant));
    const given = template && missing.some(isGiven) ? [withoutWindows(template)] : [];
    for (const each of given) {
      readDeployment(each);
      templates.set('configured', each);
    }
    if (missing.length === 0) return;
    const made = await synthesizeApart({ configs: synthesized.map((each) => deploymentVariants[each](config)), given });
    for (const [entry, file] of made.files) files.set(entry, file);
    for (const [index, variant] of synthesized.entries()) {
      const whole = made.templates[index] as Template;
      const deployed = variant === 'maintenance' ? whole : withoutWindows(whole);
      readDeployment(deployed);
      templates.set(variant, deployed);
    }
  }

  async function templateOf(variant: DeploymentVariant): Promise<Template> {
    await prepare([variant]);
    return templates.get(variant) as Template;
  }

  return {
    prepare,
    templateOf,
    open: async (variant, options) =>
      Simulation.open({
        ...options,
        template: await templateOf(variant),
        sharesOkta: isFleet(variant),
        ...(startsAt !== undefined && { startsAt }),
        bundleOf: (entry) => files.get(entry) as string,
      }),
  };
}

/** Every scenario starts at the same virtual time. */
export function drillDeployments(config: Config, template?: Template): Deployments {
  return deploymentsOf(config, template, drillStart);
}

/** Synthesizes in another process, which ends afterwards. */
async function synthesizeApart(request: SynthesisRequest): Promise<Exclude<SynthesisReply, { error: string }>> {
  const child = fork(path.join(import.meta.dirname, 'synthesis-process.ts'), { serialization: 'advanced' });
  const replied = Promise.withResolvers<SynthesisReply>();
  child.once('message', replied.resolve as (message: unknown) => void);
  child.once('error', replied.reject);
  child.once('exit', (code) => replied.reject(new Error(`the synthesis ended with ${code}`)));
  child.send(request);
  const reply = await replied.promise;
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  if (!('error' in reply)) return reply;
  throw reply.isOfConfig ? new ConfigError(reply.error) : new Error(reply.error);
}

/** A maintenance window of the configuration could mute the very alarms that a scenario expects. */
function withoutWindows({ Resources, ...rest }: Template): Template {
  const kept = Object.entries(Resources).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::AlarmMuteRule');
  return { ...rest, Resources: Object.fromEntries(kept) };
}
