import { alarmMeaning } from '../findings/alarm-catalog.ts';
import { type FindingCode, findings } from '../findings/finding.ts';
import { oktaStatusIn } from '../findings/okta-status.ts';
import { type Group, groups } from '../model/probe.ts';
import { asRecord, number, text } from '../model/read.ts';
import { formatTime } from '../model/text.ts';
import { standings } from '../model/words.ts';
import type { Kept } from '../state/kept.ts';
import { type BoardIncident, type BoardRateLimit, type Measured, nothingMeasured, type OrgBoard } from './board.ts';
import { gridOf } from './grid.ts';
import { type GroupRuns, groupRunsOf } from './group-runs.ts';
import { isOver, type Problem, problemsOf, type ToldIncident, toldIncidents } from './problems.ts';
import { sentenceOf, whoMustAct } from './sentence.ts';

export interface OrgBoardOptions {
  readonly deployment: string;
  /** The time for which the board is, in milliseconds since the epoch. */
  readonly now: number;
  /** Measurements of the last hours. */
  readonly measured?: Measured;
}

/**
 * Returns the state of an org, from its items in the state table (`readKept`, or `keptOf` of its items).
 *
 * Never throws: data that cannot be read is unknown.
 */
export function orgBoard(kept: Kept, options: OrgBoardOptions): OrgBoard {
  try {
    return readableBoard(kept, options);
  } catch {
    return unreadableBoard(kept.org, options);
  }
}

function unreadableBoard(org: string, { now, measured = nothingMeasured }: OrgBoardOptions): OrgBoard {
  return {
    ...{ org, at: now, measured, standing: 'unknown', incidents: [], rateLimits: [] },
    sentence: 'Unknown: what the state table holds of it cannot be read.',
    grid: { columns: [], rows: [], notRunning: [] },
    oktaStatus: oktaStatusIn({ lines: [] }),
  };
}

function readableBoard(kept: Kept, { deployment, now, measured = nothingMeasured }: OrgBoardOptions): OrgBoard {
  const { all, unreadable } = groupRunsOf(kept, now);
  const problems = problemsOf(all, kept, deployment, now);
  const told = toldIncidents(kept, deployment);
  const grid = gridOf(all, kept, unreadable, now);
  return {
    ...{ org: kept.org, at: now, grid, measured },
    ...sentenceOf({ runs: all, problems, told, notRunning: grid.notRunning, now }),
    incidents: told.map((each) => boardIncident(each, problems)),
    rateLimits: onePerBucket(all.flatMap(rateLimitsOf)),
    oktaStatus: oktaStatusIn({
      lines: all.flatMap(({ last, lastAt, group }) => last.map((line) => ({ time: lastAt, logGroup: group, line }))),
    }),
  };
}

/** The worst first, and then by name. */
export function worstFirst(boards: readonly OrgBoard[]): readonly OrgBoard[] {
  const rank = ({ standing }: OrgBoard) => standings.indexOf(standing);
  return boards.toSorted((one, other) => rank(one) - rank(other) || one.org.localeCompare(other.org));
}

function boardIncident({ incident, subject }: ToldIncident, problems: readonly Problem[]): BoardIncident {
  const { alarm, code, route, since, startObserved, toldAt } = incident;
  const problem = problems.find((each) => each.incident === incident);
  const meaning = alarmMeaning(subject);
  const finding =
    problem?.finding ??
    (code !== undefined && Object.hasOwn(findings, code) ? findings[code as FindingCode] : undefined);
  const domain = 'domain' in subject ? subject.domain : meaning.domain;
  const group = problem?.group ?? ('group' in subject ? subject.group : undefined);
  return {
    ...{ alarm, route, domain, since, startObserved, toldAt, told: toldWords(incident) },
    ...(code !== undefined && { code }),
    brief: finding?.brief ?? meaning.brief,
    whoMustAct: nobodyMustAct(incident) ?? whoMustAct(problem?.finding ?? { domain }, problem?.exchange),
    where: problem?.targets ?? [],
    ...(group !== undefined && groups.includes(group) && { group: group as Group }),
    heading: finding && code !== undefined ? code : meaning.heading,
  };
}

function nobodyMustAct(incident: ToldIncident['incident']): string | undefined {
  if (incident.drill) return 'No action needed: it is a drill';
  return isOver(incident) ? 'No action needed: it is over' : undefined;
}

function toldWords({ state, toldAt, isNotice }: ToldIncident['incident']): string {
  const words = {
    firing: 'told',
    recovered: 'told that it is over',
    again: 'told that it is back',
    resolved: 'resolved',
  };
  return `${isNotice ? 'told once' : words[state]} at ${formatTime(toldAt)}`;
}

/** As the newest run saw each bucket, with the requests of all groups. The one with the least left is first. */
function onePerBucket(seen: readonly BoardRateLimit[]): readonly BoardRateLimit[] {
  const buckets = Map.groupBy(seen, ({ bucket }) => bucket);
  const left = ({ remaining, limit }: BoardRateLimit) => remaining / limit;
  return [...buckets.values()]
    .map((each) => ({
      ...each.reduce((newest, other) => (other.at > newest.at ? other : newest)),
      ownPercent: each.reduce((sum, { ownPercent }) => sum + ownPercent, 0),
    }))
    .toSorted((one, other) => left(one) - left(other));
}

/** Trap: the state may be that of another version. */
function rateLimitsOf({ rateLimits, intervalMs, lastAt }: GroupRuns): readonly BoardRateLimit[] {
  return Object.entries(asRecord(rateLimits)).flatMap(([name, kept]) => {
    const read = asRecord(kept);
    const bucket = text(name, 80);
    const [limit, remaining, requests] = [number(read.limit), number(read.remaining), number(read.requests)];
    if (bucket === undefined || limit === undefined || remaining === undefined || requests === undefined) return [];
    if (limit <= 0) return [];
    return [{ bucket, limit, remaining, ownPercent: ((requests / limit) * 100 * 60_000) / intervalMs, at: lastAt }];
  });
}
