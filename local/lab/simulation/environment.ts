import type { Org } from '../../../functions/model/org.ts';
import type { OktaEmulator } from '../../../packages/okta-emulator/src/index.ts';
import type { AwsEmulator, AwsError } from '../../self-hosted/aws-emulator/aws-emulator.ts';
import type { ResourceApi } from './resource-api.ts';

/** The services that the functions of one org call: its Okta, an API that takes its tokens, and AWS, which all orgs share. */
export interface TestEnvironment {
  readonly org: string;
  readonly okta: OktaEmulator;
  readonly api: EmulatedApi;
  readonly aws: AwsEmulator;
  /** The contents of Secrets Manager: the text of a secret by its name, or the error that reading it returns. */
  readonly secrets: Map<string, string | AwsError>;
}

/** An API of the org's owner. */
export interface EmulatedApi extends ResourceApi {
  /** Shows new connections a certificate that has expired. Resolves to a function that ends this. */
  expireCertificate(): Promise<() => void>;
}

/** What one fault changes. */
export interface Change {
  /** Undoes the change to the environment. */
  readonly restore?: () => unknown;
  /** Alters the event that each group's function is invoked with. */
  readonly event?: (org: Org) => Org;
  /** Shortens the function's timeout. */
  readonly timeoutMs?: number;
}

/** One thing that goes wrong, in the environment or in how a function is invoked. */
export type Fault = (environment: TestEnvironment) => Change | Promise<Change>;

/** An environment with faults in it. */
export interface Injected extends AsyncDisposable {
  event(org: Org): Org;
  readonly timeoutMs: number | undefined;
  restore(): Promise<void>;
}

/** Injects faults in order. If one cannot be injected, those before it are restored. */
export async function inject(environment: TestEnvironment, faults: readonly Fault[]): Promise<Injected> {
  const changes: Change[] = [];
  const restore = async () => {
    for (const change of changes.toReversed()) await change.restore?.();
  };
  try {
    for (const fault of faults) changes.push(await fault(environment));
  } catch (error) {
    await restore();
    throw error;
  }
  return {
    event: (org) => changes.reduce((changed, { event }) => event?.(changed) ?? changed, org),
    timeoutMs: changes.findLast(({ timeoutMs }) => timeoutMs !== undefined)?.timeoutMs,
    restore,
    [Symbol.asyncDispose]: restore,
  };
}
