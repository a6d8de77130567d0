import { alarmMeaning } from '../findings/alarm-catalog.ts';
import { answeredBy } from '../findings/blame.ts';
import { atServers } from '../findings/impact.ts';
import type { Exchange } from '../model/exchange.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Finding, Suspect } from '../model/finding.ts';
import { formatDuration, formatTime, joinFirst } from '../model/text.ts';
import type { OrgBoard } from './board.ts';
import type { GroupRuns } from './group-runs.ts';
import { isOver, type Problem, type ToldIncident } from './problems.ts';

export type Sentence = Pick<OrgBoard, 'standing' | 'sentence'>;

export interface SentenceFacts {
  readonly runs: readonly GroupRuns[];
  /** The gravest first. */
  readonly problems: readonly Problem[];
  readonly told: readonly ToldIncident[];
  /** What does not run, or cannot be read, as whole sentences. */
  readonly notRunning: readonly string[];
  readonly now: number;
}

/** How an org is and who must act, in words that need no knowledge of Okta. */
export function sentenceOf(facts: SentenceFacts): Sentence {
  const { runs, problems, notRunning, now } = facts;
  const silence = silenceOf(facts);
  if (silence !== undefined) return { standing: 'unknown', sentence: `Unknown: ${silence}` };
  const [first, ...others] = problems;
  const more = others.length > 0 ? ` ${others.length} more ${others.length === 1 ? 'problem' : 'problems'}.` : '';
  const gaps = notRunning.length > 0 ? ` Not everything is known: ${notRunning.join(' ')}` : '';
  if (first && (first.incident || first.isLasting)) {
    const untold = first.incident ? '' : ' No message was sent about it: a maintenance window may be why.';
    return {
      standing: first.severity,
      sentence: `${whoMustAct(first.finding, first.exchange)}: ${happening(first, now)}${untold}${more}${gaps}`,
    };
  }
  if (notRunning.length > 0)
    return {
      standing: 'unknown',
      sentence: `Unknown in part: ${notRunning.join(' ')}${first ? ` No alarm yet: ${happening(first, now)}` : ''}`,
    };
  if (first) return { standing: 'watching', sentence: `No alarm yet: ${happening(first, now)}${more}` };
  const unseen = facts.told.find(({ incident }) => !isOver(incident) && !incident.isNotice && !incident.drill);
  if (unseen) return { standing: 'watching', sentence: notSeen(unseen, now) };
  const isDrill = facts.told.some(({ incident }) => incident.drill && !isOver(incident));
  const drill = isDrill ? ' A drill is running: an alarm fires although nothing is wrong.' : '';
  return { standing: 'well', sentence: `${well(runs)}${drill}` };
}

/** Why nothing is known of the org. Undefined if a group has run on time. */
function silenceOf({ runs, notRunning, now }: SentenceFacts): string | undefined {
  if (runs.length === 0)
    return notRunning[0] ?? 'no run has left anything in the state table for two days, or none ever did.';
  if (runs.some(({ isLate }) => !isLate)) return undefined;
  return `nothing has run since ${clock(Math.max(...runs.map(({ lastAt }) => lastAt)), now)}.`;
}

/** The effect on people, the place and the start. */
function happening({ finding, impact, since, targets }: Problem, now: number): string {
  const at = impact ? atServers(impact.servers) : ` (${joinFirst(targets, 3)})`;
  return `${impact?.clause ?? finding.brief}${at} since ${clock(since, now)} (${formatDuration(now - since)}).`;
}

function notSeen({ incident: { since }, subject }: ToldIncident, now: number): string {
  return subject.kind === 'findings'
    ? `Over, or it comes and goes: the last run does not report what began at ${clock(since, now)}.`
    : `Not over yet: ${alarmMeaning(subject).brief} since ${clock(since, now)}.`;
}

function well(runs: readonly GroupRuns[]): string {
  const marks = runs.flatMap((each) => [...(each.runs.findLast(({ at }) => at === each.lastAt)?.marks.values() ?? [])]);
  const [passed, skipped] = [
    marks.filter((mark) => mark !== 'skipped').length,
    marks.filter((mark) => mark === 'skipped').length,
  ];
  const pass = passed === 1 ? '1 check passes' : `${passed} checks pass`;
  return `All well: ${pass}${skipped > 0 ? `, ${skipped} skipped` : ''}.`;
}

/** The time of day; with the date, if it was long ago. */
export function clock(time: number, now: number): string {
  return now - time < 18 * 3_600_000 ? formatTime(time).slice(11) : formatTime(time);
}

/**
 * Who must act on a finding, for the beginning of a sentence. Okta is named alone only where an answer proves that Okta
 * sent it.
 */
export function whoMustAct(finding: Pick<Finding, 'domain' | 'suspect'>, exchange: Exchange | undefined): string {
  const { domain, suspect } = finding;
  if (suspect) return actorsBySuspect[suspect] ?? actors[domain];
  const by = answeredBy(exchange)?.by;
  if (domain === 'okta' && by === 'unknown') return 'Okta, or the owner of a proxy in between, must act';
  if (domain === 'okta' && by === 'nobody') return 'Okta or the network team must act';
  if (domain === 'okta' && by === 'intermediary') return 'The owner of the proxy in between must act';
  if (domain === 'network' && by === 'intermediary') return 'The owner of the proxy in between must act';
  return actors[domain];
}

const actorsBySuspect: Readonly<Record<Suspect, string | undefined>> = {
  okta: 'Okta must act',
  'okta or administrators': 'Okta or its administrators must act',
  'okta or custom domain': "Okta, or the owner of the custom domain's DNS and CDN, must act",
  'custom domain': "The owner of the custom domain's DNS and CDN must act",
  'our way': undefined,
  unknown: 'An Okta administrator should look first',
};

/** Without an answer to go by. */
const actors: Readonly<Record<FaultDomain, string>> = {
  okta: 'Okta must act',
  network: 'The network team must act',
  quota: 'The owner of the client that uses up the rate limit must act',
  configuration: 'An Okta administrator must act',
  credentials: 'The owner of the credential must act',
  clock: 'The owner of the clock that is wrong must act',
  monitor: 'The team that runs this monitor must act',
};
