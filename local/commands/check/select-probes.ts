import type { Org } from '../../../functions/model/org.ts';
import type { Probe } from '../../../functions/model/probe.ts';
import { probes as allProbes, journey } from '../../../functions/probes/index.ts';
import { enabledProbes, type PlannedProbe, planProbes, targetOf } from '../../../functions/probes/plan.ts';
import { UsageError } from '../../lab/result.ts';

/** The selection of a `check`. An absent list selects everything. */
export interface ProbeFilter {
  /** Names of orgs. */
  readonly orgs?: readonly string[] | undefined;
  /** Targets such as `token@default`, or a probe's id for the probe at every server. */
  readonly probes?: readonly string[] | undefined;
  /** Ids of servers: selects the probes at these, and the probes that those need. */
  readonly servers?: readonly string[] | undefined;
}

/** The probes of one org that are to run. */
export interface SelectedOrg {
  readonly org: Org;
  /** The selected probes, those that provide their inputs and, without a filter, those that are off. */
  readonly plan: readonly PlannedProbe[];
}

/** The orgs and probes that a filter names. Throws `UsageError` with the possible names for one that is unknown. */
export function selectProbes(orgs: readonly Org[], filter: ProbeFilter): readonly SelectedOrg[] {
  const unknown = filter.orgs?.filter((name) => !orgs.some((org) => org.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new UsageError(`There is no org "${unknown[0]}". The orgs are ${orgs.map(({ name }) => name).join(', ')}.`);
  }
  const plans = orgs
    .filter(({ name }) => filter.orgs?.includes(name) ?? true)
    .map((org) => ({ org, plan: planProbes(org, allProbes) }));
  const { probes: names, servers } = filter;
  if (names === undefined && servers === undefined) return plans;
  const everything = plans.flatMap(({ plan }) => plan);
  for (const name of names ?? []) requireEnabled(name, everything);
  for (const id of servers ?? []) requireServer(id, everything);
  const isWanted = (planned: PlannedProbe) =>
    (names?.some((name) => isNamed(planned, name)) ?? true) &&
    (servers?.some((id) => planned.target.server === id) ?? true);
  return plans
    .map(({ org, plan }) => ({ org, plan: withProviders(plan, isWanted) }))
    .filter(({ plan }) => plan.length > 0);
}

function requireEnabled(name: string, plan: readonly PlannedProbe[]): void {
  const named = plan.filter((planned) => isNamed(planned, name));
  if (enabledProbes(named).length > 0) return;
  const off = named.find(({ howToEnable }) => howToEnable !== undefined);
  if (off) throw new UsageError(`The probe ${targetOf(off)} is off: ${off.howToEnable}.`);
  const possible = plan.map((planned) => `  ${targetOf(planned)}${planned.howToEnable === undefined ? '' : ' (off)'}`);
  throw new UsageError(`There is no probe "${name}". The probes are:\n\n${[...new Set(possible)].join('\n')}`);
}

function requireServer(id: string, plan: readonly PlannedProbe[]): void {
  const ids = [...new Set(plan.flatMap(({ target }) => target.server ?? []))];
  if (!ids.includes(id)) throw new UsageError(`There is no server "${id}". The servers are ${ids.join(', ')}.`);
}

/** A probe without its inputs would only be skipped. */
function withProviders(
  plan: readonly PlannedProbe[],
  isWanted: (planned: PlannedProbe) => boolean,
): readonly PlannedProbe[] {
  const enabled = enabledProbes(plan);
  const selected = new Set<PlannedProbe>();
  const select = (planned: PlannedProbe) => {
    selected.add(planned);
    const { inputs = [] } = planned.probe;
    enabled
      .filter(
        ({ probe, target }) =>
          (target.server === undefined || target.server === planned.target.server) &&
          inputs.some((of) => of === probe.provides),
      )
      .forEach(select);
  };
  enabled.filter(isWanted).forEach(select);
  return enabled.filter((planned) => selected.has(planned));
}

function isNamed(planned: PlannedProbe, name: string): boolean {
  return [targetOf(planned), planned.probe.id].includes(name);
}

/**
 * The runs that make up a plan: one with everything, or one for each server and one for the whole org, because a run
 * takes all probes to all servers of its org. A journey is a separate and complete run: a session that is begun must
 * be ended. So are the health checks, of which one gets the access token for all others.
 */
export function runsOf({
  org,
  plan,
}: SelectedOrg): readonly { readonly org: Org; readonly probes: readonly Probe[] }[] {
  if (plan.length === planProbes(org, allProbes).length) return [{ org, probes: allProbes }];
  const {
    journey: inJourney = [],
    health = [],
    others = [],
  } = Object.groupBy(plan, ({ probe: { group } }) => (group === 'journey' || group === 'health' ? group : 'others'));
  const byServer = Object.groupBy(others, ({ target }) => target.server ?? '');
  return [
    ...Object.values(byServer).map((own = []) => ({
      org: { ...org, servers: org.servers.filter(({ id }) => own.some(({ target }) => (target.server ?? id) === id)) },
      probes: [...new Set(own.map(({ probe }) => probe))],
    })),
    ...(health.length > 0
      ? [{ org: atServersOf(org, health), probes: [...new Set(health.map(({ probe }) => probe))] }]
      : []),
    ...(inJourney.length > 0 ? [{ org, probes: journey }] : []),
  ];
}

/** The org with the servers that a plan names. The Org server stays, for probes of the whole org. */
function atServersOf(org: Org, plan: readonly PlannedProbe[]): Org {
  const named = new Set(plan.map(({ target }) => target.server ?? 'org'));
  return { ...org, servers: org.servers.filter(({ id }) => named.has(id)) };
}
