import { audiences } from '../alarms/subject.ts';
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
  const audience = oneOf(audiences, required('AUDIENCE'));
  if (!audience) throw new Error(`AUDIENCE is none of ${audiences.join(', ')}`);
  return {
    audience,
    topicArn: required('PEOPLE_TOPIC_ARN'),
    logGroups: required('LOG_GROUPS').split(','),
    runbook: required('RUNBOOK'),
    dashboard: required('DASHBOARD'),
  };
}
