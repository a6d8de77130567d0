import { type Difference, differences } from './json.ts';
import { OktaRefusal } from './refusals.ts';
import { CannotMake, type Context, changedMeanwhile, type Found, type Resource } from './resource.ts';

export type Action = 'create' | 'update' | 'keep' | 'cannot' | 'delete';

/** A step of a plan for one resource, or the completed step. */
export interface Step {
  readonly resource: Resource;
  readonly action: Action;
  readonly found?: Found;
  readonly differences: readonly Difference[];
  /** Why it cannot be made or removed, and what to do, as sentences. */
  readonly reason?: string;
  readonly remedy?: string;
}

/** Reads the present state and plans the steps. Changes nothing. */
export async function planSetup(resources: readonly Resource[], context: Context): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const resource of resources) steps.push(await look(resource, context, resources));
  return steps;
}

/** Looks at one resource. Afterwards the context knows whether it exists, or will. Throws what concerns all of them. */
async function look(resource: Resource, context: Context, all: readonly Resource[]): Promise<Step> {
  const { id, needs } = resource;
  context.found.delete(id);
  context.available.delete(id);
  const missing = all.find((each) => needs.includes(each.id) && !context.available.has(each.id));
  if (missing) return cannot(resource, `It needs the ${missing.kind} ${missing.name}.`, 'See there.');
  try {
    const found = await resource.find(context);
    if (found && !found.isOwn && !resource.isMerged) return foreign(resource);
    context.available.add(id);
    if (!found) return { resource, action: 'create', differences: differences({}, resource.desired(context)) };
    context.found.set(id, found);
    const changes = resource.differences(context, found);
    return { resource, found, differences: changes, action: changes.length > 0 ? 'update' : 'keep' };
  } catch (error) {
    return refused(resource, error);
  }
}

/** Turns a refusal into a step that cannot be done. Rethrows other errors, and refusals that concern every resource. */
function refused(resource: Resource, error: unknown): Step {
  if (error instanceof CannotMake) return cannot(resource, error.reason, error.remedy);
  if (error instanceof OktaRefusal && !error.refusal.isTotal)
    return cannot(resource, error.refusal.reason, error.refusal.remedy);
  throw error;
}

function cannot(resource: Resource, reason: string, remedy: string): Step {
  return { resource, action: 'cannot', differences: [], reason, remedy };
}

function foreign(resource: Resource): Step {
  return cannot(
    resource,
    'Something of this name exists and lacks the mark of this set-up, so it is not touched.',
    'Rename or delete it, or set up under another name: --org.',
  );
}

/**
 * Applies a plan in its order. Skips a step that Okta refuses, with the steps that need it, and applies the rest.
 *
 * Each resource is looked at again first, because time has passed. It is made only if it is still not there.
 */
export async function applySetup(
  plan: readonly Step[],
  context: Context,
  onStep: (step: Step) => void,
): Promise<readonly Step[]> {
  const resources = plan.map(({ resource }) => resource);
  context.available.clear();
  context.created.clear();
  const done: Step[] = [];
  for (const planned of plan) {
    const step = planned.action === 'keep' ? kept(planned, context) : await applyStep(planned, context, resources);
    done.push(step);
    onStep(step);
  }
  return done;
}

function kept(planned: Step, { available }: Context): Step {
  available.add(planned.resource.id);
  return planned;
}

async function applyStep(planned: Step, context: Context, all: readonly Resource[]): Promise<Step> {
  const { resource } = planned;
  const step = await look(resource, context, all);
  try {
    if (step.action === 'create' || step.action === 'update') {
      if (planned.found && step.found && planned.found.id !== step.found.id)
        throw changedMeanwhile('another one is in its place');
      await verifyAll(resource, step.found, context, all);
    }
    if (step.action === 'create') {
      context.found.set(resource.id, await resource.create(context));
      context.created.add(resource.id);
    } else if (step.action === 'update' && step.found) {
      context.found.set(resource.id, await resource.update(context, step.found));
    }
    // Okta makes some things itself, with what contains them. The plan could not find them.
    return step.action === 'update' ? { ...step, action: planned.action } : step;
  } catch (error) {
    const failed = refused(resource, error);
    // What exists can still be used as it is.
    if (step.action === 'create') context.available.delete(resource.id);
    return failed;
  }
}

/** Reads a resource and its parents again right before a change. Throws `CannotMake` if they have changed. */
async function verifyAll(
  resource: Resource,
  found: Found | undefined,
  context: Context,
  all: readonly Resource[],
): Promise<void> {
  const parents = all.filter(({ id }) => resource.within?.includes(id) && !context.created.has(id));
  for (const { verify, id } of [...parents, resource]) {
    const known = id === resource.id ? found : context.found.get(id);
    if (known && verify && !(await verify(context, known))) throw changedMeanwhile('it is gone');
  }
}

/**
 * The steps of a removal: the set-up's in reverse, but the configuration last, because it says
 * which custom server it was.
 */
export async function planRemoval(resources: readonly Resource[], context: Context): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const resource of resources) {
    const step = await lookToRemove(resource, context);
    if (step) steps.push(step);
  }
  const isLast = ({ resource }: Step) => resource.isMerged === true;
  return [...steps.filter((step) => !isLast(step)).toReversed(), ...steps.filter(isLast)];
}

async function lookToRemove(resource: Resource, context: Context): Promise<Step | undefined> {
  try {
    const found = await resource.find(context);
    if (!found) return undefined;
    if (!found.isOwn) {
      const reason = 'It lacks the mark of this set-up, so it is not touched.';
      return resource.remove ? { resource, action: 'keep', found, differences: [], reason } : undefined;
    }
    context.found.set(resource.id, found);
    return resource.remove ? { resource, action: 'delete', found, differences: [] } : undefined;
  } catch (error) {
    return refused(resource, error);
  }
}

/** Applies a plan of removal. Reports refused steps, and applies the rest. */
export async function applyRemoval(
  plan: readonly Step[],
  context: Context,
  onStep: (step: Step) => void,
): Promise<readonly Step[]> {
  const done: Step[] = [];
  for (const step of plan) {
    const { resource, action, found } = step;
    let result = step;
    if (action === 'delete' && found) {
      try {
        await resource.remove?.(context, found);
      } catch (error) {
        result = refused(resource, error);
      }
    }
    done.push(result);
    onStep(result);
  }
  return done;
}
