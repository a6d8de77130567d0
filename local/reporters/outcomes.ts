import type { Phases } from '../../functions/model/exchange.ts';
import type { PlannedProbe } from '../../functions/probes/plan.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import { dim, green, red, table, yellow } from './text.ts';

const marks = {
  passed: () => green('✓ passed'),
  warned: () => yellow('! warned'),
  failed: () => red('✗ failed'),
  skipped: () => yellow('– skipped'),
} as const satisfies Record<LogLine['status'] | 'warned', () => string>;

/** A row per outcome: its status, how long each phase took, and what is left of the rate limit. */
export function formatOutcomes(outcomes: readonly LogLine[]): readonly string[] {
  const header = ['server', 'probe', 'outcome', 'dns', 'tcp', 'tls', 'first byte', 'body', 'rate limit'].map(dim);
  const byServer = Object.values(Object.groupBy(outcomes, ({ server }) => server ?? '')).flatMap((own = []) => own);
  const rows = byServer.map((outcome) => {
    const exchange = outcome.exchanges.at(-1);
    const { dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs }: Phases = exchange?.phases ?? {};
    const limit = exchange?.rateLimit;
    return [
      outcome.server ?? dim('org-wide'),
      outcome.probe,
      marks[outcome.status === 'passed' && outcome.warnings.length > 0 ? 'warned' : outcome.status](),
      ...[dnsMs, tcpMs, tlsMs, firstByteMs, bodyMs].map(milliseconds),
      limit ? `${limit.remaining}/${limit.limit}` : '',
    ];
  });
  return [...table([header, ...rows], [3, 4, 5, 6, 7, 8]), dim('milliseconds; first byte is the server’s own time')];
}

/** The probes that are off, and what would switch them on. */
export function formatOff(plan: readonly PlannedProbe[]): readonly string[] {
  return plan.flatMap(({ probe, target, howToEnable }) =>
    howToEnable === undefined
      ? []
      : [`  ${dim('off')}  ${probe.id}${target.server ? ` at ${target.server}` : ''}: ${howToEnable}`],
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? dim('·') : value.toFixed(value < 10 ? 1 : 0);
}
