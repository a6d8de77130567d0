import type { LogMemory, ServiceSpan, Tally } from '../model/org-log.ts';
import type { OrgEvent } from './log-events.ts';

/** What is counted of services that the sign-in of people depends on. */
export const serviceKinds = ['directory', 'code', 'provisioning'] as const;

export type ServiceKind = (typeof serviceKinds)[number];

/** Events of so long are counted together. */
export const serviceSpanMs = 3 * 60_000;
/** An hour, and the span in which it began. */
const keptMs = 60 * 60_000 + serviceSpanMs;

/** The most names that are distinguished in three minutes. Those beyond it are not counted. */
const mostKeys = 60;

/** Of the usual codes, each three minutes take this share away: half of them are of the last day. */
const fading = 0.9986;

/** Adds the events of services to the spans of the last hour. Codes of older spans become the usual ones. */
export function addServices(
  { services, usualCodes }: Pick<LogMemory, 'services' | 'usualCodes'>,
  events: readonly OrgEvent[],
  readAtMs: number,
): Pick<LogMemory, 'services' | 'usualCodes'> {
  const added = events.flatMap((event): ServiceSpan[] => {
    const key = keyOf(event);
    return key === undefined
      ? []
      : [{ atMs: Math.floor(event.atMs / serviceSpanMs) * serviceSpanMs, counts: { [key]: 1 } }];
  });
  const spans = [...Map.groupBy([...services, ...added], ({ atMs }) => atMs)]
    .map(([atMs, parts]) => ({ atMs, counts: add(parts.map(({ counts }) => counts)) }))
    .sort((one, other) => one.atMs - other.atMs);
  const isOld = ({ atMs }: ServiceSpan) => atMs <= readAtMs - keptMs;
  return {
    services: spans.filter((span) => !isOld(span)),
    usualCodes: spans.filter(isOld).reduce((usual, { counts }) => fade(usual, counts), usualCodes),
  };
}

function keyOf(event: OrgEvent): string | undefined {
  switch (event.kind) {
    case 'directory':
      return `directory/${event.through}/${event.answered ? 'answered' : event.isTimeout ? 'timed out' : 'failed'}`;
    case 'code-sent':
      return `code/${event.way}/sent`;
    case 'factor-verified':
      return event.way && `code/${event.way}/used`;
    case 'provisioning': {
      const { name, id = 'an application' } = event.application ?? {};
      return `provisioning/${(name ?? id).replaceAll('/', ' ')}/${event.succeeded ? 'succeeded' : 'failed'}`;
    }
    default:
      return undefined;
  }
}

function add(tallies: readonly Tally[]): Tally {
  const sums = new Map<string, number>();
  for (const [key, count] of tallies.flatMap(Object.entries)) {
    if (sums.has(key) || sums.size < mostKeys) sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

function fade(usual: Tally, counts: Tally): Tally {
  const codes = Object.fromEntries(Object.entries(counts).filter(([key]) => key.startsWith('code/')));
  const faded = Object.entries(usual).map(([key, count]) => [key, Math.round(count * fading * 100) / 100] as const);
  return add([Object.fromEntries(faded), codes]);
}

/** The counts of one service, by result. */
export interface ServiceCounts {
  readonly name: string;
  readonly results: Tally;
}

/** The counts of a kind of service since a time. */
export function servicesOf(spans: readonly ServiceSpan[], kind: ServiceKind, sinceMs = 0): readonly ServiceCounts[] {
  const entries = Object.entries(add(spans.filter(({ atMs }) => atMs >= sinceMs).map(({ counts }) => counts)))
    .map(([key, count]) => ({ parts: key.split('/'), count }))
    .filter(({ parts }) => parts[0] === kind);
  return [...Map.groupBy(entries, ({ parts }) => parts[1] ?? '')].map(([name, own]) => ({
    name,
    results: Object.fromEntries(own.map(({ parts, count }) => [parts[2] ?? '', count])),
  }));
}
