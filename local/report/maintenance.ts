import type { Maintenance } from '../../lib/config/schema.ts';
import { isMuting, type MuteRule, parseSchedule } from '../emulators/cloudwatch/index.ts';

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
