import type { Org } from '../../functions/model/org.ts';
import type { AwsError, LoopbackAws } from '../emulators/aws/aws-emulator.ts';
import type { EmbeddedOkta } from '../emulators/okta/okta-emulator.ts';

/** The world that a function runs in, on loopback. */
export interface Scene {
  readonly okta: EmbeddedOkta;
  readonly aws: LoopbackAws;
  /** What Secrets Manager holds. */
  readonly secrets: Map<string, string | AwsError>;
}

/** What one step changes. */
export interface Change {
  /** Restores what was changed in the scene. */
  readonly undo?: () => unknown;
  /** Alters the event of each group. */
  readonly event?: (org: Org) => Org;
  /** The function's timeout. */
  readonly timeoutMs?: number;
}

/** One thing that goes wrong: it changes the scene, or how the function is called. */
export type Step = (scene: Scene) => Change | Promise<Change>;

/** A scene in which something is wrong. */
export interface Staged extends AsyncDisposable {
  event(org: Org): Org;
  readonly timeoutMs: number | undefined;
  /** Makes all well again. */
  undo(): Promise<void>;
}

/** Lets things go wrong, one after the other. What was done is taken back where a later step cannot be. */
export async function stage(scene: Scene, steps: readonly Step[]): Promise<Staged> {
  const changes: Change[] = [];
  const undo = async () => {
    for (const change of changes.toReversed()) await change.undo?.();
  };
  try {
    for (const step of steps) changes.push(await step(scene));
  } catch (error) {
    await undo();
    throw error;
  }
  return {
    event: (org) => changes.reduce((changed, { event }) => event?.(changed) ?? changed, org),
    timeoutMs: changes.findLast(({ timeoutMs }) => timeoutMs !== undefined)?.timeoutMs,
    undo,
    [Symbol.asyncDispose]: undo,
  };
}
