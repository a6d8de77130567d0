import type { LoggedLine } from '../model/log-line.ts';
import { formatClock, formatTime } from '../model/text.ts';
import { readNotes } from '../okta/status-notes.ts';
import { postingDelay } from '../okta/status-page.ts';

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

const notYet = 'No status-page notice yet';

/** Silence is no evidence against Okta. */
const lateness = `it posts ${postingDelay.least} to ${postingDelay.most} min late`;

/** Trap: if the page was not read, or could not be, the state is unknown. That does not mean that all is well. */
export function oktaStatusIn({ lines }: { readonly lines: readonly LoggedLine[] }): OktaStatus {
  const last = lines.findLast(({ line }) => line.type === 'outcome' && line.probe === 'status-page');
  if (last?.line.type !== 'outcome') return unread('the status page was not checked recently');
  const readAt = `status page read at ${formatTime(last.time)}`;
  const { line } = last;
  const announcements = line.status === 'passed' ? readNotes(line.notes) : undefined;
  if (!announcements) {
    const why = line.status === 'failed' && line.finding.detail ? `: ${line.finding.detail}` : '';
    return unread(`the status page could not be read at ${formatTime(last.time)}${why}`);
  }
  const { own } = announcements;
  if (own.length > 0)
    return {
      ...{ state: 'announced', isRead: true, brief: 'Okta announces an incident' },
      sentence: `Okta announces an incident for this org's cell: ${own.join('; ')} (${readAt}).`,
    };
  const { cell, elsewhere, unplaced } = announcements;
  if (unplaced.length > 0) {
    const unknown =
      cell === undefined
        ? 'Whether this org lives there is not known: its metadata does not name its cell. Set `cell` in the configuration.'
        : `It names no cell, so whether it affects this org (${cell}) is not known.`;
    return {
      ...{ state: 'unknown', isRead: true, brief: 'Okta announces an incident, perhaps not here' },
      sentence: `Okta announces an incident: ${unplaced.join('; ')} (${readAt}). ${unknown}`,
    };
  }
  const here = elsewhere.length > 0 ? ` for this org's cell ${cell}` : '';
  const others = elsewhere.length > 0 ? `, but elsewhere: ${elsewhere.join('; ')}` : '';
  return {
    ...{ state: 'none', isRead: true, brief: notYet },
    sentence: `Okta announces no incident${here} at ${formatClock(last.time)} (${lateness})${others}.`,
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
