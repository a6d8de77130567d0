import type { FaultDomain } from '../model/fault-domain.ts';
import { locate } from '../okta/endpoints.ts';
import { placeIn, systemLogQuery } from './admin-console.ts';
import { hostOf } from './confirm-commands.ts';
import { type Incident, type Links, leadExchange, leadOutcome } from './incident.ts';

/** A place to look. Where no URL can be derived, the target says in words where to go. */
export interface Link {
  readonly name: string;
  readonly target: string;
}

const minuteMs = 60_000;

const mostOtherLogs = 2;

/** Links to the subject of the finding, and to the monitor's own evidence. */
export function linksOf(incident: Incident, { runbook, dashboard, console }: Links): readonly Link[] {
  const { alarm, heading, logGroup, logsToSee } = incident;
  const around = { from: incident.since - 5 * minuteMs, to: incident.until + 5 * minuteMs };
  const [log = Object.keys(incident.lastLogAt)[0], ...others] = new Set([
    ...(logGroup ? [logGroup] : []),
    ...logsToSee,
  ]);
  const logs = log === undefined ? [] : [log, ...others.slice(0, mostOtherLogs)];
  return [
    { name: 'Runbook', target: `${runbook}#${heading}` },
    ...(alarm.kind === 'firing' ? [...systemLogLinks(incident, around), ...adminLinks(incident)] : []),
    { name: 'Alarm', target: console?.alarm(alarm.name) ?? alarm.name },
    ...(console
      ? logs.map((each) => ({ name: each === log ? 'Log' : 'Other log', target: console.log(each, around) }))
      : []),
    ...(console ? [] : [{ name: 'Dashboard', target: dashboard }]),
  ];
}

function hostnameOf(incident: Incident): string | undefined {
  return hostOf(leadOutcome(incident))?.replace(/:\d+$/, '');
}

function systemLogLinks(incident: Incident, around: { readonly from: number; readonly to: number }): readonly Link[] {
  const [query, host] = [logQueryOf(incident), hostnameOf(incident)];
  if (query === undefined || host === undefined) return [];
  const { url } = systemLogQuery(query, host, around);
  return [{ name: 'System Log', target: url ?? `in the Admin Console, Reports > System Log: ${query}` }];
}

/** What to search the System Log for. Requests for keys, metadata and introspection leave nothing in it. */
function logQueryOf(incident: Incident): string | undefined {
  const exchange = leadExchange(incident);
  // Okta has not seen the request.
  if (exchange?.ofResource) return undefined;
  const endpoint = exchange && locate(exchange.url)?.endpoint;
  if (incident.domain !== 'quota' && exchange?.requestId && endpoint && logged.includes(endpoint)) {
    return `transaction.id eq "${exchange.requestId}"`;
  }
  return logQueries[incident.domain];
}

const logged: readonly string[] = ['token', 'authorize', 'users', 'logs'];

const logQueries: Readonly<Partial<Record<FaultDomain, string>>> = {
  quota:
    'eventType sw "system.org.rate_limit" or eventType sw "system.client.rate_limit" or eventType sw "core.concurrency"',
  configuration: 'eventType sw "app.oauth2" and outcome.result eq "FAILURE"',
  credentials: 'eventType sw "app.oauth2" and outcome.result eq "FAILURE"',
};

/** The page of the Admin Console that the first remedy with such a page names. */
function adminLinks(incident: Incident): readonly Link[] {
  const host = hostnameOf(incident);
  const places = incident.remedy.flatMap((step) => (host === undefined ? [] : (placeIn(step, host) ?? [])));
  return places.slice(0, 1).map(({ url }) => ({ name: 'Admin page', target: url }));
}
