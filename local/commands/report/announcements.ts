import type { Series } from '../../../functions/model/series.ts';
import { readNotes } from '../../../functions/okta/status-notes.ts';
import type { IncidentTime } from './incidents.ts';
import { joined, resolutionsIn } from './slots.ts';
import type { Period, ReportSource } from './source.ts';

/** An incident that Okta's status page announced. */
export interface Announcement extends Period {
  /** Whether the page names the org's cell. Otherwise it is not known whether the org is affected. */
  readonly isOwnCell: boolean;
  /** Okta's own text. Trap: it comes from a web page, so escape it. */
  readonly words: readonly string[];
  /** The minutes between two readings of the page: times are late by up to this. */
  readonly everyMinutes: number;
  /** The start of the monitor's own incident at that time. Absent if it saw none. */
  readonly observedAt?: number;
}

const minuteMs = 60_000;

/** What began longer before or after is something else. */
const nearMs = 6 * 60 * minuteMs;

/** The announcements of a period. `level` is the series of the status page's probe. */
export async function readAnnouncements(
  source: ReportSource,
  { identity, target }: Pick<Series, 'identity' | 'target'>,
  period: Period,
  intervalMinutes: number,
  observed: readonly IncidentTime[],
): Promise<readonly Announcement[]> {
  const slots: (Period & { readonly level: number; readonly everyMinutes: number })[] = [];
  for (const part of resolutionsIn(source, period, 1)) {
    const slotMs = part.minutes * minuteMs;
    const start = Math.floor(part.start / slotMs) * slotMs;
    const everyMinutes = Math.max(intervalMinutes, part.minutes);
    const [levels = []] = await source.statistics(
      [{ identity, statistic: 'Maximum' }],
      { start, end: part.end },
      part.minutes,
    );
    for (const [index, level] of levels.entries()) {
      const at = start + index * slotMs;
      // An announcement holds until the page is read again.
      if (level !== undefined && level >= 1)
        slots.push({ level, everyMinutes, start: at, end: at + everyMinutes * minuteMs });
    }
  }
  const own = observed.filter(({ domain }) => domain === 'okta');
  const announcements: Announcement[] = [];
  for (const time of joined(slots, intervalMinutes * minuteMs)) {
    const during = slots.filter(({ start: at }) => at >= time.start && at < time.end);
    const [{ everyMinutes } = { everyMinutes: intervalMinutes }] = during;
    const { lines } = await source.evidence(target.org, { start: time.start, end: time.start + 2 * minuteMs });
    const words = new Set(
      lines.flatMap(({ line }) => {
        if (line.type !== 'outcome' || line.probe !== identity.dimensions.Probe) return [];
        const notes = line.status === 'passed' ? readNotes(line.notes) : undefined;
        return notes ? [...notes.own, ...notes.unplaced] : [];
      }),
    );
    const isNear = (incident: IncidentTime) =>
      incident.start - nearMs <= time.start && incident.end + nearMs >= time.start;
    const [nearest] = own
      .filter(isNear)
      .toSorted((one, other) => Math.abs(one.start - time.start) - Math.abs(other.start - time.start));
    announcements.push({
      ...time,
      ...{ isOwnCell: during.some(({ level }) => level >= 2), words: [...words], everyMinutes },
      ...(nearest && { observedAt: nearest.start }),
    });
  }
  return announcements;
}
