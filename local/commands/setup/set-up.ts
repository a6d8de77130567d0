import { UsageError } from '../../lab/result.ts';
import { resourcesOf } from './definitions.ts';
import { type ChooseServer, discover, knownOrg, type SetupRequest } from './discover.ts';
import type { Json } from './json.ts';
import type { AdminFetch, OktaApi } from './okta-api.ts';
import { applyRemoval, applySetup, planRemoval, planSetup, type Step } from './plan.ts';
import { type Context, changedMeanwhile } from './resource.ts';
import { type RotationStep, rotated, rotateKey } from './rotate.ts';
import type { SecretStore } from './secret-store.ts';
import { markOf, type Settings } from './settings.ts';

/** The tools of a set-up. */
export interface SetupTools {
  readonly okta: OktaApi;
  /** Sends requests without the administrator's credential. */
  readonly fetch: AdminFetch;
  readonly openStore: (mark: string) => Promise<SecretStore>;
  readonly makeKey: () => Promise<Json>;
  readonly wait: (ms: number) => Promise<void>;
  readonly chooseServer: ChooseServer;
}

/** A set-up that has been planned and not begun. */
export interface OpenSetup {
  readonly settings: Settings;
  readonly store: SecretStore;
  /** The steps, each with the present state of its resource. */
  readonly plan: readonly Step[];
  /** Applies the plan, and returns the completed steps. */
  apply(onStep: (step: Step) => void): Promise<readonly Step[]>;
}

/** Reads the configuration, the org and the secrets. Throws `ConfigError`, `UsageError`, `StoreError` and `OktaRefusal`. */
async function openContext(request: SetupRequest, tools: SetupTools, isRemoval = false) {
  const { okta, openStore, makeKey, chooseServer } = tools;
  const known = knownOrg(request);
  const settings = await discover(request, known, okta, chooseServer, isRemoval);
  const store = await openStore(markOf(settings));
  const context: Context = {
    ...{ settings, okta, store, makeKey },
    ...{ found: new Map(), available: new Set(), created: new Set() },
  };
  return { settings, store, context, resources: resourcesOf(settings) };
}

export async function openSetup(request: SetupRequest, tools: SetupTools): Promise<OpenSetup> {
  const { settings, store, context, resources } = await openContext(request, tools);
  const plan = await planSetup(resources, context);
  return { settings, store, plan, apply: (onStep) => applySetup(plan, context, onStep) };
}

export async function openRemoval(request: SetupRequest, tools: SetupTools): Promise<OpenSetup> {
  const { settings, store, context, resources } = await openContext(request, tools, true);
  const plan = await planRemoval(resources, context);
  return { settings, store, plan, apply: (onStep) => applyRemoval(plan, context, onStep) };
}

export interface OpenRotation {
  readonly settings: Settings;
  readonly store: SecretStore;
  /** The applications whose keys are rotated. */
  readonly applications: readonly string[];
  apply(onStep: (application: string, step: RotationStep) => void): Promise<void>;
}

/** Opens a rotation of all keys. Throws `UsageError` if the org has none. */
export async function openRotation(request: SetupRequest, tools: SetupTools): Promise<OpenRotation> {
  const { settings, store, context, resources } = await openContext(request, {
    ...tools,
    chooseServer: async () => undefined,
  });
  await planSetup(resources, context);
  const all = rotated.flatMap(({ app, key }) => {
    const [foundApp, foundKey] = [context.found.get(app), context.found.get(key)];
    const resource = resources.find(({ id }) => id === app);
    if (!foundApp || !foundKey) return [];
    const verify = async () => {
      if ((await resource?.verify?.(context, foundApp)) !== true) throw changedMeanwhile('the application is gone');
    };
    return [{ name: resource?.name ?? app, app: foundApp, key: foundKey, verify }];
  });
  if (all.length === 0)
    throw new UsageError(
      'There is no key to rotate: this org has no application of this set-up. Run npm run setup first.',
    );
  return {
    ...{ settings, store, applications: all.map(({ name }) => name) },
    async apply(onStep) {
      for (const { name, verify, ...each } of all) {
        const { fetch, wait } = tools;
        await rotateKey(each, { ...context, fetch, wait, verify }, (step) => onStep(name, step));
      }
    },
  };
}
