import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { type Secrets, secretsManager } from '../../../functions/aws/secrets.ts';
import { defaultDeployment, deploymentPattern } from '../../../functions/model/deployment.ts';
import { readConfig } from '../../../lib/config/load-config.ts';
import { reviewConfig } from '../../../lib/config/review-config.ts';
import { type MonitoredOrg, monitoredOrgs } from '../../../lib/monitored-org.ts';
import { UsageError } from '../../lab/result.ts';
import { AccountError, awsOptions, awsProblem } from '../aws-problem.ts';
import type { HttpsProxy } from '../proxy.ts';
import { fileSecrets } from './check-orgs.ts';
import { readDeployedOrgs, type ScheduleReader } from './deployed-orgs.ts';
import { findConfig } from './find-config.ts';

/** The orgs to check, and where their secrets are. */
export interface Source {
  readonly orgs: readonly MonitoredOrg[];
  readonly deployment: string;
  readonly secrets: Secrets;
  /** The file that the orgs are from. Absent if there is none. */
  readonly config?: string;
  /** Whether the orgs are from the deployed schedules. */
  readonly isDeployed?: boolean;
  /** Which messages have no receiver. */
  readonly unreceived?: readonly string[];
}

export interface SourceOptions {
  /** The file that the command line names. */
  readonly config?: string | undefined;
  /** The deployment that the command line names. */
  readonly deployment?: string | undefined;
  /** The names of the orgs that are to be checked. */
  readonly orgs?: readonly string[] | undefined;
  /** The file with the secrets. By default, AWS has them. */
  readonly secrets?: string | undefined;
  readonly proxy?: HttpsProxy | undefined;
  /** Finds the file that a command without one means. */
  readonly find?: () => string | undefined;
}

/**
 * Finds the orgs of a command as pasted from a message: in the file that it names, in the one that `findConfig` finds if that
 * has them, and otherwise in the deployment. Throws `UsageError` with what to add if none has them.
 */
export async function findSource(options: SourceOptions, openAccount: () => Promise<ScheduleReader>): Promise<Source> {
  const { config, deployment, orgs, find = findConfig } = options;
  if (config !== undefined) return fileSource(config, options);
  if (deployment !== undefined && !deploymentPattern.test(deployment))
    throw new UsageError('--deployment must be a name as in the configuration: lowercase letters, digits and hyphens.');
  const file = find();
  const found = file === undefined ? undefined : fileSource(file, options);
  const isMeant =
    found &&
    (deployment ?? found.deployment) === found.deployment &&
    (orgs ?? []).every((name) => found.orgs.some(({ org }) => org.name === name));
  return isMeant ? found : deployedSource(options, found, await openAccount());
}

function secretsOf({ secrets, proxy }: SourceOptions): Secrets {
  return secrets === undefined ? secretsManager(new SecretsManager(awsOptions(proxy))) : fileSecrets(secrets);
}

function fileSource(config: string, options: SourceOptions): Source {
  const { config: loaded, notes } = reviewConfig(readConfig(config), { now: Date.now() });
  const unreceived = notes.flatMap(({ id, text }) => (id === 'no-receiver' ? [text] : []));
  return {
    ...{ orgs: monitoredOrgs(loaded), deployment: loaded.deployment, secrets: secretsOf(options) },
    ...{ config, unreceived },
  };
}

async function deployedSource(
  options: SourceOptions,
  found: Source | undefined,
  account: ScheduleReader,
): Promise<Source> {
  const { deployment = defaultDeployment, orgs: names } = options;
  const here = found
    ? `${found.config} has ${found.orgs.map(({ org }) => org.name).join(', ')} of the deployment ${found.deployment}`
    : 'this folder has no my.jsonc, and its cdk.json names no configuration but the example';
  const add = (why: string) =>
    new UsageError(`Add --config <path> for your configuration or --domain <host> for your org: ${here}, and ${why}`);
  const action = { action: 'scheduler:ListSchedules and scheduler:GetSchedule', on: `the deployment ${deployment}` };
  const orgs = await readDeployedOrgs(account, deployment, names).catch((error: unknown) => {
    if (!(error instanceof AccountError)) throw error;
    const { kind, why, remedy } = awsProblem(error, action);
    if (kind === 'missing') return [];
    throw add(`AWS does not have it: ${why}. ${remedy}`);
  });
  const absent = names?.filter((name) => !orgs.some(({ org }) => org.name === name)) ?? [];
  if (absent.length > 0 || orgs.length === 0) {
    const what = absent.length > 0 ? `the org ${absent.join(', ')}` : 'any org';
    throw add(
      `the deployment ${deployment} in AWS does not have ${what}. Set AWS_REGION and AWS_PROFILE to where it is, or name another one with --deployment.`,
    );
  }
  return { orgs, deployment, secrets: secretsOf(options), isDeployed: true };
}
