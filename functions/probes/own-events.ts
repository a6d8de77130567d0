import { type FindingCode, finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { SentRequest } from '../model/org-log.ts';
import { defineProbe } from '../model/probe.ts';

const minuteMs = 60_000;

/** Okta promises no time. After this, events are late. */
const lateMs = 10 * minuteMs;

/** After this, they are taken for lost. */
const lostMs = 30 * minuteMs;

/** As long as none has ever arrived, this time proves nothing. */
const proofMs = 60 * minuteMs;

/**
 * Looks for the events of the monitor's own token requests, by their request ids: whether the log is complete, and how late
 * it is. Without a service application, there are no events.
 * https://developer.okta.com/docs/reference/core-okta-api/#request-debugging
 */
export const ownEvents = defineProbe({
  id: 'own-events',
  question: "Do the events of the monitor's own token requests reach the System Log, and how late?",
  group: 'system-log',
  scope: 'org',
  requires: ['api', 'systemLog'],
  inputs: ['orgLog'],
  requests: [],
  timed: false,
  metrics: {
    LogLag: {
      unit: 'Seconds',
      statistic: 'Maximum',
      help: "The time from one of the monitor's own token requests until its event was read. It includes the time between two runs.",
    },
  },
  async run({ inputs: { orgLog } }) {
    const { memory, readAtMs, isComplete, lagSeconds } = orgLog;
    const { missing, arrivedUntilMs } = memory.own;
    const isProof = isComplete && (arrivedUntilMs !== undefined || readAtMs - memory.beganAtMs >= proofMs);
    const olderThan = (ms: number) => missing.filter(({ sentAtMs }) => readAtMs - sentAtMs > ms);
    const late = olderThan(lateMs).filter(({ sentAtMs }) => sentAtMs > (arrivedUntilMs ?? 0));
    const lost = olderThan(lostMs).filter(({ sentAtMs }) => sentAtMs < (arrivedUntilMs ?? 0));
    const waiting = missing.length > 0 && !isProof ? [`${missing.length} own events are awaited`] : [];
    return {
      readings: { LogLag: lagSeconds },
      notes: waiting,
      warnings: isProof
        ? [...findingOf('log-lags', late, readAtMs), ...findingOf('log-lacks-events', lost, readAtMs)]
        : [],
    };
  },
});

function findingOf(code: FindingCode, missing: readonly SentRequest[], readAtMs: number): readonly Finding[] {
  const [oldest] = missing;
  if (!oldest) return [];
  const ids = missing.slice(0, 3).map(({ requestId }) => requestId);
  const minutes = Math.floor((readAtMs - oldest.sentAtMs) / minuteMs);
  return [
    finding(code, {
      detail: `${missing.length} own requests have no event, since ${minutes} minutes; transaction ids ${ids.join(', ')}`,
      comparisons: [
        { name: 'time until an event is in the log', expected: 'at most 10 min', found: `more than ${minutes} min` },
      ],
    }),
  ];
}
