import type { LogLine } from '../../functions/model/log-line.ts';
import type { Run } from '../../local/self-hosted/journal.ts';
import type { DeliveredMessage, Delivery } from '../../local/self-hosted/sns/sns.ts';
import type { Deployment } from '../../local/self-hosted/template/deployment.ts';

/** The parts of a deployment that a history reads. */
export const smallDeployment: Deployment = {
  ...{ schedules: [], topics: [], queues: [], rules: [], tables: [], dashboards: [], unsupported: [], ineffective: [] },
  alarms: { alarms: [], muteRules: [], unsupported: [] },
  functions: [
    {
      ...{ name: 'okta-synthetics-flows', entry: 'flows', timeoutMs: 30_000, memoryMb: 256, variables: {} },
      ...{ logGroup: '/flows', asynchronous: { retries: 0, maxAgeMs: 60_000 } },
    },
  ],
};

const exchanges = [
  {
    ...{ method: 'POST', url: 'https://acme.okta.com/oauth2/default/v1/token', at: '2026-11-23T10:00:00.100Z' },
    ...{ phases: { firstByteMs: 120 }, status: 200, requestId: 'req-1' },
  },
] as const;

export function passedLine(at: number, changes: Partial<LogLine> = {}): LogLine {
  return {
    ...{ type: 'outcome', at: new Date(at).toISOString(), org: 'acme', server: 'default', probe: 'token' },
    ...{ status: 'passed', exchanges, readings: {}, notes: [], warnings: [], durationMs: 120 },
    ...changes,
  } as LogLine;
}

export function failedLine(at: number): LogLine {
  const { warnings: _, notes: __, ...line } = passedLine(at) as Extract<LogLine, { status: 'passed' }>;
  const finding = { code: 'internal-error', domain: 'okta', severity: 'page', brief: 'Okta 500', summary: 'It fails.' };
  return { ...line, status: 'failed', finding: { ...finding, causes: [], remedy: [] } } as LogLine;
}

export function runAt(at: number, ...lines: readonly LogLine[]): Run {
  return {
    ...{ at, lambda: 'okta-synthetics-flows', by: { schedule: 'acme-flows' }, org: 'acme', attempt: 1 },
    ...{ status: 'succeeded', durationMs: 300, cold: false, findings: [] },
    outcomes: { passed: lines.length, failed: 0, skipped: 0 },
    lines: lines.map((line) => JSON.stringify(line)),
  };
}

export function messageAt(at: number, ...deliveries: readonly Delivery[]): DeliveredMessage {
  return {
    at,
    sentAt: at + 1,
    topic: 'okta-synthetics-pages',
    route: 'page',
    from: 'function',
    text: 'hello',
    deliveries,
  };
}
