import { ConfigError } from '../../lib/config/config-error.ts';
import type { Config } from '../../lib/config/schema.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { type Template, UnsupportedError } from '../emulators/cloudwatch/index.ts';
import {
  type DeploymentVariant,
  deploymentVariants,
  drillStart,
  isFleet,
  settlingMinutes,
} from '../scenarios/deployment-variants.ts';
import type { Scenario, Trace } from '../scenarios/scenario.ts';
import { Simulation, type SimulationOptions } from '../simulator/simulation.ts';
import { synthesize } from '../simulator/synthesize.ts';
import { readDeployment } from '../simulator/template/read-deployment.ts';
import { type RunOptions, runScenario } from './run-scenario.ts';
import { eventsOf } from './timeline.ts';
import { type ScenarioVerification, verifyScenario } from './verify-scenario.ts';

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

/** A scenario that was run. */
export interface ScenarioRun {
  readonly scenario: Scenario;
  readonly verification: ScenarioVerification;
  readonly remark?: string;
  /** Virtual minutes. */
  readonly minutes: number;
  readonly seconds: number;
}

/** Runs scenarios one after the other, in the same simulation as long as each leaves it healthy. */
export interface ScenarioWorker extends AsyncDisposable {
  run(scenario: Scenario, options?: Omit<RunOptions, 'healthySince'>): Promise<ScenarioRun>;
}

export interface ScenarioWorkerOptions {
  readonly deployments: Deployments;
  /** Called with each deployment once it is open. */
  readonly onOpen?: (simulation: Simulation) => void;
}

export function openScenarioWorker({ deployments, onOpen }: ScenarioWorkerOptions): ScenarioWorker {
  let current: { readonly variant: DeploymentVariant; readonly simulation: Simulation } | undefined;
  let healthySince = 0;
  const close = async () => {
    const { simulation } = current ?? {};
    current = undefined;
    await simulation?.[Symbol.asyncDispose]();
  };
  const simulationFor = async (
    { deployment, isFirstDeployment = false, fresh = isFirstDeployment }: Scenario,
    onEvent: NonNullable<RunOptions['onEvent']> = () => {},
  ) => {
    if (current && (fresh || current.variant !== deployment)) await close();
    if (!current) {
      current = { variant: deployment, simulation: await deployments.open(deployment) };
      const { simulation } = current;
      onOpen?.(simulation);
      // New alarms change to OK. That belongs to the deployment, and to no scenario.
      for (let minute = 0; minute < settlingMinutes && !isFirstDeployment; minute += 1) {
        for (const event of eventsOf(await simulation.tick())) if (event.kind === 'minute') onEvent(event);
      }
      healthySince = simulation.now;
    }
    return current.simulation;
  };
  return {
    async run(scenario, options = {}) {
      const startedAt = performance.now();
      const result = (verification: ScenarioVerification, trace?: Trace): ScenarioRun => {
        const remark = trace && scenario.remark?.(trace);
        const seconds = (performance.now() - startedAt) / 1000;
        return { scenario, verification, minutes: trace?.minutes ?? 0, seconds, ...(remark && { remark }) };
      };
      try {
        const simulation = await simulationFor(scenario, options.onEvent);
        const trace = await runScenario(simulation, scenario, {
          ...options,
          templateOf: deployments.templateOf,
          healthySince,
        });
        const verification = verifyScenario(scenario, trace);
        healthySince = trace.healthySince;
        const isUsed = scenario.fresh || scenario.isFirstDeployment || isUpdated(scenario);
        if (!verification.passed || isUsed) await close();
        return result(verification, trace);
      } catch (error) {
        await close();
        return result({ passed: false, failures: [reasonOf(error)], notifications: [], unexpectedAlarms: [] });
      }
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Whether another deployment than its own is there at the end. */
function isUpdated({ before = [], faultPhases }: Scenario): boolean {
  return [...before, ...faultPhases].some(({ deploys }) => deploys !== undefined);
}

/** The message says everything about a template or a configuration that cannot be used. */
function reasonOf(error: unknown): string {
  if (error instanceof UnsupportedError) return `it cannot be deployed: ${error.message}`;
  if (error instanceof ConfigError) return error.message;
  return `the drill itself failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}
