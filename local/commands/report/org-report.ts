import { type BudgetUse, budgetUse, type Range } from '../../../functions/findings/slo.ts';
import { type FaultDomain, faultDomains } from '../../../functions/model/fault-domain.ts';
import { headroomSeries } from '../../../functions/model/series.ts';
import { type Slo, windowMinutesOf } from '../../../functions/model/slo.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import { seriesOf } from '../../../functions/probes/series.ts';
import type { Maintenance } from '../../../lib/config/schema.ts';
import type { MonitoredOrg } from '../../../lib/monitored-org.ts';
import { isMuting, type MuteRule, parseSchedule } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { type Announcement, readAnnouncements } from './announcements.ts';
import { alarmOf, completed, type Incident, incidentTimes, isLongEnough } from './incidents.ts';
import { type Headroom, type Latency, readHeadroom, readLatency } from './latency.ts';
import {
  domainMinutes,
  type Resolution,
  readSlots,
  resolutionsIn,
  type Slot,
  silencesIn,
  type Tally,
  tally,
} from './slots.ts';
import type { AlarmChange, Period, ReportSource } from './source.ts';

/** The report of one org for a period. Times are epoch ms. */
export interface OrgReport {
  readonly org: string;
  readonly host: string;
  readonly period: Period;
  /** Where it was read. */
  readonly source: string;
  readonly resolutions: readonly Resolution[];
  readonly domains: readonly DomainShare[];
  readonly availability: Availability;
  readonly incidents: readonly Incident[];
  /** Findings that were too short for an alarm. */
  readonly brief: { readonly count: number; readonly minutes: Range };
  readonly announcements: readonly Announcement[];
  readonly latency: readonly Latency[];
  readonly headroom: readonly Headroom[];
  /** Times without any point, which count as unknown. */
  readonly gaps: readonly Gap[];
  /** What cannot be known, in sentences. */
  readonly remarks: readonly string[];
  /** The worst of each hour or day, for the plot. */
  readonly timeline: readonly TimelineEntry[];
}

/** How many minutes a fault domain had findings. A minute may count for several domains. */
export interface DomainShare {
  readonly domain: FaultDomain;
  readonly pageMinutes: Range;
  readonly ticketMinutes: Range;
}

/** How many of the minutes were good, for the fault domains of the objective or for Okta alone. */
export interface Availability extends Tally {
  readonly domains: readonly FaultDomain[];
  /** Of the minutes that were good or bad. Absent if there were none. */
  readonly percent?: Range;
  readonly objective?: Objective;
}

export interface Objective {
  readonly objectivePercent: number;
  readonly windowDays: number;
  /** Of the reported time. */
  readonly budget: BudgetUse;
  /** Of the rolling window that ends with the reported time. */
  readonly rolling: BudgetUse & Period;
}

export interface Gap extends Period {
  /** Why, if the source knows it. */
  readonly reason?: string;
}

export interface TimelineEntry extends Period {
  readonly badMinutes: Range;
  readonly unknownMinutes: number;
}

export interface ReportOptions {
  readonly monitored: MonitoredOrg;
  readonly maintenance: readonly Maintenance[];
  readonly period: Period;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** How long before the reported time an alarm may have fired that still does. CloudWatch knows no more. */
const firingMs = 30 * dayMs;

/** The number of incidents with evidence, longest first: evidence takes one call for each log. */
const mostEvidence = 50;

/** Reads and counts everything about one org. Errors of the source are thrown. */
export async function reportOrg(source: ReportSource, options: ReportOptions): Promise<OrgReport> {
  const { monitored, maintenance, period } = options;
  const { org, plan } = monitored;
  const { flows: intervalMinutes, status } = monitored.intervalMinutes;
  const { slo } = org;
  const read = (time: Period) =>
    readSlots(source, { org, period: time, intervalMinutes, isMaintenance: maintenanceOf(maintenance, org.name) });
  const slots = await read(period);
  const all = incidentTimes(slots, intervalMinutes);
  const long = all.filter((time) => isLongEnough(time, intervalMinutes));
  const shortOnes = all.filter((time) => !long.includes(time));
  const withEvidence = new Set(long.toSorted((one, other) => weightOf(other) - weightOf(one)).slice(0, mostEvidence));
  const changes = new Map<string, readonly AlarmChange[]>();
  const incidents: Incident[] = [];
  for (const time of long) {
    const alarm = alarmOf(time, org);
    const known =
      changes.get(alarm) ??
      (await source.alarmChanges(alarm, { start: period.start - firingMs, end: period.end + dayMs }));
    changes.set(alarm, known);
    incidents.push(
      withEvidence.has(time)
        ? await completed(source, time, org, known, intervalMinutes)
        : { ...time, findings: [], problem: `only the ${mostEvidence} longest incidents are looked up in the logs` },
    );
  }
  const series = seriesOf(org, plan);
  const announced = series.find(({ identity }) => identity.name === 'IncidentLevel');
  const announcements = announced ? await readAnnouncements(source, announced, period, status, all) : [];
  const timed = series
    .filter(({ identity, source: from }) => identity.name === 'Duration' && from.kind === 'probe')
    .map((each) => ({
      ...each,
      label: formatTarget({ probe: each.identity.dimensions.Probe ?? '', ...serverOf(each.target) }),
    }));
  const hasHeadroom = series.some(({ source: from }) => from.kind === 'headroom');
  const reasons = source.reasons(period);
  const gaps = silencesIn(slots).map((gap): Gap => {
    const known = reasons.find(({ start, end }) => start < gap.end && end > gap.start);
    return { ...gap, ...(known && { reason: known.reason }) };
  });
  const resolutions = resolutionsIn(source, period, intervalMinutes);
  return {
    ...{ org: org.name, host: org.domain, period, source: source.name, resolutions },
    domains: faultDomains.map((domain) => ({
      domain,
      pageMinutes: domainMinutes(slots, domain, 'page'),
      ticketMinutes: domainMinutes(slots, domain, 'ticket'),
    })),
    availability: await availabilityOf(slots, period, slo, read),
    incidents,
    brief: {
      count: shortOnes.length,
      minutes: {
        least: shortOnes.reduce(
          (sum, { pageMinutes, ticketMinutes }) => sum + pageMinutes.least + ticketMinutes.least,
          0,
        ),
        most: shortOnes.reduce((sum, { pageMinutes, ticketMinutes }) => sum + pageMinutes.most + ticketMinutes.most, 0),
      },
    },
    announcements,
    latency: await readLatency(source, timed, period),
    headroom: hasHeadroom ? await readHeadroom(source, headroomSeries(org), period) : [],
    gaps,
    remarks: [...remarksOf(source, period, resolutions, intervalMinutes), ...edgeRemarks(all, period)],
    timeline: timelineOf(slots, period, slo?.domains ?? ['okta']),
  };
}

function serverOf({ server }: { readonly server?: string }) {
  return server === undefined ? {} : { server };
}

function weightOf({ pageMinutes, ticketMinutes }: Pick<Incident, 'pageMinutes' | 'ticketMinutes'>): number {
  // A minute of a page weighs more than a day of a ticket.
  return pageMinutes.most * 2_000 + ticketMinutes.most;
}

async function availabilityOf(
  slots: readonly Slot[],
  period: Period,
  slo: Slo | undefined,
  read: (time: Period) => Promise<readonly Slot[]>,
): Promise<Availability> {
  const domains = slo?.domains ?? ['okta'];
  const counted = tally(slots, domains);
  const { good, bad } = counted;
  const known = good.most + bad.least;
  const percent = known > 0 && { percent: { least: (good.least / known) * 100, most: (good.most / known) * 100 } };
  if (!slo) return { ...counted, domains, ...percent };
  const rolling = { start: period.end - windowMinutesOf(slo) * minuteMs, end: period.end };
  const before = rolling.start < period.start ? await read({ start: rolling.start, end: period.start }) : [];
  const within = [...before, ...slots].filter(({ start }) => start >= rolling.start);
  return {
    ...{ ...counted, domains, ...percent },
    objective: {
      ...{ objectivePercent: slo.objectivePercent, windowDays: slo.windowDays },
      budget: budgetUse(slo, counted.total, bad),
      rolling: { ...rolling, ...budgetUse(slo, windowMinutesOf(slo), tally(within, domains).bad) },
    },
  };
}

function remarksOf(
  source: ReportSource,
  { start }: Period,
  resolutions: readonly Resolution[],
  intervalMinutes: number,
): readonly string[] {
  const iso = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const coarse = resolutions.filter(({ minutes }) => minutes > intervalMinutes);
  return [
    ...coarse.map(
      (part) =>
        `From ${iso(part.start)} to ${iso(part.end)}, points can only be read in periods of ${part.minutes} minutes. How many of the minutes were bad is known between two bounds, and gaps shorter than ${part.minutes} minutes do not show.`,
    ),
    ...(start < source.alarmsKnownSince && Number.isFinite(source.alarmsKnownSince)
      ? [
          `Changes of alarms are kept for 30 days: whether people were told before ${iso(source.alarmsKnownSince)} is not known.`,
        ]
      : []),
  ];
}

/** Findings are read within the reported time only. */
function edgeRemarks(times: readonly Period[], { start, end }: Period): readonly string[] {
  return [
    ...(times.some((time) => time.start === start)
      ? ['What was wrong in the first minute may have begun earlier: only the reported time was read.']
      : []),
    ...(times.some((time) => time.end === end)
      ? ['What was wrong in the last minute may have lasted longer: only the reported time was read.']
      : []),
  ];
}

function timelineOf(slots: readonly Slot[], period: Period, domains: readonly FaultDomain[]): readonly TimelineEntry[] {
  const size = period.end - period.start <= 4 * dayMs ? 60 * minuteMs : dayMs;
  const byBucket = Map.groupBy(slots, ({ start }) => Math.floor(start / size) * size);
  return [...byBucket].map(([start, own]) => {
    const { bad, unknown, unseen } = tally(own, domains);
    return { start, end: start + size, badMinutes: bad, unknownMinutes: unknown + unseen };
  });
}

/** Whether a minute is in a maintenance window of an org, as they are configured now. */
export function maintenanceOf(windows: readonly Maintenance[], org: string): (at: number) => boolean {
  const rules = windows
    .filter(({ orgs }) => orgs?.includes(org) ?? true)
    .map(
      ({ name, schedule, timeZone, durationMinutes }): MuteRule => ({
        ...{ logicalId: name, name, alarms: [], timeZone, durationMs: durationMinutes * 60_000 },
        schedule: parseSchedule(schedule, timeZone),
      }),
    );
  return (at) => rules.some((rule) => isMuting(rule, at));
}
