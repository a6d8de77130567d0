import type { Org } from '../../functions/model/org.ts';
import { type Group, groups } from '../../functions/model/probe.ts';
import { latenessSeries } from '../../functions/model/series.ts';
import { budgetOf, type RequestBudget } from '../../functions/probes/budget.ts';
import { probes } from '../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../functions/probes/plan.ts';
import { seriesOf } from '../../functions/probes/series.ts';
import { waitMsOf } from '../../functions/run/deadline.ts';
import { secretsIn } from '../functions/probe-event.ts';
import { minutesPerMonth } from './prices.ts';

/** A CloudFormation template. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the properties of a resource depend on its type
  readonly Properties?: any;
}

/** The runs of one schedule. */
export interface ScheduledRuns {
  /** Per month. */
  readonly count: number;
  readonly intervalMinutes: number;
  /** The name of the function that it invokes. */
  readonly function: string;
  readonly memoryGigabytes: number;
  /** Absent for a notifier's self-test and for the sweep. */
  readonly probeRun?: ProbeRun;
}

/** What one run of a group of probes does, as its event determines. */
export interface ProbeRun {
  readonly org: string;
  readonly outcomes: number;
  /** The identities of the series that it publishes, as JSON. */
  readonly series: readonly string[];
  readonly secrets: readonly string[];
  /** Whether a user signs in, one request after the other. */
  readonly signsIn: boolean;
  /** Whether the org's System Log is read, and its memory written. */
  readonly readsLog: boolean;
  /** How many probes read their memory. */
  readonly memories: number;
  readonly requests: RequestBudget;
  /** How long one run an hour waits for the end of a grace period. */
  readonly waitMs: number;
}

/** The runs of every schedule in a template. */
export function scheduledRuns({ Resources }: Template): readonly ScheduledRuns[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::Scheduler::Schedule') return [];
    const [target = ''] = Properties.Target.Arn['Fn::GetAtt'];
    const intervalMinutes = Number(/^rate\((\d+) minutes?\)$/.exec(Properties.ScheduleExpression)?.[1]);
    const { FunctionName, MemorySize } = Resources[target]?.Properties ?? {};
    if (!intervalMinutes || !MemorySize) throw new Error(`cannot read the schedule ${Properties.Name}`);
    const probeRun = probeRunOf(Properties.Name, JSON.parse(Properties.Target.Input));
    return {
      count: minutesPerMonth / intervalMinutes,
      intervalMinutes,
      function: FunctionName,
      memoryGigabytes: MemorySize / 1024,
      ...(probeRun && { probeRun }),
    };
  });
}

function probeRunOf(
  schedule: string,
  event: Org | { readonly selfTest: true } | { readonly sweep: true },
): ProbeRun | undefined {
  if (!('servers' in event)) return undefined;
  const group = groups.find((each) => schedule === `${event.name}-${each}`);
  if (!group) throw new Error(`the schedule ${schedule} does not run a group of probes`);
  const plan = enabledProbes(planProbes(event, probesOf(group)));
  return {
    org: event.name,
    outcomes: plan.length,
    series: [...seriesOf(event, plan), latenessSeries(group, event.deployment)].map(({ identity }) =>
      JSON.stringify(identity),
    ),
    secrets: secretsIn(event),
    signsIn: event.user !== undefined,
    readsLog: event.systemLog !== undefined,
    memories: plan.filter(({ probe }) => probe.remembers).length,
    requests: budgetOf(plan),
    waitMs: waitMsOf(event, group),
  };
}

function probesOf(group: Group) {
  return probes.filter((probe) => probe.group === group);
}
