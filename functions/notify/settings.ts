import { routes } from '../alarms/subject.ts';
import type { Links } from './incident.ts';
import { oneOf } from './read.ts';

/** What a notify function is told by its environment. */
export interface Settings extends Links {
  readonly topicArn: string;
  readonly logGroups: readonly string[];
}

/** Throws where something is lacking: at the first start of a deployment, not at the first incident. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const required = (name: string) => {
    const value = environment[name];
    if (!value) throw new Error(`the environment lacks ${name}`);
    return value;
  };
  const route = oneOf(routes, required('ROUTE'));
  if (!route) throw new Error(`ROUTE is none of ${routes.join(', ')}`);
  return {
    route,
    topicArn: required('PEOPLE_TOPIC_ARN'),
    logGroups: required('LOG_GROUPS').split(','),
    runbook: required('RUNBOOK'),
    dashboard: required('DASHBOARD'),
  };
}
