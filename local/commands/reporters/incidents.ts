import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import type { Route } from '../../../functions/model/finding.ts';
import type { ScenarioRun } from '../../lab/run-scenarios.ts';
import { type IncidentPlay, isBlamedRightly } from '../../lab/scenarios/incidents/incident-scenarios.ts';
import type { Noticing, PastIncident } from '../../lab/scenarios/incidents/past-incident.ts';
import { bold, dim, green, red, table } from './text.ts';

/** What people were told of a past incident when it was played. */
export interface PlayedIncident {
  readonly incident: PastIncident;
  /** Absent if nobody was told, or if it was not played. The minutes count from the start of the incident. */
  readonly told?: {
    readonly afterMinutes: number;
    readonly route: Route;
    readonly blamed: FaultDomain;
    readonly finding?: string;
  };
  readonly why?: string;
}

/** The incidents with what the runs of their scenarios showed. */
export function playedIncidents(
  plays: readonly IncidentPlay[],
  runs: readonly ScenarioRun[],
): readonly PlayedIncident[] {
  return plays.map(({ incident, noticing, scenario, why = 'nobody was told' }) => {
    const run = runs.find((each) => each.scenario === scenario);
    const sent = run?.verification.notifications.find(({ notifiedAfter }) => notifiedAfter !== undefined);
    const expected = scenario?.expected.find(({ alarm }) => alarm === sent?.alarm)?.context;
    if (!sent || sent.notifiedAfter === undefined || !expected || sent.finding !== expected.finding)
      return { incident, why };
    const afterMinutes = sent.notifiedAfter + postedAfter(noticing);
    return {
      incident,
      told: {
        afterMinutes,
        route: sent.route,
        blamed: expected.domain,
        ...(expected.finding && { finding: expected.finding }),
      },
    };
  });
}

/** How late Okta posted an incident that is noticed by its announcement. The drill begins with the posting. */
function postedAfter(noticing: Noticing | undefined): number {
  const play = noticing?.play;
  return typeof play === 'object' && 'announcement' in play ? (play.announcement.postedAfterMinutes ?? 0) : 0;
}

/** Formats each incident with who was told when, and whom the message blamed, in 100 columns. */
export function formatIncidents(
  played: readonly PlayedIncident[],
  { runs }: { readonly runs: readonly ScenarioRun[] },
): string {
  const failed = runs.filter(({ verification }) => !verification.passed);
  const row = ({ incident, told, why = '' }: PlayedIncident) => {
    const what = [incident.date, cut(incident.title, 62)];
    if (!told) return [dim('·'), ...what, dim(cut(why, 34)), '', ''];
    const isRight = isBlamedRightly(incident, told.blamed, told.finding);
    return [green('✓'), ...what, `${told.route} after ${told.afterMinutes}′`, told.blamed, isRight ? '' : red('wrong')];
  };
  const section = (whose: PastIncident['whose'], title: string) => {
    const own = played.filter(({ incident }) => incident.whose === whose);
    return ['', bold(title), ...table([['', 'date', 'incident', 'told', 'blamed', ''].map(dim), ...own.map(row)], [])];
  };
  return [
    ...section('okta', 'Outages of Okta'),
    ...section('customer', 'Mistakes and failures of customers'),
    ...failed.flatMap(({ scenario, verification }) => ['', red(scenario.name), ...verification.failures]),
    '',
    ...(['okta', 'customer'] as const).map((whose) => totalOf(played, whose)),
    '',
  ].join('\n');
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function totalOf(played: readonly PlayedIncident[], whose: PastIncident['whose']): string {
  const own = played.filter(({ incident }) => incident.whose === whose);
  const told = own.filter((each) => each.told);
  const right = told.filter((each) => each.told && isBlamedRightly(each.incident, each.told.blamed, each.told.finding));
  const name = whose === 'okta' ? "Okta's" : "customers'";
  return `${told.length} of ${own.length} of ${name} noticed, ${right.length} of them blamed rightly`;
}

/** The same as data, for scripts. Minutes are virtual. */
export function incidentsDocument(played: readonly PlayedIncident[]): object {
  return {
    incidents: played.map(({ incident: { date, title, source, whose }, told, why }) => ({
      ...{ date, title, source, whose, noticed: told !== undefined },
      ...told,
      ...(why !== undefined && { why }),
    })),
  };
}
