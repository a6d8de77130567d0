import type { Route } from '../model/finding.ts';
import { routes } from '../model/finding.ts';
import { oneOf } from '../model/read.ts';
import { consoleOf } from './aws-console.ts';
import type { Links } from './incident.ts';

/** The settings that a notify function reads from its environment. */
export interface Settings extends Links {
  /** The topic of the route's people. */
  readonly topicArn: string;
  /** The other outlets with a receiver on this route. */
  readonly outlets: readonly string[];
  readonly logGroups: readonly string[];
  /** The topic of the receivers of drills. Absent if there are none. */
  readonly drillTopicArn?: string;
}

/** The environment variable with the topic of those who receive drills. */
export const drillTopicVariable = 'DRILL_TOPIC_ARN';

/** The environment variable with the other outlets of a route. */
export const outletsVariable = (route: Route) => `OUTLETS_${route.toUpperCase()}`;

/** Throws when a setting is missing, so that a deployment fails on its first start and not in the first incident. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const required = (name: string) => {
    const value = environment[name];
    if (!value) throw new Error(`the environment variable ${name} is missing`);
    return value;
  };
  const route = oneOf(routes, required('ROUTE'));
  if (!route) throw new Error(`ROUTE must be one of ${routes.join(', ')}`);
  const [topicArn, dashboard] = [required('PEOPLE_TOPIC_ARN'), required('DASHBOARD')];
  const console = consoleOf(topicArn);
  const drillTopicArn = environment[drillTopicVariable];
  const [, partition = '', , region = '', account = ''] = topicArn.split(':');
  return {
    ...{ route, topicArn, logGroups: required('LOG_GROUPS').split(','), runbook: required('RUNBOOK') },
    outlets: environment[outletsVariable(route)]?.split(',') ?? [],
    partition,
    dashboard: console?.dashboard(dashboard) ?? dashboard,
    monitor: { deployment: required('DEPLOYMENT'), account, region },
    ...(console && { console }),
    ...(drillTopicArn && { drillTopicArn }),
  };
}
