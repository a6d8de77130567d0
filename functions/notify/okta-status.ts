import type { Evidence } from './evidence.ts';
import { formatTime } from './render/text.ts';

/** What Okta itself announces on its status page, as the probe read it last. */
export interface OktaStatus {
  readonly state: 'announced' | 'none' | 'unknown';
  /** One sentence. */
  readonly sentence: string;
}

/** Okta's own word. A page that could not be read, or was not, is unknown: never peace. */
export function oktaStatusIn({ lines }: Pick<Evidence, 'lines'>): OktaStatus {
  const last = lines.findLast(({ line }) => line.type === 'outcome' && line.probe === 'status-page');
  if (last?.line.type !== 'outcome') {
    return { state: 'unknown', sentence: 'Unknown: the log holds no look at its status page.' };
  }
  const read = `read at ${formatTime(last.time)}`;
  const { line } = last;
  if (line.status === 'passed') {
    const [cell = 'cell unknown', ...elsewhere] = line.notes;
    const others = elsewhere.length > 0 ? ` Elsewhere, or without a cell: ${elsewhere.join('; ')}.` : '';
    return { state: 'none', sentence: `Okta announces no incident for this org (${cell}, ${read}).${others}` };
  }
  if (line.status === 'failed' && line.finding.code === 'announced-incident') {
    return { state: 'announced', sentence: `Okta announces an incident here: ${line.finding.detail ?? ''} (${read}).` };
  }
  return { state: 'unknown', sentence: `Unknown: its status page could not be read (${read}).` };
}
