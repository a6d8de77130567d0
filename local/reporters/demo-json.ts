import { formatTarget } from '../../functions/model/target.ts';
import type { StoryVerdict } from '../runner/judge-story.ts';
import type { TimelineEvent } from '../runner/timeline.ts';
import type { Simulation } from '../simulator/simulation.ts';

/** The whole story as one JSON document, for scripts. */
export function storyJson(
  { startedAt, now }: Simulation,
  happenings: readonly TimelineEvent[],
  verdict: StoryVerdict,
): string {
  const { outage, ...judged } = verdict;
  const { case: one, cell, drill } = outage;
  return JSON.stringify(
    {
      case: {
        ...{ id: one.id, title: one.title, org: drill.org, at: formatTarget(cell.target), wire: cell.symptom },
        expected: cell.expected,
      },
      ...judged,
      ...{ startedAt: time(startedAt), endedAt: time(now) },
      happenings: happenings.map(describe),
    },
    null,
    2,
  );
}

function describe(happening: TimelineEvent): object {
  const { kind } = happening;
  const at = time(happening.at);
  switch (kind) {
    case 'minute': {
      const { runs, points, requests } = happening.minute;
      const counts = Object.entries(requests).map(([org, served]) => [org, served.length]);
      return {
        ...{ kind, at, outcomes: happening.outcomes, requests: Object.fromEntries(counts) },
        runs: runs.map(({ lines: _, at: _at, ...run }) => run),
        points: points.map(({ timestamp, ...point }) => ({ ...point, at: time(timestamp) })),
      };
    }
    case 'outage':
    case 'mended':
      return { kind, at };
    case 'alarm':
      return { kind, ...happening.transition, at };
    case 'message':
      return { kind, ...happening.message, at };
    default:
      return happening satisfies never;
  }
}

function time(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
