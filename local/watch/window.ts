import { evaluationRange } from '../emulators/cloudwatch/index.ts';
import type { Deployment } from '../simulator/template/deployment.ts';

/** Messages look back further than the alarm that they are about, for what was well before. */
const messagesMs = 60 * 60_000;

/** How far back alarms and messages need points and logs, in milliseconds. */
export function windowOf({ alarms }: Deployment): number {
  const ranges = alarms.alarms.map((alarm) =>
    alarm.kind === 'metric' ? evaluationRange(alarm.evaluationPeriods) * alarm.periodMs : 0,
  );
  return Math.max(0, ...ranges) + messagesMs;
}
