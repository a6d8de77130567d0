import type { LoggedLine } from '../model/log-line.ts';
import { formatTime } from '../model/text.ts';
import { readNotes } from '../okta/status-notes.ts';

/** Okta's announcements on its status page, as the probe last read them. */
export interface OktaStatus {
  /** `none` only if no incident can concern the org; `unknown` if one may, or if the page was not read. */
  readonly state: 'announced' | 'none' | 'unknown';
  /** Whether the page was read, so that people need not look. */
  readonly isRead: boolean;
  /** A few words, for the first line of a message. */
  readonly brief: string;
  /** One sentence or two. */
  readonly sentence: string;
}

/** Trap: if the page was not read, or could not be, the state is unknown. That does not mean that all is well. */
export function oktaStatusIn({ lines }: { readonly lines: readonly LoggedLine[] }): OktaStatus {
  const last = lines.findLast(({ line }) => line.type === 'outcome' && line.probe === 'status-page');
  if (last?.line.type !== 'outcome') return unread('the status page was not checked recently');
  const readAt = `status page read at ${formatTime(last.time)}`;
  const { line } = last;
  if (line.status === 'failed' && line.finding.code === 'announced-incident') {
    const { detail = 'no details' } = line.finding;
    return {
      ...{ state: 'announced', isRead: true, brief: 'Okta announces an incident' },
      sentence: `Okta announces an incident for this org: ${detail} (${readAt}).`,
    };
  }
  const announcements = line.status === 'passed' ? readNotes(line.notes) : undefined;
  if (!announcements) {
    const why = line.status === 'failed' && line.finding.detail ? `: ${line.finding.detail}` : '';
    return unread(`the status page could not be read at ${formatTime(last.time)}${why}`);
  }
  const { cell, elsewhere, unplaced } = announcements;
  if (unplaced.length > 0) {
    const unknown =
      cell === undefined
        ? 'Whether this org lives there is not known: set `cell` in the configuration.'
        : `It names no cell, so whether it affects this org (${cell}) is not known.`;
    return {
      ...{ state: 'unknown', isRead: true, brief: 'Okta announces an incident, perhaps not here' },
      sentence: `Okta announces an incident: ${unplaced.join('; ')} (${readAt}). ${unknown}`,
    };
  }
  if (elsewhere.length === 0) {
    return {
      ...{ state: 'none', isRead: true, brief: 'No status-page notice' },
      sentence: `Okta announces no incident (${readAt}).`,
    };
  }
  return {
    ...{ state: 'none', isRead: true, brief: 'No status-page notice for this cell' },
    sentence: `Okta announces no incident for this org's cell ${cell} (${readAt}), but elsewhere: ${elsewhere.join('; ')}.`,
  };
}

function unread(why: string): OktaStatus {
  return {
    state: 'unknown',
    isRead: false,
    brief: 'Status page not read',
    sentence: `Okta's status is unknown: ${why}.`,
  };
}
