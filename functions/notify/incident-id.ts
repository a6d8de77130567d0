import { createHash } from 'node:crypto';
import type { Incident } from './incident.ts';

/**
 * The same for the two messages of an incident, and for no other incident. The reason for which the alarm fired is
 * different in each incident, and the alarm's history keeps it.
 */
export function incidentId({ alarm, firingReason = '' }: Incident): string {
  return `${alarm.name}/${createHash('sha256').update(firingReason).digest('hex').slice(0, 12)}`;
}
