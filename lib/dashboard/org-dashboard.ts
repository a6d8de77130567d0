import { Stack } from 'aws-cdk-lib';
import { Column, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { resourceName } from '../../functions/model/deployment.ts';
import { groups } from '../../functions/model/probe.ts';
import type { Series } from '../../functions/model/series.ts';
import { seriesOf } from '../../functions/probes/series.ts';
import type { BurnRateAlarm } from '../alarms/burn-rate-alarms.ts';
import type { RoutedAlarm } from '../alarms/routed-alarm.ts';
import { logGroupName } from '../functions/monitor-function.ts';
import { widgetName } from '../functions/widget.ts';
import { type MonitoredOrg, planOf } from '../monitored-org.ts';
import { functionArn, globalNameOf } from '../names.ts';
import { BoardWidget, byMetric, grid, OutcomeTable, Page, SeriesGraph } from './widgets.ts';

export interface OrgDashboardProps {
  readonly deployment: string;
  readonly monitoredOrg: MonitoredOrg;
  readonly alarms: readonly (RoutedAlarm | BurnRateAlarm)[];
}

/**
 * A page of one org: its alarms, severity by fault domain, outcomes by probe, a column of graphs for each server, and the
 * graphs of the whole org. Publishing and the page both use `seriesOf`, so every published series has a graph.
 */
export class OrgDashboard extends Page {
  constructor(scope: Construct, id: string, { deployment, monitoredOrg, alarms }: OrgDashboardProps) {
    const { name, domain, servers } = monitoredOrg.org;
    super(scope, id, { dashboardName: globalNameOf(Stack.of(scope), deployment, name) });
    const series = seriesOf(monitoredOrg.org, monitoredOrg.plan);
    const serverSeries = (server: string) => series.filter(({ target }) => target.server === server);
    const [severity = [], ...otherOrgSeries] = byMetric(series.filter(({ target }) => target.server === undefined));
    const running = groups.filter((group) => planOf(monitoredOrg, group).length > 0);
    this.addText(`# ${name}\n${domain} · ${intervalsOf(monitoredOrg)}`);
    this.addWidgets(
      new BoardWidget({
        ...{ title: `${name}: now`, org: name, height: 3 * grid.height },
        functionArn: functionArn(Stack.of(this), deployment, widgetName),
      }),
    );
    this.addAlarms(
      `${name}: alarms`,
      alarms.map(({ byName }) => byName),
    );
    this.addWidgets(
      graph(monitoredOrg, severity, name, grid.width / 3),
      new OutcomeTable({
        org: name,
        logGroupNames: running.map((group) => logGroupName(resourceName(deployment, group))),
        width: (grid.width * 2) / 3,
        height: grid.height,
      }),
    );
    const graphedServers = servers.filter((server) => serverSeries(server.id).length > 0);
    this.addRows(graphedServers, (server, width) => {
      return new Column(
        ...byMetric(serverSeries(server.id)).map((each) => graph(monitoredOrg, each, `${name}, ${server.id}`, width)),
      );
    });
    this.addRows(otherOrgSeries, (each, width) => graph(monitoredOrg, each, name, width));
  }
}

function graph(monitoredOrg: MonitoredOrg, series: readonly Series[], location: string, width: number): IWidget {
  return new SeriesGraph({ monitoredOrg, series, location, width, height: grid.height });
}

function intervalsOf(monitoredOrg: MonitoredOrg): string {
  const { intervalMinutes } = monitoredOrg;
  const running = groups.filter((group) => planOf(monitoredOrg, group).length > 0);
  return running.map((group) => `${group} every ${intervalMinutes[group]} min`).join(', ');
}
