import { alarmName, type Route, routes } from '../../functions/alarms/subject.ts';
import { composedName, resourceName } from '../../functions/model/deployment.ts';
import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import { type Outlet, outlets } from '../../functions/notify/outlets.ts';
import { type Shape, shapes } from '../../functions/notify/receiver-kinds.ts';
import type { Receivers } from '../../lib/alarms/alert-topics.ts';
import type { Config } from '../../lib/config/schema.ts';
import { type MonitoredOrg, monitoredOrgs, planOf } from '../../lib/monitored-org.ts';
import type { ScenarioTarget } from './targets.ts';
import { withTestUser } from './with-test-user.ts';

/** What a configuration deploys: which orgs are monitored, and who is notified. */
export interface DeploymentPlan {
  readonly orgs: readonly MonitoredOrg[];
  /** The same orgs in the deployment `journey`: each with a test user that can have one. */
  readonly orgsWithTestUser: readonly MonitoredOrg[];
  /** The configured route of a fault domain, or the severity itself. */
  routeOf(domain: FaultDomain, severity: Route): Route;
  /** Who the configuration says receives messages. People may also subscribe in other ways. */
  readonly receivers: Receivers;
  /** The topics to which nobody is subscribed. */
  readonly unsubscribed: readonly string[];
}

export function deploymentPlan(config: Config): DeploymentPlan {
  return {
    orgs: monitoredOrgs(config),
    orgsWithTestUser: monitoredOrgs(withTestUser(config)),
    routeOf: (domain, severity) => config.alerts.routes[domain] ?? severity,
    receivers: config.alerts,
    unsubscribed: unsubscribedTopics(config),
  };
}

/** The shared topics are only those that somebody receives, and the people's. An org's own have every shape. */
function unsubscribedTopics({ deployment, alerts, orgs }: Config): readonly string[] {
  return [
    ...routes.flatMap((route) => (isReceived(alerts, route, 'people') ? [] : [resourceName(deployment, `${route}s`)])),
    ...orgs.flatMap(({ name, alerts: own }) =>
      routes.flatMap((route) =>
        shapes.flatMap((shape) =>
          !own || isReceived(own, route, shape)
            ? []
            : [composedName(deployment, name, `${route}s${shape === 'people' ? '' : `-${shape}`}`)],
        ),
      ),
    ),
  ];
}

function isReceived(receivers: Receivers, route: Route, shape: Shape): boolean {
  return receivers[`${route}s`].some(({ kind, email, https }) => {
    const outlet: Outlet = outlets[kind];
    return 'topic' in outlet && outlet.topic === shape && (email ?? https) !== undefined;
  });
}

/** Whether an org runs a probe at this target; without a probe, whether it runs the group. */
export function canHost(org: MonitoredOrg, { group, probe, server }: ScenarioTarget): boolean {
  return planOf(org, group).some(
    (planned) =>
      (probe === undefined || planned.probe.id === probe) && (server === undefined || planned.target.server === server),
  );
}

/** The name of the alarm on an org's findings. */
export function findingsAlarm(org: string, domain: FaultDomain, severity: Route): string {
  return alarmName({ kind: 'findings', org, domain, severity });
}
