import type { Org } from '../../functions/model/org.ts';
import type { AwsEmulator, AwsError } from '../emulators/aws/aws-emulator.ts';
import type { OktaEmulator } from '../emulators/okta/okta-emulator.ts';

/** The world that a function runs in, on loopback. */
export interface TestEnvironment {
  readonly okta: OktaEmulator;
  readonly aws: AwsEmulator;
  /** What Secrets Manager holds. */
  readonly secrets: Map<string, string | AwsError>;
}

/** What one step changes. */
export interface Change {
  /** Restores what was changed in the scene. */
  readonly restore?: () => unknown;
  /** Alters the event of each group. */
  readonly event?: (org: Org) => Org;
  /** The function's timeout. */
  readonly timeoutMs?: number;
}

/** One thing that goes wrong: it changes the scene, or how the function is called. */
export type Fault = (scene: TestEnvironment) => Change | Promise<Change>;

/** A scene in which something is wrong. */
export interface Injected extends AsyncDisposable {
  event(org: Org): Org;
  readonly timeoutMs: number | undefined;
  /** Makes all well again. */
  restore(): Promise<void>;
}

/** Lets things go wrong, one after the other. What was done is taken back where a later step cannot be. */
export async function inject(scene: TestEnvironment, steps: readonly Fault[]): Promise<Injected> {
  const changes: Change[] = [];
  const restore = async () => {
    for (const change of changes.toReversed()) await change.restore?.();
  };
  try {
    for (const step of steps) changes.push(await step(scene));
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
