import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { composedName, resourceName } from '../../../functions/model/deployment.ts';
import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import { type Route, routes } from '../../../functions/model/finding.ts';
import { type Outlet, outlets } from '../../../functions/notify/outlets.ts';
import { type Shape, shapes } from '../../../functions/notify/receiver-kinds.ts';
import type { Receivers } from '../../../lib/alarms/alert-topics.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { type MonitoredOrg, monitoredOrgs, planOf } from '../../../lib/monitored-org.ts';
import { withHealth, withResource, withSamlApp, withSystemLog, withTestUser } from './prepared-config.ts';
import type { ScenarioTarget } from './targets.ts';

/** How often health is checked where a scenario needs it. */
export const healthMinutes = 5;

/** The deployments that cases need, each as a change to the given configuration. */
export const caseDeployments = {
  configured: (config: Config): Config => config,
  /** With a test user at each org that can have one. */
  journey: withTestUser,
  /** With a SAML application at each org that has a test user. */
  saml: (config: Config): Config => withSamlApp(withTestUser(config)),
  /** With health checks of every kind, as often as the configuration allows. */
  health(config: Config): Config {
    const { orgs, ...rest } = withHealth(config);
    const often = { health: healthMinutes };
    return { ...rest, orgs: orgs.map((org) => ({ ...org, intervalMinutes: { ...org.intervalMinutes, ...often } })) };
  },
  /** With an API that takes the service application's token. */
  resource: (config: Config): Config => withResource(config, 'service'),
  /** With an API that takes the test user's token. */
  userResource: (config: Config): Config => withResource(withTestUser(config), 'user'),
  /** In which the System Log is read. */
  systemLog: withSystemLog,
} as const satisfies Record<string, (config: Config) => Config>;

export type CaseDeployment = keyof typeof caseDeployments;

/** What a configuration deploys: which orgs are monitored, and who is notified. */
export interface DeploymentPlan {
  readonly orgs: readonly MonitoredOrg[];
  /** The same orgs in each deployment that a case can happen in. A case happens in the first that has what it needs. */
  readonly orgsIn: Readonly<Record<CaseDeployment, readonly MonitoredOrg[]>>;
  /** The configured route of a fault domain, or the severity itself. */
  routeOf(domain: FaultDomain, severity: Route): Route;
  /** Who the configuration says receives messages. People may also subscribe in other ways. */
  readonly receivers: Receivers;
  /** The topics without a subscription. */
  readonly unsubscribed: readonly string[];
}

export function deploymentPlan(config: Config): DeploymentPlan {
  const orgs = monitoredOrgs(config);
  return {
    orgs,
    orgsIn: {
      configured: orgs,
      journey: monitoredOrgs(caseDeployments.journey(config)),
      saml: monitoredOrgs(caseDeployments.saml(config)),
      health: monitoredOrgs(caseDeployments.health(config)),
      resource: monitoredOrgs(caseDeployments.resource(config)),
      userResource: monitoredOrgs(caseDeployments.userResource(config)),
      systemLog: monitoredOrgs(caseDeployments.systemLog(config)),
    },
    routeOf: (domain, severity) => config.alerts.routes[domain] ?? severity,
    receivers: config.alerts,
    unsubscribed: unsubscribedTopics(config),
  };
}

/** The shared topics are only those with a receiver, and the people's. An org's own have every shape. */
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
