import { ConfigError } from '../../lib/config/config-error.ts';
import { UnsupportedError } from '../emulators/cloudwatch/unsupported-error.ts';
import type { DeploymentVariant } from '../scenarios/deployment-variants.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { runScenario } from './run-scenario.ts';
import type { ScenarioRun } from './run-scenarios.ts';
import { type ScenarioVerification, verifyScenario } from './verify-scenario.ts';

/** One row after the other. */
export interface ScenarioWorker extends AsyncDisposable {
  run(scenario: Scenario, moved: () => void): Promise<ScenarioRun>;
}

export interface ScenarioWorkerOptions {
  readonly open: (deployment: DeploymentVariant) => Promise<Simulation>;
  /** How many minutes after its deployment a deployment's first row begins. */
  readonly settlingMinutes: number;
}

/** Rows that follow each other in one deployment, as long as each leaves it healthy. */
export function openScenarioWorker({ open, settlingMinutes }: ScenarioWorkerOptions): ScenarioWorker {
  let current: { readonly deployment: DeploymentVariant; readonly rehearsal: Simulation } | undefined;
  let healthySince = 0;
  const close = async () => {
    const { rehearsal } = current ?? {};
    current = undefined;
    await rehearsal?.[Symbol.asyncDispose]();
  };
  const deploymentOf = async ({ deployment, fresh = false }: Scenario) => {
    if (current && (fresh || current.deployment !== deployment)) await close();
    if (!current) {
      current = { deployment, rehearsal: await open(deployment) };
      // Alarms that were made a moment ago say that all is well: that is of the deployment, and of no row.
      for (let minute = 0; minute < settlingMinutes; minute += 1) await current.rehearsal.tick();
      healthySince = current.rehearsal.now;
    }
    return current.rehearsal;
  };
  return {
    async run(scenario, moved) {
      const startedAt = performance.now();
      let minutes = 0;
      const count = () => {
        minutes += 1;
        moved();
      };
      const row = (verification: ScenarioVerification, remark?: string): ScenarioRun => ({
        ...{ scenario, verification, minutes, seconds: (performance.now() - startedAt) / 1000 },
        ...(remark !== undefined && { remark }),
      });
      try {
        const rehearsal = await deploymentOf(scenario);
        const trace = await runScenario(rehearsal, scenario, { healthySince, moved: count });
        const verification = verifyScenario(scenario, trace);
        healthySince = trace.healthySince;
        if (!verification.passed || scenario.fresh) await close();
        return row(verification, scenario.remark?.(trace));
      } catch (error) {
        await close();
        return row({ passed: false, failures: [reasonOf(error)], notifications: [], unexpectedAlarms: [] });
      }
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Of what is wrong with the template or the configuration, the message says all. */
function reasonOf(error: unknown): string {
  if (error instanceof UnsupportedError) return `it cannot be deployed: ${error.message}`;
  if (error instanceof ConfigError) return error.message;
  return `the scenario itself failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}
