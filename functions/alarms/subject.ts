import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';

/** Who hears of an alarm: a page wakes somebody, a ticket waits for office hours. */
export const routes = ['page', 'ticket'] as const;

export type Route = (typeof routes)[number];

/** What an alarm watches. */
export type AlarmSubject =
  /** What a fault domain's findings of one severity do: somebody outside the monitor must act. */
  | { readonly kind: 'findings'; readonly org: string; readonly domain: FaultDomain; readonly severity: Route }
  /** Whether the probes of an org run at all. */
  | { readonly kind: 'not-running'; readonly org: string }
  /** A probe that keeps a series of its own. */
  | { readonly kind: 'probe'; readonly org: string; readonly probe: string }
  /** A part of the monitor: `flows-broken`. */
  | { readonly kind: 'monitor'; readonly id: string };

const prefix = 'okta-synthetics';

/** The name of an alarm: what people read first, and from which `alarmSubject` knows it again. */
export function alarmName(subject: AlarmSubject): string {
  return [prefix, ...partsOf(subject)].join('/');
}

function partsOf(subject: AlarmSubject): readonly string[] {
  switch (subject.kind) {
    case 'findings':
      return [subject.org, subject.domain, subject.severity];
    case 'not-running':
      return [subject.org, 'not-running'];
    case 'probe':
      return [subject.org, subject.probe, 'failing'];
    case 'monitor':
      return ['monitor', subject.id];
    default:
      return subject satisfies never;
  }
}

/** What the alarm of a name watches; undefined where it is none of ours. */
export function alarmSubject(name: string): AlarmSubject | undefined {
  const [first, org, what, severity, ...rest] = name.split('/');
  if (first !== prefix || !org || !what || rest.length > 0) return undefined;
  if (severity === 'failing') return { kind: 'probe', org, probe: what };
  if (severity !== undefined) {
    const domain = faultDomains.find((each) => each === what);
    const audience = routes.find((each) => each === severity);
    return domain && audience && { kind: 'findings', org, domain, severity: audience };
  }
  if (what === 'not-running') return { kind: 'not-running', org };
  return org === 'monitor' ? { kind: 'monitor', id: what } : undefined;
}
