import type { BudgetUse, Range } from '../../../../functions/findings/slo.ts';
import { domainLabels } from '../../../../functions/model/fault-domain.ts';
import { formatDuration, formatTime } from '../../../../functions/model/text.ts';
import type { Announcement } from '../../report/announcements.ts';
import type { Incident, IncidentFinding } from '../../report/incidents.ts';
import type { OrgReport } from '../../report/org-report.ts';
import type { Period } from '../../report/source.ts';
import { headroomPlot, latencyPlot, minutesPlots, type Plot } from './plots.ts';

/** A part of a report, in no format yet. Trap: its texts may be Okta's own, so each format escapes all of them. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'plot'; readonly plot: Plot };

const minuteMs = 60_000;

/** Of each part, the terminal, Markdown and HTML say the same. */
export function sectionsOf(report: OrgReport): readonly Section[] {
  return [
    availabilitySection(report),
    domainSection(report),
    incidentSection(report),
    ...(report.announcements.length > 0 ? [announcementSection(report)] : []),
    ...(report.latency.length > 0 ? [latencySection(report)] : []),
    ...(report.headroom.length > 0 ? [headroomSection(report)] : []),
    gapSection(report),
    ...(report.remarks.length > 0
      ? [{ title: 'What cannot be known', blocks: [{ kind: 'list' as const, items: report.remarks }] }]
      : []),
  ];
}

export function titleOf({ org, host, period }: Pick<OrgReport, 'org' | 'host' | 'period'>): string {
  return `${org} (${host}), ${periodInWords(period)}`;
}

/** A month by its name, anything else by its ends. */
export function periodInWords({ start, end }: Period): string {
  const [first, after] = [new Date(start), new Date(end)];
  const isMonth =
    first.toISOString().endsWith('-01T00:00:00.000Z') &&
    Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1) === after.getTime();
  return isMonth ? first.toISOString().slice(0, 7) : `${formatTime(start)} to ${formatTime(end)}`;
}

/** One sentence that says how it was. */
export function verdictOf({ availability, incidents }: OrgReport): string {
  const { percent, objective, domains, bad, unknown, unseen } = availability;
  const whose = domains.length === 1 && domains[0] === 'okta' ? 'Okta' : domains.join(', ');
  if (!percent) return 'Unknown: no minute has data.';
  const available = `${whose}: ${percentage(percent)} of the known minutes were good, ${minutes(bad)} bad, in ${incidents.length} ${incidents.length === 1 ? 'incident' : 'incidents'} of all kinds.${unknown + unseen > 0 ? ` Nothing is known of ${minutes(exactly(unknown + unseen))}.` : ''}`;
  if (!objective) return available;
  const { leftPercent } = objective.rolling;
  return `${available} Objective ${objective.objectivePercent} %: ${budgetInWords(leftPercent)} of the error budget of ${objective.windowDays} days is left.`;
}

function availabilitySection({ availability, period, timeline }: OrgReport): Section {
  const { total, good, bad, unseen, unknown, maintenance, percent, domains, objective } = availability;
  const budget = (name: string, use: BudgetUse) => [
    name,
    `${oneDigit(use.minutes)} min`,
    minutes(use.used),
    budgetInWords(use.leftPercent),
  ];
  return {
    title: 'Availability',
    blocks: [
      {
        kind: 'text',
        text: `A minute is bad if a run reported a page finding of ${listOf(domains)}. Percentages are of the minutes that were good or bad.`,
      },
      {
        kind: 'table',
        header: ['Minutes', '', 'Share'],
        rows: [
          ['good', minutes(good), percent ? percentage(percent) : 'not known'],
          [
            'bad',
            minutes(bad),
            percent ? percentage({ least: 100 - percent.most, most: 100 - percent.least }) : 'not known',
          ],
          ['not seen: the network or the monitor failed', minutes(exactly(unseen)), ''],
          ['not known: no run reported anything', minutes(exactly(unknown)), ''],
          ['maintenance, not counted', minutes(exactly(maintenance)), ''],
          ['all', minutes(exactly(total)), ''],
        ],
      },
      ...(objective
        ? [
            {
              kind: 'table' as const,
              header: [`Objective ${objective.objectivePercent} %`, 'Error budget', 'Used', 'Left'],
              rows: [
                budget('this time', objective.budget),
                budget(`${objective.windowDays} days until ${formatTime(period.end)}`, objective.rolling),
              ],
            },
          ]
        : []),
      ...minutesPlots(timeline).map((plot) => ({ kind: 'plot' as const, plot })),
    ],
  };
}

function domainSection({ domains }: OrgReport): Section {
  return {
    title: 'Whose fault',
    blocks: [
      {
        kind: 'text',
        text: 'The minutes in which a run reported a finding, by who must act. A minute may count in several rows. Maintenance is included.',
      },
      {
        kind: 'table',
        header: ['Fault domain', 'Minutes with a page', 'Minutes with a ticket and no page'],
        rows: domains.map(({ domain, pageMinutes, ticketMinutes }) => [
          `${domain} (${domainLabels[domain]})`,
          minutes(pageMinutes),
          minutes(ticketMinutes),
        ]),
      },
    ],
  };
}

function incidentSection({ incidents, brief }: OrgReport): Section {
  const shorter =
    brief.count === 0
      ? []
      : [
          {
            kind: 'text' as const,
            text: `Besides, findings were reported ${brief.count} ${brief.count === 1 ? 'time' : 'times'} so briefly that no alarm tells of it: ${minutes(brief.minutes)} together.`,
          },
        ];
  if (incidents.length === 0) return { title: 'Incidents', blocks: [{ kind: 'text', text: 'None.' }, ...shorter] };
  return {
    title: 'Incidents',
    blocks: [
      {
        kind: 'table',
        header: ['Began', 'Ended', 'Lasted', 'Fault domain', 'Finding', 'Where', 'People were told'],
        rows: incidents.map((incident) => [
          formatTime(incident.start),
          formatTime(incident.end),
          formatDuration(incident.end - incident.start),
          `${incident.domain}, ${incident.severity}`,
          incident.findings.map(({ code }) => code).join(', ') || (incident.isDrill ? 'a drill' : 'not known'),
          [...new Set(incident.findings.flatMap(({ targets }) => targets))].slice(0, 4).join(', ') || 'not known',
          toldInWords(incident),
        ]),
      },
      ...(incidents.some(({ isDrill }) => isDrill)
        ? [
            {
              kind: 'text' as const,
              text: 'Nothing was wrong in a drill, but its minutes are counted: points do not tell them apart.',
            },
          ]
        : []),
      ...incidents.flatMap(evidenceOf),
      ...shorter,
    ],
  };
}

function toldInWords({ firedAt, start }: Incident): string {
  if (firedAt === 'unknown') return 'not known';
  if (firedAt === undefined) return 'no alarm fired';
  return firedAt < start ? `before, at ${formatTime(firedAt)}` : `after ${formatDuration(firedAt - start)}`;
}

function evidenceOf({ start, domain, findings, problem }: Incident): readonly Block[] {
  const items = findings.flatMap((finding) => [`${finding.code}: ${finding.summary}`, ...requestsOf(finding)]);
  const all = [...items, ...(problem === undefined ? [] : [`Not complete: ${problem}.`])];
  return all.length === 0
    ? []
    : [
        { kind: 'text', text: `Evidence of ${formatTime(start)}, ${domain}:` },
        { kind: 'list', items: all },
      ];
}

function requestsOf({ requests }: IncidentFinding): readonly string[] {
  return requests.map(
    ({ at, method, url, answer, requestId }) =>
      `${at.slice(0, 19)}Z ${method} ${url}: ${answer}${requestId === undefined ? '' : `, request id ${requestId}`}`,
  );
}

function announcementSection({ announcements }: OrgReport): Section {
  return {
    title: "Okta's announcements beside our observations",
    blocks: [
      {
        kind: 'table',
        header: ['Announced', 'Until', 'On our cell', 'In their words', 'Compared with ours'],
        rows: announcements.map((each) => [
          formatTime(each.start),
          formatTime(each.end),
          each.isOwnCell ? 'yes' : 'not known',
          each.words.join('; ') || 'not kept',
          comparisonOf(each),
        ]),
      },
    ],
  };
}

function comparisonOf({ start, observedAt, everyMinutes }: Announcement): string {
  if (observedAt === undefined) return 'we saw nothing of Okta at that time';
  const later = (start - observedAt) / minuteMs;
  const within = everyMinutes > 1 ? `, give or take ${everyMinutes} min` : '';
  if (later === 0) return `in the same minute${within}`;
  return `${formatDuration(Math.abs(later) * minuteMs)} ${later > 0 ? 'later' : 'earlier'} than our first finding${within}`;
}

function latencySection({ latency }: OrgReport): Section {
  const [first] = latency.flatMap(({ buckets }) => buckets);
  const each = first && first.end - first.start > 60 * minuteMs ? 'day' : 'hour';
  const middle = (values: readonly number[]) =>
    values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
  return {
    title: 'Latency',
    blocks: [
      {
        kind: 'text',
        text: `The server's time of a request, until the first byte. Percentiles of each ${each}: the middle one, and the worst. Those of the whole time do not follow from them.`,
      },
      {
        kind: 'table',
        header: ['Probe', 'Requests', 'p50', 'p95', `p95, worst ${each}`, `p99, worst ${each}`, 'That was'],
        rows: latency.map(({ target, buckets }) => {
          const worst = buckets.reduce((one, other) => (other.p95 > one.p95 ? other : one));
          return [
            target,
            String(buckets.reduce((sum, { requests }) => sum + requests, 0)),
            milliseconds(middle(buckets.map(({ p50 }) => p50))),
            milliseconds(middle(buckets.map(({ p95 }) => p95))),
            milliseconds(worst.p95),
            milliseconds(Math.max(...buckets.map(({ p99 }) => p99))),
            each === 'day' ? formatTime(worst.start).slice(0, 10) : formatTime(worst.start),
          ];
        }),
      },
      { kind: 'plot', plot: latencyPlot(latency) },
    ],
  };
}

function headroomSection({ headroom }: OrgReport): Section {
  const worst = headroom.reduce((one, other) => (other.percent < one.percent ? other : one));
  return {
    title: 'Rate-limit headroom',
    blocks: [
      {
        kind: 'text',
        text: `The worst hour began at ${formatTime(worst.start)}: ${oneDigit(worst.percent)} % of some rate limit was left.`,
      },
      { kind: 'plot', plot: headroomPlot(headroom) },
    ],
  };
}

/** The longest are shown. */
const mostGaps = 30;

function gapSection({ gaps }: OrgReport): Section {
  const title = 'When the monitor did not run';
  if (gaps.length === 0) return { title, blocks: [{ kind: 'text', text: 'Never: every minute has a run.' }] };
  const longest = gaps.toSorted((one, other) => other.end - other.start - (one.end - one.start)).slice(0, mostGaps);
  return {
    title,
    blocks: [
      {
        kind: 'text',
        text: `No run reported anything in these ${gaps.length === 1 ? 'minutes' : `${gaps.length} times`}. They count as unknown, and not as good.${gaps.length > mostGaps ? ` The ${mostGaps} longest are listed.` : ''}`,
      },
      {
        kind: 'table',
        header: ['From', 'To', 'Lasted', 'Why'],
        rows: longest
          .toSorted((one, other) => one.start - other.start)
          .map(({ start, end, reason }) => [
            formatTime(start),
            formatTime(end),
            formatDuration(end - start),
            reason ?? 'not known',
          ]),
      },
    ],
  };
}

const exactly = (value: number): Range => ({ least: value, most: value });

/** `8 min`, `2 to 9 min`. */
export function minutes({ least, most }: Range): string {
  const grouped = (value: number) => Math.round(value).toLocaleString('en-US');
  return least === most ? `${grouped(least)} min` : `${grouped(least)} to ${grouped(most)} min`;
}

/** Cut and not rounded, so that 99.9996 % is not 100 %. */
export function percentage({ least, most }: Range): string {
  const cut = (value: number) => (Math.floor(value * 1_000 + 1e-6) / 1_000).toString();
  return cut(least) === cut(most) ? `${cut(least)} %` : `${cut(least)} to ${cut(most)} %`;
}

function budgetInWords({ least, most }: Range): string {
  if (most < 0) return `nothing (${percentage({ least, most })})`;
  return percentage({ least, most });
}

function oneDigit(value: number): string {
  return (Math.round(value * 10) / 10).toLocaleString('en-US');
}

function milliseconds(value: number): string {
  return `${Math.round(value).toLocaleString('en-US')} ms`;
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
