import { createHash } from 'node:crypto';
import type { Incident, Links } from './incident.ts';
import { alarmArn } from './render/cloudwatch.ts';

/**
 * The same for the two messages of an incident, and for no other incident. The reason for which the alarm fired is
 * different in each incident, and the alarm's history keeps it.
 *
 * Trap: an outage of Okta makes the same alarm fire for the same reason in each Region that has a monitor.
 */
export function incidentId({ alarm, firingReason = '' }: Incident, links: Links): string {
  const cause = `${alarmArn(alarm.name, links)} ${firingReason}`;
  return `${alarm.name}/${createHash('sha256').update(cause).digest('hex').slice(0, 12)}`;
}
