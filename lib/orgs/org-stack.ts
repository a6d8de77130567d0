import { NestedStack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type Route, routes } from '../../functions/model/finding.ts';
import { alertKeyByName } from '../alarms/alert-key.ts';
import {
  type AlertTargets,
  AlertTopics,
  alertTargetsByName,
  type Receivers,
  receiversOf,
} from '../alarms/alert-topics.ts';
import type { BurnRateAlarm } from '../alarms/burn-rate-alarms.ts';
import { DeliveryAlarms } from '../alarms/delivery-alarms.ts';
import { selfTestMinutes } from '../alarms/notifier-alarms.ts';
import { MaintenanceWindows, OrgAlarms } from '../alarms/org-alarms.ts';
import type { RoutedAlarm } from '../alarms/routed-alarm.ts';
import type { Config } from '../config/schema.ts';
import { OrgDashboard } from '../dashboard/org-dashboard.ts';
import { type ProbeEvent, probeEvents } from '../functions/probe-event.ts';
import { type ScheduledCall, Schedules } from '../functions/schedules.ts';
import type { MonitoredOrg } from '../monitored-org.ts';
import { functionArn } from '../names.ts';

export interface OrgStackProps {
  readonly config: Config;
  readonly monitoredOrg: MonitoredOrg;
  /** The deployment's topics. The stack refers to them by name. */
  readonly targets: AlertTargets;
  /** Encrypts the topics of an org with receivers of its own, if it is not the deployment's own key. */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Everything that is about one org: its schedules, alarms, maintenance windows and, if wanted, its page.
 *
 * It refers to nothing outside but by name, so that adding, changing or removing an org touches no other org.
 */
export class OrgStack extends NestedStack {
  readonly monitoredOrg: MonitoredOrg;
  readonly alarms: readonly (RoutedAlarm | BurnRateAlarm)[];

  constructor(scope: Construct, id: string, props: OrgStackProps) {
    const { config, monitoredOrg, targets } = props;
    const { name } = monitoredOrg.org;
    super(scope, id, { description: `The schedules and alarms of the Okta org ${name}` });
    const { deployment, alerts, orgs } = config;
    this.monitoredOrg = monitoredOrg;
    const ownAlerts = orgs.find((org) => org.name === name)?.alerts;
    const own = ownAlerts && this.#ownTopics(name, ownAlerts, props);
    const ownRoutes = { ...alerts.routes, ...ownAlerts?.routes };
    this.alarms = new OrgAlarms(
      this,
      'Alarms',
      own ?? alertTargetsByName(this, targets),
      monitoredOrg,
      ownRoutes,
    ).alarms;
    if (own) new DeliveryAlarms(this, 'Delivery', own, { isOfOrg: true });
    new Schedules(this, 'Schedules', deployment, [
      ...probeEvents(monitoredOrg).map(probeCall),
      ...(own ? routes.flatMap((route) => receiversCall(name, route, receiversOf(own, route))) : []),
    ]);
    new MaintenanceWindows(this, 'Maintenance', {
      deployment,
      org: name,
      windows: alerts.maintenance,
      alarms: this.alarms,
    });
    if (orgs.find((org) => org.name === name)?.dashboard) {
      new OrgDashboard(this, 'Dashboard', { deployment, monitoredOrg, alarms: this.alarms });
    }
  }

  /** The topics of an org with receivers of its own. The notifiers are those of the deployment. */
  #ownTopics(org: string, receivers: Receivers, { targets, encryptionKey }: OrgStackProps): AlertTopics {
    const { deployment, runbook } = targets;
    const key = encryptionKey ?? alertKeyByName(this, deployment);
    const topics = new AlertTopics(this, 'Alerts', { deployment, org, receivers, key, runbook, hasAllShapes: true });
    for (const route of routes) topics.notifyBy(route, functionArn(this, deployment, `notify-${route}`));
    return topics;
  }
}

/** Trap: no group may be named notify-page or notify-ticket. Otherwise a probe's schedule could have the same name. */
function receiversCall(org: string, route: Route, receivers: readonly object[]): readonly ScheduledCall[] {
  if (receivers.length === 0) return [];
  return [
    {
      name: `${org}-notify-${route}`,
      description: `Counts the confirmed receivers of ${org} for ${route}s`,
      intervalMinutes: selfTestMinutes,
      function: `notify-${route}`,
      input: { receivers },
    },
  ];
}

function probeCall({ group, org, intervalMinutes }: ProbeEvent): ScheduledCall {
  return {
    name: `${org.name}-${group}`,
    description: `Runs the ${group} probes of ${org.name}`,
    intervalMinutes,
    function: group,
    input: org,
  };
}
