import { defaultDeployment } from '../model/deployment.ts';
import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import { type Route, routes } from '../model/finding.ts';
import { type Group, groups } from '../model/probe.ts';
import { alarmCatalog } from './alarm-catalog.ts';
import { type Pace, paces } from './slo.ts';

/** The fields that identify an alarm of each kind. `alarmCatalog` has the meanings. */
interface Identities {
  /** Probes of an org report findings of one fault domain and severity: people outside the monitor must act. */
  readonly findings: { readonly org: string; readonly domain: FaultDomain; readonly severity: Route };
  /** An org's probes do not report at all. */
  readonly 'not-running': { readonly org: string };
  /** An org's error budget burns too fast. */
  readonly 'burn-rate': { readonly org: string; readonly pace: Pace };
  /** A probe that has its own series fails. */
  readonly 'probe-failing': { readonly org: string; readonly probe: string };
  readonly 'group-broken': { readonly group: Group };
  readonly 'group-throttled': { readonly group: Group };
  readonly 'group-not-running': { readonly group: Group };
  readonly 'sweep-not-running': object;
  readonly 'notify-broken': { readonly route: Route };
  readonly 'notify-not-running': { readonly route: Route };
  /** What could not be delivered to one receiver, or on one way to people. */
  readonly 'messages-undelivered': { readonly receiver: string };
  /** Receivers of one topic that have not confirmed their subscription, or have ended it. */
  readonly 'receivers-unconfirmed': { readonly receiver: string };
  /** Only of a watch: its history cannot be written. */
  readonly 'history-not-written': object;
}

export type AlarmKind = keyof Identities;

/** An alarm of one kind. */
export type SubjectOf<Kind extends AlarmKind> = { readonly kind: Kind } & Identities[Kind];

/** What an alarm is about. */
export type AlarmSubject = { [Kind in AlarmKind]: SubjectOf<Kind> }[AlarmKind];

/** Every kind of alarm, in the order of the catalog. */
export const alarmKinds = Object.keys(alarmCatalog) as readonly AlarmKind[];

/** An alarm's name in CloudWatch, from which `alarmSubject` reads the subject back. */
export function alarmName(subject: AlarmSubject, deployment = defaultDeployment): string {
  const { kind, ...identity } = subject;
  const values: Readonly<Record<string, string>> = identity;
  return `${deployment}/${alarmCatalog[kind].name.replaceAll(placeholders, (_, field: string) => values[field] ?? '')}`;
}

/** Returns the subject of the alarm of this name. Undefined unless it is an alarm of this deployment. */
export function alarmSubject(name: string, deployment = defaultDeployment): AlarmSubject | undefined {
  if (!name.startsWith(`${deployment}/`)) return undefined;
  const ownName = name.slice(deployment.length + 1);
  for (const [kind, pattern] of namePatterns) {
    const match = pattern.exec(ownName);
    if (match) return { kind, ...match.groups } as AlarmSubject;
  }
  return undefined;
}

const placeholders = /\{(\w+)\}/g;

/** The values of fields with a fixed set of values. */
const fieldValues: Readonly<Record<string, readonly string[]>> = {
  domain: faultDomains,
  severity: routes,
  group: groups,
  route: routes,
  pace: paces,
};

const namePatterns = alarmKinds.map((kind) => {
  const pattern = alarmCatalog[kind].name.replaceAll(
    placeholders,
    (_, field: string) => `(?<${field}>${fieldValues[field]?.join('|') ?? '[^/]+'})`,
  );
  return [kind, new RegExp(`^${pattern}$`)] as const;
});
