import type { Evidence } from './evidence.ts';
import { formatTime } from './render/text.ts';

/** What Okta announces on its status page, as the probe last read it. */
export interface OktaStatus {
  readonly state: 'announced' | 'none' | 'unknown';
  /** One sentence or two. */
  readonly sentence: string;
}

/** Trap: if the page was not read, or could not be, the state is unknown. That does not mean that all is well. */
export function oktaStatusIn({ lines }: Pick<Evidence, 'lines'>): OktaStatus {
  const last = lines.findLast(({ line }) => line.type === 'outcome' && line.probe === 'status-page');
  if (last?.line.type !== 'outcome') {
    return { state: 'unknown', sentence: 'Unknown: the status page was not checked recently.' };
  }
  const readAt = `status page read at ${formatTime(last.time)}`;
  const { line } = last;
  if (line.status === 'passed') {
    const [cell = 'cell unknown', ...elsewhere] = line.notes;
    const others = elsewhere.length > 0 ? ` Announced for other cells or for no cell: ${elsewhere.join('; ')}.` : '';
    return { state: 'none', sentence: `Okta has announced no incident for this org (${cell}, ${readAt}).${others}` };
  }
  if (line.status === 'failed' && line.finding.code === 'announced-incident') {
    const { detail = 'no details' } = line.finding;
    return { state: 'announced', sentence: `Okta has announced an incident for this org: ${detail} (${readAt}).` };
  }
  return { state: 'unknown', sentence: `Unknown: the status page could not be read at ${formatTime(last.time)}.` };
}
