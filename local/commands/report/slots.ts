import {
  findingMinutes,
  type Levels,
  type MinuteState,
  minuteState,
  type Range,
  unionOf,
} from '../../../functions/findings/slo.ts';
import { type FaultDomain, faultDomains } from '../../../functions/model/fault-domain.ts';
import { type SeriesOrg, severitySeries } from '../../../functions/model/series.ts';
import type { Period, ReportSource } from './source.ts';

/** The resolution of the points: one run's minute, or a longer period where points are old. */
export interface Slot extends Period {
  readonly minutes: number;
  readonly levels: Levels;
  /** How many of its minutes had a finding of the level, by fault domain. Absent where there was none. */
  readonly page: Readonly<Partial<Record<FaultDomain, Range>>>;
  readonly ticket: Readonly<Partial<Record<FaultDomain, Range>>>;
  /** How many of its minutes are in a maintenance window. */
  readonly maintenanceMinutes: number;
}

/** A stretch of time with the resolution of its points. */
export interface Resolution extends Period {
  readonly minutes: number;
}

const minuteMs = 60_000;

/** Parts of a period with one resolution each. Each has at least one run in every slot. */
export function resolutionsIn(source: ReportSource, period: Period, intervalMinutes: number): readonly Resolution[] {
  const parts: Resolution[] = [];
  let { start } = period;
  while (start < period.end) {
    const finest = source.finestMinutes(start);
    const minutes = finest * Math.ceil(intervalMinutes / finest);
    const slotMs = minutes * minuteMs;
    let end = start;
    // A slot that begins in time is read as a whole.
    do end = Math.floor(end / slotMs) * slotMs + slotMs;
    while (end < period.end && source.finestMinutes(end) === finest);
    parts.push({ start, end: Math.min(end, period.end), minutes });
    start = Math.min(end, period.end);
  }
  return parts;
}

export interface SlotOptions {
  readonly org: SeriesOrg;
  readonly period: Period;
  /** How often `flows` runs. */
  readonly intervalMinutes: number;
  readonly isMaintenance: (at: number) => boolean;
}

/** The severities of an org, slot by slot. */
export async function readSlots(source: ReportSource, options: SlotOptions): Promise<readonly Slot[]> {
  const { org, period, intervalMinutes } = options;
  const slots: Slot[] = [];
  for (const part of resolutionsIn(source, period, intervalMinutes)) {
    const identities = faultDomains.map((domain) => severitySeries(org, domain).identity);
    const isExact = part.minutes === intervalMinutes;
    const aligned = {
      start: Math.floor(part.start / (part.minutes * minuteMs)) * part.minutes * minuteMs,
      end: part.end,
    };
    const series = await source.statistics(
      [
        ...identities.map((identity) => ({ identity, statistic: 'Maximum' as const })),
        ...(isExact ? [] : identities.map((identity) => ({ identity, statistic: 'Sum' as const }))),
      ],
      aligned,
      part.minutes,
    );
    const count = Math.ceil((aligned.end - aligned.start) / (part.minutes * minuteMs));
    for (let index = 0; index < count; index += 1) {
      const at = aligned.start + index * part.minutes * minuteMs;
      const [start, end] = [Math.max(at, period.start), Math.min(at + part.minutes * minuteMs, period.end)];
      const minutes = (end - start) / minuteMs;
      const value = (each: number) => series[each]?.[index];
      const of = (severity: 'page' | 'ticket') =>
        Object.fromEntries(
          faultDomains.flatMap((domain, each) => {
            const range = findingMinutes(severity, {
              ...{ maximum: value(each), sum: value(each + faultDomains.length) },
              ...{ slotMinutes: part.minutes, intervalMinutes },
            });
            return range ? [[domain, within(range, minutes, part.minutes)]] : [];
          }),
        );
      slots.push({
        ...{ start, end, minutes: part.minutes },
        levels: Object.fromEntries(
          faultDomains.flatMap((domain, each) => (value(each) === undefined ? [] : [[domain, value(each)]])),
        ),
        ...{ page: of('page'), ticket: of('ticket') },
        maintenanceMinutes: minutesIn({ start, end }).filter(options.isMaintenance).length,
      });
    }
  }
  return slots;
}

/** How many bad minutes of a slot are in a part of it. Which of its minutes they are is not known. */
function within({ least, most }: Range, minutes: number, slotMinutes: number): Range {
  return { least: Math.max(0, least - (slotMinutes - minutes)), most: Math.min(minutes, most) };
}

function minutesIn({ start, end }: Period): readonly number[] {
  return Array.from({ length: (end - start) / minuteMs }, (_, index) => start + index * minuteMs);
}

/** How many minutes were what. */
export interface Tally {
  readonly total: number;
  readonly good: Range;
  readonly bad: Range;
  /** No page in these domains, but the network or the monitor failed, so nothing could be seen. */
  readonly unseen: number;
  readonly unknown: number;
  readonly maintenance: number;
}

/** Classifies the minutes of some slots for some fault domains. */
export function tally(slots: readonly Slot[], domains: readonly FaultDomain[]): Tally {
  const count: Record<MinuteState | 'maintenance', number> = { good: 0, bad: 0, unseen: 0, unknown: 0, maintenance: 0 };
  let [least, most] = [0, 0];
  for (const slot of slots) {
    const state = minuteState(slot.levels, domains);
    const minutes = (slot.end - slot.start) / minuteMs;
    const rest = minutes - slot.maintenanceMinutes;
    count.maintenance += slot.maintenanceMinutes;
    count[state] += rest;
    if (state !== 'bad') continue;
    const bad = unionOf(
      domains.flatMap((domain) => slot.page[domain] ?? []),
      minutes,
    );
    const counted = within(bad, rest, minutes);
    least += counted.least;
    most += counted.most;
  }
  const { unseen, unknown, maintenance } = count;
  return {
    total: slots.reduce((sum, { start, end }) => sum + (end - start) / minuteMs, 0),
    good: { least: count.good + count.bad - most, most: count.good + count.bad - least },
    bad: { least, most },
    ...{ unseen, unknown, maintenance },
  };
}

/** The minutes with a finding of a level in one domain, maintenance included. */
export function domainMinutes(slots: readonly Slot[], domain: FaultDomain, severity: 'page' | 'ticket'): Range {
  const ranges = slots.flatMap((slot) => slot[severity][domain] ?? []);
  return {
    least: ranges.reduce((sum, { least }) => sum + least, 0),
    most: ranges.reduce((sum, { most }) => sum + most, 0),
  };
}

/** Times without any point, from the first minute to the one after the last. */
export function silencesIn(slots: readonly Slot[]): readonly Period[] {
  return joined(slots.filter(({ levels }) => Object.keys(levels).length === 0));
}

/** Slots that follow each other, as one time. */
export function joined(slots: readonly Period[], patienceMs = 0): readonly Period[] {
  const times: Period[] = [];
  for (const { start, end } of slots) {
    const last = times.at(-1);
    if (last && start - last.end <= patienceMs) times[times.length - 1] = { start: last.start, end };
    else times.push({ start, end });
  }
  return times;
}
