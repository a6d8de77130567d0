import type { Org } from '../../functions/model/org.ts';
import { type Group, groups } from '../../functions/model/probe.ts';
import { budgetOf, type RequestBudget } from '../../functions/probes/budget.ts';
import { probes } from '../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../functions/probes/plan.ts';
import { seriesOf } from '../../functions/probes/series.ts';
import { secretsIn } from '../functions/probe-event.ts';
import { minutesAMonth } from './prices.ts';

/** The parts of a CloudFormation template that cost money. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  readonly Properties?: any;
}

/** What one schedule does to a bill. */
export interface ScheduledRuns {
  /** In a month. */
  readonly count: number;
  readonly intervalMinutes: number;
  /** Of the function that it calls. */
  readonly function: string;
  readonly memoryGigabytes: number;
  /** Absent for the rehearsal of a notifier. */
  readonly probing?: Probing;
}

/** A run of an org's probes: exactly what the schedule's event asks for. */
export interface Probing {
  readonly org: string;
  readonly outcomes: number;
  /** The series that get points, each as a text that tells it from others. */
  readonly series: readonly string[];
  readonly secrets: readonly string[];
  readonly requests: RequestBudget;
}

/** The schedules of a template. */
export function scheduledRuns({ Resources }: Template): readonly ScheduledRuns[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::Scheduler::Schedule') return [];
    const [target = ''] = Properties.Target.Arn['Fn::GetAtt'];
    const intervalMinutes = Number(/^rate\((\d+) minutes?\)$/.exec(Properties.ScheduleExpression)?.[1]);
    const { FunctionName, MemorySize } = Resources[target]?.Properties ?? {};
    if (!intervalMinutes || !MemorySize) throw new Error(`cannot read the schedule ${Properties.Name}`);
    const probing = probingOf(Properties.Name, JSON.parse(Properties.Target.Input));
    return {
      count: minutesAMonth / intervalMinutes,
      intervalMinutes,
      function: FunctionName,
      memoryGigabytes: MemorySize / 1024,
      ...(probing && { probing }),
    };
  });
}

function probingOf(schedule: string, event: Org | { readonly selfTest: true }): Probing | undefined {
  if ('selfTest' in event) return undefined;
  const group = groups.find((each) => schedule === `${event.name}-${each}`);
  if (!group) throw new Error(`the schedule ${schedule} runs no group`);
  const plan = enabledProbes(planProbes(event, ofGroup(group)));
  return {
    org: event.name,
    outcomes: plan.length,
    series: seriesOf(event, plan).map(({ identity }) => JSON.stringify(identity)),
    secrets: secretsIn(event),
    requests: budgetOf(plan),
  };
}

function ofGroup(group: Group) {
  return probes.filter((probe) => probe.group === group);
}
